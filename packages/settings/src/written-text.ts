import type { TextPlace } from "@restante/mesh";
import type { Finding } from "./finding.ts";

/** What a file holds, and where in it each part stands. */
export interface ReadText {
  readonly value: unknown;
  readonly placeOf: (pointer: string) => TextPlace;
  /** What is wrong with the way it is written. */
  readonly findings: readonly Finding[];
  /** Pointers to numbers that not every reader of YAML takes for the same number, or for one at all. */
  readonly oddNumbers: readonly string[];
}

/** Why it can be read as nothing. */
export interface TextFault {
  readonly words: string;
  readonly place?: TextPlace;
}
