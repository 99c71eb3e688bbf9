// The order of a mailbox is its own. What arrives in its inbox is numbered in the order of acceptance (`sequence`), what
// leaves it, acknowledged or undelivered, in the order of leaving (`departure`). No other mailbox has a part in either.
//
//   next number    one above the greater of the newest in the mailbox and the mailbox's floor. There is no counter: a
//                  message that arrives or leaves writes its own row, and none that others write too.
//   floor          no number up to here is given again. A mailbox without a row of its own has that of `numbering`.
//   listed         so many as have arrived and have not left: newest arrival less newest departure, at any depth.
//   bytes          with its number a row has the bytes of all that arrived, or left, up to it, and a floor those up to it.
//                  What is listed has as many as the newest arrival's less the newest departure's.
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
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

import type { Message } from "../../message.ts";
import type { Waiting } from "../store.ts";
import type { Row } from "./rows.ts";

/** How many are listed in the mailbox `:mailbox_id`: the last entries of two indexes, and a row. */
export const COUNT_LISTED: string = `SELECT ${newest("sequence", "floor")} - ${newest("departure", "departure_floor")} AS listed`;

function newest(number: "sequence" | "departure", floor: "floor" | "departure_floor"): string {
  return `max(
    coalesce((SELECT max(${number}) FROM delivery WHERE recipient_id = +:mailbox_id AND ${number} IS NOT NULL), 0),
    coalesce((SELECT ${floor} FROM mailbox WHERE mailbox_id = :mailbox_id), (SELECT floor FROM numbering)))`;
}

export interface Numbers {
  /** Lists a message behind all others, whether or not it had a place here before. */
  arrive(message: Arriving, recipientId: MailboxId): void;
  /** Lists it no more; it keeps its place. Nothing, if it is not listed. */
  leave(messageId: MessageId, recipientId: MailboxId): void;
  /** Deletes its place, which nobody gets again. */
  delete(messageId: MessageId, recipientId: MailboxId): void;
  /** Before all deliveries of a mailbox are deleted at once: nothing is listed, and no number is given again. */
  empty(recipientId: MailboxId): void;
}

export type Arriving = Pick<Message, "messageId" | "mailboxId" | "workflowId" | "bytes">;

/** A number, and the bytes of all up to it. */
interface Place {
  number: number;
  bytes: number;
}

export interface Places {
  readonly floorsOf: (mailboxId: MailboxId) => { arrival: Place; departure: Place };
  readonly newestArrival: (mailboxId: MailboxId) => Place;
  readonly newestDeparture: (mailboxId: MailboxId) => Place;
  /** What is listed in the mailbox. */
  readonly waiting: (mailboxId: MailboxId) => Waiting;
}

/** Each the last entry of an index, and its row. (`+?`: reads.ts.) */
export const LAST_ARRIVAL = `SELECT sequence AS number, arrived_bytes AS bytes FROM delivery
  WHERE recipient_id = +? AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1`;
export const LAST_DEPARTURE = `SELECT departure AS number, departed_bytes AS bytes FROM delivery
  WHERE recipient_id = +? AND departure IS NOT NULL ORDER BY departure DESC LIMIT 1`;

/** What is only read: by who writes, and beside it. */
export function readPlaces(db: DatabaseSync): Places {
  // Small statements: as part of those that write, the same look-ups take twice as long.
  const lastArrival = db.prepare(LAST_ARRIVAL);
  const lastDeparture = db.prepare(LAST_DEPARTURE);
  const readFloors = db.prepare(
    "SELECT floor, floor_bytes, departure_floor, departure_floor_bytes FROM mailbox WHERE mailbox_id = ?",
  );
  const firstFloor = (db.prepare("SELECT floor FROM numbering").get()?.["floor"] ?? 0) as number;

  function floorsOf(mailboxId: MailboxId): { arrival: Place; departure: Place } {
    const row = readFloors.get(mailboxId);
    if (row === undefined) return { arrival: placeAt(firstFloor, 0), departure: placeAt(firstFloor, 0) };
    return {
      arrival: placeAt(row["floor"], row["floor_bytes"]),
      departure: placeAt(row["departure_floor"], row["departure_floor_bytes"]),
    };
  }

  function newestArrival(mailboxId: MailboxId): Place {
    return newer(lastArrival.get(mailboxId), floorsOf(mailboxId).arrival);
  }

  function newestDeparture(mailboxId: MailboxId): Place {
    return newer(lastDeparture.get(mailboxId), floorsOf(mailboxId).departure);
  }

  function waiting(mailboxId: MailboxId): Waiting {
    // In this order: what leaves in between is never taken for what had not arrived.
    const left = newestDeparture(mailboxId);
    const arrived = newestArrival(mailboxId);
    return { messages: arrived.number - left.number, bytes: arrived.bytes - left.bytes };
  }

  return { floorsOf, newestArrival, newestDeparture, waiting };
}

export function createNumbers(db: DatabaseSync): Numbers {
  const { floorsOf, newestArrival, newestDeparture } = readPlaces(db);
  const writeFloors = db.prepare(
    `INSERT OR REPLACE INTO mailbox (mailbox_id, floor, floor_bytes, departure_floor, departure_floor_bytes)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const arrive = db.prepare(
    `INSERT INTO delivery (recipient_id, message_id, mailbox_id, workflow_id, sequence, bytes, arrived_bytes, listed)
     VALUES (?, ?, ?, ?, ?, ?, ?, 1)
     ON CONFLICT (recipient_id, message_id) DO UPDATE
     SET sequence = excluded.sequence, bytes = excluded.bytes, arrived_bytes = excluded.arrived_bytes, listed = 1`,
  );
  const leave = db.prepare(
    `UPDATE delivery SET listed = 0, departure = ?, departed_bytes = ? + bytes
     WHERE recipient_id = ? AND message_id = ? AND listed = 1`,
  );
  const readPlace = db.prepare("SELECT sequence, departure FROM delivery WHERE recipient_id = ? AND message_id = ?");
  const removePlace = db.prepare("DELETE FROM delivery WHERE recipient_id = ? AND message_id = ?");
  function leaveInbox(messageId: MessageId, recipientId: MailboxId): void {
    const { number, bytes } = newestDeparture(recipientId);
    leave.run(number + 1, bytes, recipientId, messageId);
  }

  function raiseFloors(messageId: MessageId, recipientId: MailboxId): void {
    const place = readPlace.get(recipientId, messageId);
    const floors = floorsOf(recipientId);
    const arrival = (place?.["sequence"] ?? 0) as number;
    const departure = (place?.["departure"] ?? 0) as number;
    if (arrival <= floors.arrival.number && departure <= floors.departure.number) return;
    const [arrived, left] = [newestArrival(recipientId), newestDeparture(recipientId)];
    writeFloors.run(recipientId, arrived.number, arrived.bytes, left.number, left.bytes);
  }

  return {
    arrive({ messageId, mailboxId, workflowId, bytes }, recipientId) {
      const newest = newestArrival(recipientId);
      arrive.run(recipientId, messageId, mailboxId, workflowId, newest.number + 1, bytes, newest.bytes + bytes);
    },
    leave: leaveInbox,
    delete(messageId, recipientId) {
      leaveInbox(messageId, recipientId);
      raiseFloors(messageId, recipientId);
      removePlace.run(recipientId, messageId);
    },
    empty(recipientId) {
      // As if all that arrived had left.
      const { number, bytes } = newestArrival(recipientId);
      writeFloors.run(recipientId, number, bytes, number, bytes);
    },
  };
}

function newer(row: Row | undefined, floor: Place): Place {
  const place = row === undefined ? floor : placeAt(row["number"], row["bytes"]);
  return place.number > floor.number ? place : floor;
}

function placeAt(number: SQLOutputValue | undefined, bytes: SQLOutputValue | undefined): Place {
  return { number: number as number, bytes: bytes as number };
}
