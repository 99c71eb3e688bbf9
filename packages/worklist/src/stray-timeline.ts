import type { StrayDetail } from "@restante/practice";
import { actEntry, type TimelineEntry } from "./timeline.ts";
import { strayOrigin } from "./words.ts";

/** What happened to a message that belongs to nothing, oldest first. */
export function strayTimeline(stray: StrayDetail): TimelineEntry[] {
  const { receivedAt, mailboxId, matter, acts, reason, from } = stray;
  const came: TimelineEntry & { at: Date } = {
    title: "Came",
    by: from ?? strayOrigin(stray).from,
    at: receivedAt,
    text: `To your mailbox ${mailboxId}.`,
    outcome: "plain",
  };
  const told: (TimelineEntry & { at: Date })[] =
    matter === undefined
      ? []
      : [{ title: "Not used, and told to you", at: matter.raisedAt, text: reason, outcome: "bad" }];
  return [
    ...[came, ...told, ...acts.map(actEntry)].toSorted((a, b) => a.at.getTime() - b.at.getTime()),
    ...(matter === undefined
      ? [{ title: "It has turned out to belong to something that was sent from here", outcome: "good" as const }]
      : matter.state === "dealt-with"
        ? []
        : [{ title: "To be dealt with by a person", outcome: "awaited" as const }]),
  ];
}
