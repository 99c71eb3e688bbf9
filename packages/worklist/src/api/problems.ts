import { commonProblems, problem, type CommonProblem, type ProblemKind } from "@restante/web";
import type { PracticeErrorCode } from "@restante/practice";
import { refusedWith } from "../refused.ts";

/** What an act, or what is asked for, may be refused by, as the practice calls it. */
type Refused = Extract<
  PracticeErrorCode,
  | ("task-not-open" | "already-decided" | "decision-not-allowed" | "match-not-allowed" | "not-held" | "left-already")
  | ("nothing-to-deal-with" | "not-dealt-with" | "note-missing" | "note-too-long" | "due-day-invalid")
  | ("search-too-long" | "document-not-ready" | "filing-off" | "nothing-to-save" | "not-being-saved" | "saving-now")
>;

export type WorklistProblem = Refused | "changed-meanwhile" | "assignee-unknown";

export type ApiProblem = CommonProblem | WorklistProblem;

/** Beside those that any path may answer. */
export const worklistProblems: Readonly<Record<WorklistProblem, ProblemKind>> = {
  "note-missing": { status: 400, title: "A note is needed." },
  "note-too-long": { status: 400, title: "A note has at most 500 characters." },
  "due-day-invalid": { status: 400, title: "The due date is no day that there is." },
  "search-too-long": { status: 400, title: "A search has at most 10 words of 200 characters in all." },
  "assignee-unknown": { status: 400, title: "Nobody here may be given tasks under this id." },
  "changed-meanwhile": {
    status: 409,
    title: "It has changed since it was read, so nothing was done: read it again, and decide anew.",
  },
  "task-not-open": { status: 409, title: "The task is not open any more." },
  "already-decided": { status: 409, title: "The message has been answered already." },
  "decision-not-allowed": { status: 409, title: "This answer does not fit the message." },
  "match-not-allowed": { status: 409, title: "This cannot be said of the patient, or not on this path." },
  "not-held": { status: 409, title: "It is not held." },
  "left-already": { status: 409, title: "It has left already." },
  "nothing-to-deal-with": { status: 409, title: "Nothing about it needs attention." },
  "not-dealt-with": { status: 409, title: "Nobody has dealt with it." },
  "filing-off": { status: 409, title: "Documents are not saved here: the settings name no folder for it." },
  "nothing-to-save": { status: 409, title: "There is nothing of this message to save." },
  "not-being-saved": { status: 409, title: "Nothing of this task waits to be saved." },
  "saving-now": { status: 409, title: "It is being saved at this moment, which cannot be stopped any more." },
  "document-not-ready": { status: 503, title: "The document has not been read again yet: try again later." },
};

export const allProblems: Readonly<Record<ApiProblem, ProblemKind>> = { ...commonProblems, ...worklistProblems };

const refusedBy = Object.keys(worklistProblems).filter(
  (code): code is Refused => code !== "changed-meanwhile" && code !== "assignee-unknown",
);

/** What the practice refuses, as a problem; anything else as it is. */
export async function telling<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (refusedWith(error, ["task-unknown"]) !== undefined) throw problem("unknown");
    const code = refusedWith(error, refusedBy);
    if (code === undefined) throw error;
    throw problem(code, {}, code === "document-not-ready" ? { "retry-after": "60" } : {});
  }
}
