import type { DocumentUseCase, EnvelopeToCheck, UseCase } from "./rule.ts";

/**
 * Which messages a receiver refuses.
 *
 * - `deliver`: those that could not be given to a person, or not be answered (docs/decisions/010-acceptable.md). The others
 *   are delivered with what was found in them.
 * - `refuse`: those, and whatever breaks a requirement that must be met (GPCM-SD-040, 041; docs/decisions/192-strictness.md).
 */
export type Strictness = "deliver" | "refuse";

export const strictnesses: readonly [Strictness, ...Strictness[]] = ["deliver", "refuse"];

export interface CheckOptions {
  /** Held against the message where it is given. */
  envelope?: EnvelopeToCheck;
  /** Told from workflow and LocalExtension unless given. */
  generation?: 1 | 2;
  /** Told from the title, the text, LocalExtension and Composition.type unless given. */
  useCase?: UseCase;
  /** `deliver` unless given. Changes what is refused, and never what is found. */
  strictness?: Strictness;
  /**
   * The kinds of document that the receiver does not take (docs/decisions/270-kinds-not-taken.md): refused with 20010 where the
   * message says by more than a name of which kind it is. None unless given. Changes what is refused, and never what is found.
   */
  doesNotTake?: readonly DocumentUseCase[];
}
