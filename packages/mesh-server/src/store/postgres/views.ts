// What is read to decide on, once it is locked.

import type { MailboxId } from "@restante/mesh";

import type { Message } from "../../message.ts";
import type { Row, Transaction } from "./database.ts";
import { type Keyed, keyOf, type MailboxView, type MessageView, type StateRow } from "./decide.ts";
import { amongKeys, asKeys, KEYS } from "./locks.ts";

export async function readMailboxes(
  ask: Transaction["ask"],
  mailboxes: readonly MailboxId[],
): Promise<Map<MailboxId, MailboxView>> {
  if (mailboxes.length === 0) return new Map();
  const rows = await ask(
    `SELECT mailbox.mailbox_id, closed_mailbox.mailbox_id IS NOT NULL AS closed, ${PLACES}
     FROM unnest($1::text[]) AS mailbox (mailbox_id) LEFT JOIN closed_mailbox USING (mailbox_id) ${JOIN_PLACES}`,
    [mailboxes],
  );
  return new Map(rows.map((row) => [row["mailbox_id"] as MailboxId, readMailbox(row)]));
}

/** The newest numbers of a mailbox, and its floors: the last entries of three indexes. */
export const PLACES = `coalesce(arrival.sequence, 0) AS sequence, coalesce(arrival.arrived_bytes, 0) AS arrived_bytes,
  coalesce(departure.departure, 0) AS departure, coalesce(departure.departed_bytes, 0) AS departed_bytes,
  coalesce(floor.floor, 0) AS floor, coalesce(floor.floor_bytes, 0) AS floor_bytes,
  coalesce(floor.departure_floor, 0) AS departure_floor, coalesce(floor.departure_floor_bytes, 0) AS departure_floor_bytes,
  coalesce(floor.listed_floor, 0) AS listed_floor`;
export const JOIN_PLACES = `
  LEFT JOIN LATERAL (SELECT sequence, arrived_bytes FROM arrival WHERE recipient_id = mailbox.mailbox_id
    ORDER BY sequence DESC LIMIT 1) AS arrival ON true
  LEFT JOIN LATERAL (SELECT departure, departed_bytes FROM departure WHERE recipient_id = mailbox.mailbox_id
    ORDER BY departure DESC LIMIT 1) AS departure ON true
  LEFT JOIN LATERAL (SELECT * FROM floor WHERE floor.mailbox_id = mailbox.mailbox_id
    ORDER BY floor DESC, departure_floor DESC, listed_floor DESC LIMIT 1) AS floor ON true`;

/** Of a row of `PLACES`. */
export function readMailbox(row: Row): MailboxView {
  const number = (name: string): number => row[name] as number;
  const newer = (newest: string, bytes: string, floor: string): { number: number; bytes: number } =>
    number(newest) > number(floor)
      ? { number: number(newest), bytes: number(bytes) }
      : { number: number(floor), bytes: number(`${floor}_bytes`) };
  return {
    closed: row["closed"] === true,
    arrival: newer("sequence", "arrived_bytes", "floor"),
    departure: newer("departure", "departed_bytes", "departure_floor"),
    floor: number("floor"),
    departureFloor: number("departure_floor"),
    listedFloor: number("listed_floor"),
  };
}

export async function readMessages(
  ask: Transaction["ask"],
  changed: readonly Keyed[],
): Promise<Map<string, MessageView>> {
  if (changed.length === 0) return new Map();
  const rows = await ask(
    `SELECT to_json(held) AS row, type, workflow_id, total_chunks, place.*,
       EXISTS (SELECT FROM routing WHERE (mailbox_id, message_id) = (held.mailbox_id, held.message_id)) AS is_routing,
       ARRAY(SELECT json_build_array(chunk, size, file_name) FROM chunk
         WHERE (mailbox_id, message_id) = (held.mailbox_id, held.message_id) AND ${amongKeys("chunk")}) AS chunks,
       ARRAY(SELECT chunk FROM given_chunk
         WHERE (mailbox_id, message_id) = (held.mailbox_id, held.message_id)) AS given
     FROM ${KEYS} JOIN message_state AS held USING (mailbox_id, message_id) JOIN message USING (mailbox_id, message_id)
     LEFT JOIN LATERAL (
       SELECT arrival.sequence, arrival.bytes, departure.departure FROM arrival
       LEFT JOIN departure USING (recipient_id, sequence)
       WHERE arrival.recipient_id = held.recipient_id AND arrival.message_id = held.message_id
       ORDER BY arrival.sequence DESC LIMIT 1) AS place ON true
     WHERE ${amongKeys("held")} AND ${amongKeys("message")}`,
    asKeys(changed),
  );
  const views = rows.map((row): MessageView => {
    const chunks = row["chunks"] as [number, number, string | null][];
    return {
      row: row["row"] as StateRow,
      type: row["type"] as Message["type"],
      workflowId: row["workflow_id"] as string,
      totalChunks: row["total_chunks"] as number,
      chunks: new Map(chunks.map(([chunk, size, fileName]) => [chunk, { size, fileName }])),
      given: new Set(row["given"] as number[]),
      isRouting: row["is_routing"] as boolean,
      place:
        row["sequence"] === null
          ? undefined
          : {
              sequence: row["sequence"] as number,
              bytes: row["bytes"] as number,
              departure: row["departure"] as number | null,
            },
    };
  });
  return new Map(
    views.map((view) => [keyOf({ mailboxId: view.row.mailbox_id, messageId: view.row.message_id }), view]),
  );
}
