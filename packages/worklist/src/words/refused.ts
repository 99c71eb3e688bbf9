// What a person is told of a message that was refused.
import type { Task } from "@restante/practice";

/** Of one that could have been given to them, and was refused all the same: what was chosen here. */
export function refusedWords({ refusedFor }: Pick<Task, "refusedFor">): string | undefined {
  return refusedFor && chosen[refusedFor];
}

const chosen: Readonly<Record<NonNullable<Task["refusedFor"]>, string | undefined>> = {
  "not-acceptable": undefined,
  strictness:
    "This organisation has chosen to refuse every message that breaks a requirement (strictness: refuse), so nothing of this one was taken in. Put right by its sender, it may come again, and is then a task like any other.",
  "not-taken":
    "Your organisation has chosen not to take this kind of message (doesNotTake). The patient was not looked up, and nothing was accepted or replaced because of it. What came is shown here all the same, in case it cannot wait.",
};

/** Whether the sender knows, and what is left to do. */
export function senderToldWords({ refusedFor, responses }: Pick<Task, "refusedFor" | "responses">): string {
  const isTold = responses.length > 0;
  if (refusedFor === "not-taken") {
    return isTold
      ? "The sender’s system is told so. If the patient may be waiting for you, contact the sender."
      : "The sender asked for no answer and does not know. Tell them that you did not take it.";
  }
  return `${isTold ? "The sender’s system is told so." : "The sender is not told of it."} If a document was expected, ask the sender for it.`;
}

/** Why a task shows no document at all. */
export function noDocuments({ refusedFor, removed }: Pick<Task, "refusedFor" | "removed">): string {
  if (removed !== undefined) return "They were removed with the message.";
  if (refusedFor === "strictness") return "None is shown of a message that was refused by the strictness chosen here.";
  return "No document could be read from the message.";
}
