// Lists of whole messages, newest first: what a mailbox received, what it sent, what there is at all. A page costs what it
// looks at, so it is looked for in pieces, and between two of them others have their turn. A row that cannot be read is left
// out.
//
// What was sent is in the order of its ids, which begin with the time of sending: that order has an index.

import { setImmediate as nextTurn } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";

import { formatTimestamp, type MailboxId, type MessageId } from "@restante/mesh";

import type { Message } from "../../message.ts";
import type { NewestPage, Received } from "../store.ts";
import { prepareRows, readMessage, SELECTED_MESSAGE } from "./rows.ts";

const AT_ONCE = 1000;

export interface NewestPiece<Entry, Place> {
  readonly entries: readonly Entry[];
  /** The place of the last row that was looked at, if there may be more behind it. */
  readonly end?: Place;
}

type FindPiece<Entry, Place> = (
  mailboxId: MailboxId,
  page: NewestPage & { before?: Place | undefined },
) => NewestPiece<Entry, Place>;

export interface NewestReads {
  readonly received: FindPiece<Received, number>;
  readonly sent: FindPiece<Message, MessageId>;
  readonly all: (limit: number, before?: MessageId) => Message[];
}

export function createNewestReads(db: DatabaseSync): NewestReads {
  const receivedEnd = db.prepare(
    `SELECT sequence FROM delivery WHERE recipient_id = ? AND sequence IS NOT NULL AND sequence < ?
     ORDER BY sequence DESC LIMIT 1 OFFSET ${AT_ONCE - 1}`,
  );
  const received = prepareRows(
    db,
    `SELECT ${SELECTED_MESSAGE}, delivery.sequence FROM delivery CROSS JOIN message USING (mailbox_id, message_id)
     WHERE delivery.recipient_id = ? AND delivery.sequence IS NOT NULL AND delivery.sequence < ? AND delivery.sequence >= ?
       AND message.state IN ('accepted', 'acknowledged') AND coalesce(message.accepted_at, message.created_at) > ? AND json_valid(message.details)
     ORDER BY delivery.sequence DESC LIMIT ?`,
  );
  const sentEnd = db.prepare(
    `SELECT message_id FROM message WHERE mailbox_id = ? AND message_id < ? AND message_id >= ?
     ORDER BY message_id DESC LIMIT 1 OFFSET ${AT_ONCE - 1}`,
  );
  const sent = prepareRows(
    db,
    `SELECT ${SELECTED_MESSAGE} FROM message
     WHERE mailbox_id = ? AND message_id < ? AND message_id >= ? AND type = 'DATA' AND created_at > ?
       AND json_valid(details)
     ORDER BY message_id DESC LIMIT ?`,
  );
  const all = prepareRows(
    db,
    `SELECT ${SELECTED_MESSAGE} FROM message WHERE message_id < ? AND json_valid(details) ORDER BY message_id DESC LIMIT ?`,
  );
  return {
    all: (limit, before = "~" as MessageId) => all.all(before, limit).map(readMessage),
    received(mailboxId, { since, limit, before = Number.MAX_SAFE_INTEGER }) {
      const end = receivedEnd.get(mailboxId, before)?.["sequence"];
      const entries = received
        .all(mailboxId, before, end ?? 0, since.getTime(), limit)
        .map((row) => ({ message: readMessage(row), sequence: row.at(-1) as number }));
      return { entries, ...(typeof end === "number" && { end }) };
    },
    sent(mailboxId, { since, limit, before = "~" as MessageId }) {
      const first = formatTimestamp(since);
      const end = sentEnd.get(mailboxId, before, first)?.["message_id"];
      const entries = sent.all(mailboxId, before, end ?? first, since.getTime(), limit).map(readMessage);
      return { entries, ...(typeof end === "string" && { end: end as MessageId }) };
    },
  };
}

/** A whole page, piece by piece. */
export async function readPage<Entry, Place>(
  find: (mailboxId: MailboxId, page: NewestPage & { before?: Place | undefined }) => Promise<NewestPiece<Entry, Place>>,
  mailboxId: MailboxId,
  page: NewestPage,
  before: Place | undefined,
): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let place = before; ;) {
    const { entries, end } = await find(mailboxId, { ...page, limit: page.limit - found.length, before: place });
    found.push(...entries);
    if (end === undefined || found.length >= page.limit) return found;
    place = end;
    await nextTurn();
  }
}
