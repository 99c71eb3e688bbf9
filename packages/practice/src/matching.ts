// Whether the patient of a document is one of ours, where a person decides on it.
import type { NhsNumber } from "@restante/mesh";

/** What a patient is to this organisation: by the register, or by a person's word. */
export type MatchVerdict = "known" | "recently-deceased" | "no-longer-here" | "not-known";

/**
 * Why the register does not settle who the patient of a document is.
 * - `no-number`: the document has no NHS number that could be read.
 * - `wrong-number`: what it has is none: its check digit is wrong.
 * - `not-found`: nobody is found by its number.
 * - `details-differ`: who is found by its number is not evidently the patient that it describes.
 * - `differs-in-part`: by the published cross-check they are the same, and a name or the date of birth is another all the same.
 * - `may-differ`: something that is not known here may change who the document says its patient is (see `ModifiedPart`).
 *
 * A patient who is found, and is registered elsewhere or nowhere, is no doubt: the register says so.
 */
export type MatchDoubt =
  | "no-number"
  | "wrong-number"
  | "not-found"
  | "details-differ"
  | "differs-in-part"
  | "may-differ";

export interface MatchDecision {
  verdict: MatchVerdict;
  /** Whether the person was told that it sends an answer, and may give one. */
  sends: boolean;
}

/** A verdict, and what it is among the business responses (ITK3 2.10.0). */
export interface MatchAnswer {
  verdict: MatchVerdict;
  code: string;
  text: string;
}

/**
 * What the register has under the document's NHS number, read as it is asked for.
 * - `not-asked`: there is no number to ask by.
 * - `unreachable`: it did not answer; a person may decide all the same.
 */
export type RegisterEntry =
  | { found: "not-asked" | "unreachable" | "nobody" }
  | {
      found: "patient";
      /** Another than the document's where that one was superseded. */
      nhsNumber: NhsNumber;
      /** As they are called first, then their other names. */
      names: string[];
      /** ISO date, possibly partial. */
      dateOfBirth: string;
      /** What whoever has this number is to this organisation. */
      standing: MatchVerdict;
    };
