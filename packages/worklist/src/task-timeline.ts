import type { GivenResponse, Task } from "@restante/practice";
import { actEntry, technicalOf, type TimelineEntry } from "./timeline.ts";
import { refusedEnds, refusedNext } from "./words/refused-tasks.ts";
import { answerWords, senderName, taskTag } from "./words.ts";

/** What the page of a message that was not accepted, not taken or set aside shows besides; undefined of any other. */
export function refusedShown(
  task: Task,
): { next: readonly string[]; ends: string; timeline: TimelineEntry[] } | undefined {
  if (task.kind === "document") return undefined;
  return { next: refusedNext(task), ends: refusedEnds, timeline: taskTimeline(task) };
}

type Dated = TimelineEntry & { at: Date };

/** What happened to a message that was not accepted, not taken or set aside: how it came, what was made of it, and what its sender was told. */
export function taskTimeline(task: Task): TimelineEntry[] {
  const { receivedAt, reason, duplicates, acts, responses, completedAt } = task;
  // First, whatever the clock said since.
  const came: Dated[] = [
    { title: "Came", by: senderName(task), at: receivedAt, outcome: "plain" },
    {
      title: task.kind === "set-aside" ? "Read, and set aside" : `Read: ${taskTag({ ...task, state: "open" }).text}`,
      at: receivedAt,
      outcome: "bad",
      ...(reason !== undefined && { text: reason }),
    },
  ];
  const later: Dated[] = [
    ...responses.flatMap(answerEntries),
    ...duplicates.map(({ receivedAt: at, code, messageId }): Dated => ({
      title: "Came again",
      at,
      outcome: "plain",
      technical: technicalOf({ "MESH message": messageId, Answered: code }),
    })),
    ...acts.map(actEntry),
  ];
  return [
    ...came,
    ...later.toSorted((a, b) => a.at.getTime() - b.at.getTime()),
    ...responses.flatMap(unfinished),
    ...(completedAt === undefined && task.state === "open"
      ? [{ title: "To be dealt with by a person", outcome: "awaited" as const }]
      : []),
  ];
}

function answerEntries(response: GivenResponse): Dated[] {
  const { builtAt, sentAt, positive, code, text, level, messageId } = response;
  const said = technicalOf({ Answer: `${level} acknowledgement`, Code: `${code} ${text}` });
  return [
    {
      title: "Answer written",
      at: builtAt,
      outcome: positive ? "good" : "plain",
      text: `${answerWords(response)} The sender is told: ${text}.`,
      technical: said,
    },
    ...(sentAt === undefined
      ? []
      : [
          {
            title: "Answer accepted by MESH",
            at: sentAt,
            outcome: "plain" as const,
            ...(messageId && { technical: [{ name: "MESH message", value: messageId }] }),
          },
        ]),
  ];
}

/** Where an answer has not got through, or not yet. That the sender has read it nobody ever says. */
function unfinished({ state, problem, undoableUntil }: GivenResponse): TimelineEntry[] {
  const text = problem !== undefined && { text: problem };
  switch (state) {
    case "built":
      return [
        {
          title: undoableUntil === undefined ? "Answer to be handed to MESH" : "Answer to be sent",
          outcome: "awaited",
          ...text,
        },
      ];
    case "handed-over":
      return [{ title: "Answer with the MESH client, which sends it by itself", outcome: "awaited", ...text }];
    case "sent":
      return [];
    case "held":
      return [{ title: "Answer held: nobody knows whether the sender has it", outcome: "bad", ...text }];
    case "failed":
      return [{ title: "Answer not sent: the sender does not know", outcome: "bad", ...text }];
    case "returned":
      return [{ title: "Answer returned by MESH: the sender does not know", outcome: "bad", ...text }];
    case "refused":
      return [{ title: "Answer refused by the sender’s system", outcome: "bad", ...text }];
  }
}
