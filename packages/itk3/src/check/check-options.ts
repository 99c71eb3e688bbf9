import type { EnvelopeToCheck, UseCase } from "./rule.ts";

export interface CheckOptions {
  /** Held against the message where it is given. */
  envelope?: EnvelopeToCheck;
  /** Told from workflow and LocalExtension unless given. */
  generation?: 1 | 2;
  /** Told from the title, the text, LocalExtension and Composition.type unless given. */
  useCase?: UseCase;
}
