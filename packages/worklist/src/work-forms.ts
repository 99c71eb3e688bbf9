import type { Completion, CompletionReason } from "@restante/practice";
import { reasonChoices } from "./words/work.ts";
import { problems } from "./words/refusals.ts";

export type Form = Readonly<Record<string, string>>;

/** What is wrong with what a person filled in, and the field that it stands at. */
export interface Problem {
  text: string;
  /** The id of the field. */
  at: string;
}

/** How a form says that a task ended. A form that lets one choose (`choose`) wants a reason. */
export function completionIn({ reason: given, note, choose }: Form): Completion | Problem {
  const reason = reasonChoices.find(({ value }) => value === given)?.value;
  if (reason === undefined && (given !== undefined || choose !== undefined)) return reasonProblem;
  if (reason === "other" && !note?.trim()) return { text: problems["reason-note-missing"], at: "done-note" };
  return withNote(reason, note);
}

function withNote(reason: CompletionReason | undefined, note: string | undefined): Completion {
  return { ...(reason !== undefined && { reason }), ...(note?.trim() && { note }) };
}

export const reasonProblem: Problem = { text: problems["reason-missing"], at: "reason" };

export const noteTooLong: Problem = { text: problems["reason-note-too-long"], at: "done-note" };

/** The due date of three fields as an ISO date; undefined where all are empty. Whether there is such a day the practice says. */
export function dayIn({ day = "", month = "", year = "" }: Form): string | undefined {
  const parts = [year, month, day].map((part) => part.trim());
  if (parts.every((part) => part === "")) return undefined;
  // A year of two figures would be one of the first century.
  return parts.map((part, index) => (index === 0 ? part : part.padStart(2, "0"))).join("-");
}
