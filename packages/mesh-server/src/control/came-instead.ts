// What came while something else was waited for, and why it did not fit: the few that came nearest to it, the newest of
// these, and how many more there were. In words that are safe to log: ids, mailboxes, workflows, types.

import type { Message } from "../message.ts";
import type { Difference } from "./filter.ts";

const MOST_TOLD = 10;
const MOST_COUNTED = 10_000;

export interface Sighting {
  add(message: Message, difference?: Difference): void;
  /** It fits after all: it has changed since. */
  remove(message: Pick<Message, "messageId">): void;
  /** To be put behind a sentence. */
  words(title?: string): string;
}

interface Seen {
  readonly message: Message;
  readonly difference: Difference | undefined;
}

export function createSighting(): Sighting {
  /** By id: one that comes up again, in another state, is told once. */
  const seen = new Map<string, Seen>();
  const ids = new Set<string>();

  function forgetFarthest(): void {
    const farthest = [...seen.values()].reduce((one, other) => (isFarther(other, one) ? other : one));
    seen.delete(farthest.message.messageId);
  }

  return {
    add(message, difference) {
      if (ids.size < MOST_COUNTED) ids.add(message.messageId);
      seen.set(message.messageId, { message, difference });
      if (seen.size > MOST_TOLD) forgetFarthest();
    },
    remove({ messageId }) {
      ids.delete(messageId);
      seen.delete(messageId);
    },
    words(title = "Instead:") {
      if (seen.size === 0) return " Nothing else came.";
      const told = [...seen.values()].toSorted((one, other) => at(one.message) - at(other.message));
      const more = ids.size - seen.size;
      const before = more > 0 ? [`and ${more} more`] : [];
      return [` ${title}`, ...told.map(line), ...before].join("\n  ");
    },
  };
}

function line({ message, difference }: Seen): string {
  const { messageId, type, recipientId, workflowId } = message;
  const place = recipientId === undefined ? "in no mailbox yet" : `in ${recipientId}`;
  return `${messageId}: ${type} ${place}, workflow ${workflowId}${difference === undefined ? "" : ` (${difference.words})`}`;
}

function isFarther(one: Seen, other: Seen): boolean {
  const [near, otherNear] = [one, other].map(({ difference }) => difference?.nearness ?? Infinity) as [number, number];
  return near === otherNear ? at(one.message) < at(other.message) : near < otherNear;
}

function at({ acceptedAt, createdAt }: Message): number {
  return (acceptedAt ?? createdAt).getTime();
}
