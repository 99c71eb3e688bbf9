// The order of a mailbox is its own. What arrives in its inbox is numbered in the order of acceptance (`sequence`), what
// leaves it, acknowledged or undelivered, in the order of leaving (`departure`). No other mailbox has a part in either.
//
//   next number    one above the greater of the newest in the mailbox and the mailbox's floor. There is no counter: a
//                  message that arrives or leaves writes its own row, and none that others write too.
//   floor          no number up to here is given again. A mailbox without a row of its own has that of `numbering`.
//   listed         so many as have arrived and have not left: newest arrival less newest departure, at any depth.
//
// Always true between transactions:
// - No two deliveries of a mailbox have the same number, of either kind.
// - A number that was given is at or below the newest or the floor, also after every delivery was deleted. So whoever
//   goes on listing from any number is shown all that was accepted after it.
// - Every number above the floor of a new mailbox is that of one arrival, or one departure, which is why their
//   difference counts. For a store from before there were departures its migration makes it so.
// - Floors only rise, and rarely: before a delivery above them is deleted, in its transaction, as far as the newest
//   numbers are. The deletions that follow, of older deliveries, find them high enough. Messages below a floor may be
//   listed: one that was put back late is deleted before an older one has left.
// - A delivery that is put back takes greater numbers in the row it has: neither newest number falls.
//
// A number is found and written in one transaction, and nobody else may give one in that mailbox meanwhile. Here one
// thread writes. An engine with several writers locks the mailbox's row for it and does not write it: a number taken
// before its commit lets a lister pass over a message that commits late.

import type { MailboxId, MessageId } from "@restante/mesh";
import type { DatabaseSync } from "node:sqlite";

import type { Row } from "./rows.ts";

/** How many are listed in the mailbox `:mailbox_id`: the last entries of two indexes, and a row. */
export const COUNT_LISTED: string = `SELECT ${newest("sequence", "floor")} - ${newest("departure", "departure_floor")} AS listed`;

function newest(number: "sequence" | "departure", floor: "floor" | "departure_floor"): string {
  return `max(
    coalesce((SELECT max(${number}) FROM delivery WHERE recipient_id = :mailbox_id AND ${number} IS NOT NULL), 0),
    coalesce((SELECT ${floor} FROM mailbox WHERE mailbox_id = :mailbox_id), (SELECT floor FROM numbering)))`;
}

export interface Numbers {
  /** Lists a message behind all others, whether or not it had a place here before. */
  arrive(message: { messageId: MessageId; mailboxId: MailboxId; workflowId: string }, recipientId: MailboxId): void;
  /** Lists it no more; it keeps its place. Nothing, if it is not listed. */
  leave(messageId: MessageId, recipientId: MailboxId): void;
  /** Deletes its place, which nobody gets again. */
  delete(messageId: MessageId, recipientId: MailboxId): void;
}

export function createNumbers(db: DatabaseSync): Numbers {
  // Small statements: as part of those that write, the same look-ups take twice as long.
  const lastArrival = db.prepare(
    "SELECT max(sequence) AS number FROM delivery WHERE recipient_id = ? AND sequence IS NOT NULL",
  );
  const lastDeparture = db.prepare(
    "SELECT max(departure) AS number FROM delivery WHERE recipient_id = ? AND departure IS NOT NULL",
  );
  const readFloors = db.prepare("SELECT floor, departure_floor FROM mailbox WHERE mailbox_id = ?");
  const writeFloors = db.prepare(
    "INSERT OR REPLACE INTO mailbox (mailbox_id, floor, departure_floor) VALUES (?, ?, ?)",
  );
  const arrive = db.prepare(
    `INSERT INTO delivery (recipient_id, message_id, mailbox_id, workflow_id, sequence, listed) VALUES (?, ?, ?, ?, ?, 1)
     ON CONFLICT (recipient_id, message_id) DO UPDATE SET sequence = excluded.sequence, listed = 1`,
  );
  const leave = db.prepare(
    "UPDATE delivery SET listed = 0, departure = ? WHERE recipient_id = ? AND message_id = ? AND listed = 1",
  );
  const readPlace = db.prepare("SELECT sequence, departure FROM delivery WHERE recipient_id = ? AND message_id = ?");
  const removePlace = db.prepare("DELETE FROM delivery WHERE recipient_id = ? AND message_id = ?");
  const firstFloor = numberOf(db.prepare("SELECT floor AS number FROM numbering").get());

  function floorsOf(mailboxId: MailboxId): { arrival: number; departure: number } {
    const row = readFloors.get(mailboxId);
    return row === undefined
      ? { arrival: firstFloor, departure: firstFloor }
      : { arrival: row["floor"] as number, departure: row["departure_floor"] as number };
  }

  function newestArrival(mailboxId: MailboxId): number {
    return Math.max(numberOf(lastArrival.get(mailboxId)), floorsOf(mailboxId).arrival);
  }

  function newestDeparture(mailboxId: MailboxId): number {
    return Math.max(numberOf(lastDeparture.get(mailboxId)), floorsOf(mailboxId).departure);
  }

  function leaveInbox(messageId: MessageId, recipientId: MailboxId): void {
    leave.run(newestDeparture(recipientId) + 1, recipientId, messageId);
  }

  function raiseFloors(messageId: MessageId, recipientId: MailboxId): void {
    const place = readPlace.get(recipientId, messageId);
    const floors = floorsOf(recipientId);
    const arrival = (place?.["sequence"] ?? 0) as number;
    const departure = (place?.["departure"] ?? 0) as number;
    if (arrival <= floors.arrival && departure <= floors.departure) return;
    writeFloors.run(recipientId, newestArrival(recipientId), newestDeparture(recipientId));
  }

  return {
    arrive({ messageId, mailboxId, workflowId }, recipientId) {
      arrive.run(recipientId, messageId, mailboxId, workflowId, newestArrival(recipientId) + 1);
    },
    leave: leaveInbox,
    delete(messageId, recipientId) {
      leaveInbox(messageId, recipientId);
      raiseFloors(messageId, recipientId);
      removePlace.run(recipientId, messageId);
    },
  };
}

function numberOf(row: Row | undefined): number {
  return (row?.["number"] ?? 0) as number;
}
