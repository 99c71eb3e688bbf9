// What a person is told of a message that was refused.
import type { Task } from "@restante/practice";

/** Of one that could have been given to them, and was refused all the same: what was chosen here. */
export function refusedWords({ refusedFor }: Pick<Task, "refusedFor">): string | undefined {
  return refusedFor && chosen[refusedFor];
}

const chosen: Readonly<Record<NonNullable<Task["refusedFor"]>, string | undefined>> = {
  "not-acceptable": undefined,
  strictness:
    "So the settings say (strictness: refuse), and nothing of it was taken in. Put right by its sender, it may come again, and is then a task like any other.",
  "not-taken":
    "So the settings say (doesNotTake). The patient was not looked up, and nothing was accepted or replaced because of it. What came is shown here all the same, in case it cannot wait.",
};

/** What was wrong with it, for who works on it: what exactly is in the technical words beside it. */
export function faultWords({ refusedFor, refusedWith = "" }: Pick<Task, "refusedFor" | "refusedWith">): string {
  return (refusedFor && byChoice[refusedFor]) ?? faults[refusedWith] ?? "It could not be taken in as a document";
}

const byChoice: Readonly<Record<NonNullable<Task["refusedFor"]>, string | undefined>> = {
  "not-acceptable": undefined,
  strictness: "It breaks a requirement, and your organisation refuses such messages",
  "not-taken": "It is of a kind that your organisation does not take",
};

/** By the codes of ITK3 by which a message is refused whatever was chosen. */
const faults: Readonly<Record<string, string>> = {
  "10009": "It could not be read: it is damaged, or not written as such messages are",
  "20006": "It does not say what it is, or is something other than a document",
  "20009": "Its document lacks something that it must have, or cannot be opened",
  "20015": "It is too large to be taken in",
};

/** Whether the answer to the sender is on its way, or has left; one to a copy is another's. */
export function isTold({ responses }: Pick<Task, "responses">): boolean {
  return ["built", "handed-over", "sent"].includes(answerTo(responses)?.state ?? "");
}

function answerTo(responses: Task["responses"]): Task["responses"][number] | undefined {
  return responses.find(({ level, copy }) => level === "infrastructure" && copy === undefined);
}

/** Whether the sender knows, and of what, and what is left to do. */
export function senderToldWords({ refusedFor, responses }: Pick<Task, "refusedFor" | "responses">): string {
  const answer = answerTo(responses);
  const told = isTold({ responses }) ? `The sender’s system is told “${answer?.text}” (${answer?.code}).` : undefined;
  const failed = answer && "The answer did not get through, so the sender does not know.";
  if (refusedFor === "not-taken") {
    return told === undefined
      ? `${failed ?? "The sender asked for no answer and does not know."} Tell them that you did not take it.`
      : `${told} If the patient may be waiting for you, contact the sender.`;
  }
  return `${told ?? failed ?? "The sender is not told of it."} If a document was expected, ask the sender for it.`;
}

/** In a row: both, in short. */
export function refusedInRow(task: Pick<Task, "kind" | "refusedFor" | "refusedWith">): string | undefined {
  if (task.kind !== "refused") return undefined;
  return `${faultWords(task)}. ${task.refusedWith === undefined ? "The sender is not told." : "The sender’s system is told."}`;
}

/** All that is said of one. */
export function everyRefused(): string[] {
  const answer = { level: "infrastructure", code: "20009", text: "Invalid message content" } as const;
  const given = [
    [],
    [{ ...answer, state: "failed" }],
    [{ ...answer, state: "sent" }],
  ] as unknown as Task["responses"][];
  const told = (["not-taken", "not-acceptable"] as const).flatMap((refusedFor) =>
    given.map((responses) => senderToldWords({ refusedFor, responses })),
  );
  return [...Object.values(chosen).filter((text) => text !== undefined), ...told];
}

/** Why a task shows no document at all. */
export function noDocuments({ refusedFor, removed }: Pick<Task, "refusedFor" | "removed">): string {
  if (removed !== undefined) return "They were removed with the message.";
  if (refusedFor === "strictness") return "None is shown of a message that was refused by the strictness chosen here.";
  return "No document could be read from the message.";
}
