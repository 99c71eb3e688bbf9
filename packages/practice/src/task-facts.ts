// What a task is told apart by, in lists and on its page.

import type { MatchVerdict } from "./matching.ts";

/**
 * - `document`: an acceptable message; what it departs from is in its findings.
 * - `refused`: an ITK3 message that is not acceptable, or not taken here; answered negatively where asked, and kept for a person.
 *   Of what the chosen strictness refused there are no attachments: only the message as it came.
 * - `set-aside`: not an ITK3 message, or not to be processed at all; never answered.
 */
export type TaskKind = "document" | "refused" | "set-aside";

/**
 * - `replacement`: its document says that it replaces an earlier one, whether that has come or not.
 * - `duplicate`: it came again, with the same ids; `duplicates` says when. Answered 20007 or 20008, and no task of its own.
 * - `potential-duplicate`: another task has a document of the same patient and encounter that says the same, with other ids:
 *   `alike`. Nothing is decided by it.
 * - `matched-by-hand`: a person has said what its patient is to this organisation: `PatientMatch.byHand`.
 */
export type TaskFlag = "replacement" | "duplicate" | "potential-duplicate" | "matched-by-hand";

/**
 * Whether the patient is one of ours, by the patient's record.
 * - `not-checked`: this organisation keeps no register (a pharmacy), or there is no patient to look for.
 * - `waiting`: the patient's record could not be read yet.
 * - `doubtful`: the record does not settle it, and a person is to: until they do, the sender has no business answer.
 */
export type MatchOutcome = "not-checked" | "waiting" | "doubtful" | MatchVerdict;
