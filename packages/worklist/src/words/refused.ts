// What a person is told of a message that was refused.
import type { Task, TaskSummary } from "@restante/practice";

/** Of one that could have been given to them, and was refused all the same: what was chosen here. */
export function refusedWords({ refusedFor }: Pick<Task, "refusedFor">): string | undefined {
  return refusedFor && chosen[refusedFor];
}

const chosen: Readonly<Record<NonNullable<Task["refusedFor"]>, string | undefined>> = {
  "not-acceptable": undefined,
  strictness:
    "Your organisation has chosen to refuse messages that break a requirement, so nothing of it was taken in. Once its sender has put it right it may come again, as a task like any other.",
  "not-taken":
    "Your organisation has chosen not to take messages of this kind. The patient was not looked up, and nothing was accepted or replaced because of it. What came is shown here all the same, in case it cannot wait.",
};

/** What was wrong with it, for who works on it: what exactly is in the technical words beside it. */
export function faultWords({
  kind,
  refusedFor,
  refusedWith = "",
  refusalRule,
}: Partial<Pick<Task, "kind" | "refusedFor" | "refusedWith" | "refusalRule">>): string {
  if (kind === "set-aside") return "It is not written as messages about patients are, or could not be read at all";
  const chosenHere = refusedFor && byChoice[refusedFor];
  return (
    chosenHere ??
    (refusalRule && byRule[refusalRule]) ??
    byCode[refusedWith] ??
    "It could not be taken in as a document"
  );
}

const byChoice: Readonly<Record<NonNullable<Task["refusedFor"]>, string | undefined>> = {
  "not-acceptable": undefined,
  strictness: "It breaks a requirement, and your organisation refuses such messages",
  "not-taken": "It is of a kind that your organisation does not take",
};

const byRule: Readonly<Record<NonNullable<TaskSummary["refusalRule"]>, string>> = {
  unreadable: "It could not be read: it is damaged, or not written as such messages are",
  "too-large": "It is too large to be taken in",
  "not-a-message": "It does not say what it is: the part that every message begins with is missing",
  "no-message-id": "It has no number by which it could be answered, or known if it came again",
  "other-event": "It is something other than a document",
  confidential: "It is about a confidential consultation, and such messages must not be sent this way",
  "no-patient": "Its document does not say which patient it is about",
  "no-document": "There is no document in it",
  "several-documents": "It has more in it than one document, and only one could have been shown to you",
  "no-document-id": "Its document has no number by which it could be known if it came again",
  "no-composition": "Its document does not say what it holds",
  "several-compositions":
    "Its document says in two ways or more what it holds, and only one could have been shown to you",
  "no-report": "There is no report in its document",
  "report-unknown": "Its report is of a kind that cannot be opened here",
  "report-unreadable": "Its report is empty or damaged, and cannot be opened",
};

/** Of one that was taken in before its rule was kept: by the codes of ITK3, of which some have several reasons. */
const byCode: Readonly<Record<string, string>> = {
  "10009": byRule.unreadable,
  "20006": "It does not say what it is, or is something other than a document",
  "20009": "Its document is not as it must be, or cannot be opened",
  "20015": byRule["too-large"],
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
  const what = refusedFor === "not-taken" ? "taken" : "accepted";
  const told = isTold({ responses }) ? `The sender’s system is told that it was not ${what}.` : undefined;
  const failed = answer && "The answer did not get through, so the sender does not know.";
  if (refusedFor === "not-taken") {
    return told === undefined
      ? `${failed ?? "The sender asked for no answer and does not know."} Tell them that you did not take it.`
      : `${told} If the patient may be waiting for you, contact the sender.`;
  }
  return `${told ?? failed ?? "The sender is not told of it."} If a document was expected, ask the sender for it.`;
}

/** In a row: both, in short. Where something is the matter with the answer the row says that by itself. */
export function refusedInRow(
  task: Pick<Task, "kind" | "refusedFor" | "refusedWith" | "refusalRule" | "matter">,
): string | undefined {
  if (task.kind !== "refused") return undefined;
  const told = task.refusedWith === undefined ? "The sender is not told." : "The sender’s system is told.";
  return `${faultWords(task)}.${task.matter === undefined ? ` ${told}` : ""}`;
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
  return [
    ...Object.values(byRule).map((text) => `${text}.`),
    ...Object.values(chosen).filter((text) => text !== undefined),
    ...told,
  ];
}

/** Why a task shows no document at all. */
export function noDocuments({ refusedFor, removed }: Pick<Task, "refusedFor" | "removed">): string {
  if (removed !== undefined) return "They were removed with the message.";
  if (refusedFor === "strictness")
    return "None is shown, because your organisation refuses messages that break a requirement.";
  return "No document could be read from the message.";
}
