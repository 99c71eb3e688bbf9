// What was decided, written by one statement: rows go as JSON, an array a table. A body goes as bytes.

import type { MailboxId } from "@restante/mesh";

import type { Transaction } from "./database.ts";
import { type Keyed, type MailboxView, tokenKeyOf, type Writes } from "./decide.ts";

const IN_MESSAGE = "t.mailbox_id = n.mailbox_id AND t.message_id = n.message_id";

/** Resolves with the tokens that were not used before, by `tokenKeyOf`. */
export async function write(ask: Transaction["ask"], writes: Writes): Promise<string[]> {
  const parts: string[] = [];
  const values: unknown[] = [];

  function rowsOf(table: string, rows: readonly object[]): string {
    values.push(JSON.stringify(rows));
    return `json_populate_recordset(NULL::${table}, $${values.length})`;
  }

  function part(rows: readonly object[], sql: () => string): void {
    if (rows.length > 0) parts.push(`part${parts.length} AS (${sql()})`);
  }

  function insert(table: string, rows: readonly object[]): void {
    part(rows, () => `INSERT INTO ${table} SELECT * FROM ${rowsOf(table, rows)}`);
  }

  /**
   * Beside a join with such rows, of which the planner knows nothing: so that no more than their parts are planned for, and rows are
   * found by an index.
   */
  function among<Key extends string>(
    table: string,
    rows: readonly Readonly<Record<Key, unknown>>[],
    ...keys: Key[]
  ): string {
    return keys.map((key) => `${table}.${key} = ANY($${values.push(rows.map((row) => row[key]))})`).join(" AND ");
  }

  function removeOf(table: string, keys: readonly { mailbox_id: string; message_id: string }[]): void {
    part(
      keys,
      () => `DELETE FROM ${table} AS t USING ${rowsOf("message_state", keys)} AS n
        WHERE ${IN_MESSAGE} AND ${among("t", keys, "mailbox_id", "message_id")}`,
    );
  }

  const tokens = Array.from(writes.tokens.values(), (token) => ({
    mailbox_id: token.mailboxId,
    nonce: token.nonce,
    nonce_count: token.nonceCount,
    time: token.time.getTime(),
    expires_at: token.expiresAt.getTime(),
    key: tokenKeyOf(token),
  })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  if (tokens.length > 0) {
    parts.push(`taken AS (INSERT INTO token SELECT * FROM ${rowsOf("token", tokens)} ON CONFLICT DO NOTHING
      RETURNING mailbox_id, nonce, nonce_count, time)`);
  }
  insert(
    "message",
    writes.messages.map(({ messageId, mailboxId, details, ...message }) => ({
      mailbox_id: mailboxId,
      message_id: messageId,
      type: message.type,
      workflow_id: message.workflowId,
      local_id: details.localId ?? null,
      details,
      total_chunks: message.totalChunks,
      created_at: message.createdAt.getTime(),
      linked_message_id: message.linkedMessageId ?? null,
    })),
  );
  insert("message_state", Array.from(writes.newStates));
  const changed = Array.from(writes.changedStates).filter((row) => !writes.newStates.has(row));
  part(
    changed,
    () => `UPDATE message_state AS t SET state = n.state, recipient_id = n.recipient_id,
      addressed_to = n.addressed_to, bytes = n.bytes, accepted_at = n.accepted_at, changed_at = n.changed_at,
      due_at = n.due_at, status_event = n.status_event, status_code = n.status_code,
      status_description = n.status_description FROM ${rowsOf("message_state", changed)} AS n
      WHERE ${IN_MESSAGE} AND ${among("t", changed, "mailbox_id", "message_id")}`,
  );
  part(writes.chunks, () => {
    const rows = writes.chunks.map(({ mailboxId, messageId, chunk, body }) => {
      const bytes = body.kind === "inline" ? asBuffer(body.bytes) : null;
      const fileName = body.kind === "file" ? body.fileName : null;
      const sha256 = body.sha256 === undefined ? null : asBuffer(body.sha256);
      const from = values.push(mailboxId, messageId, chunk, body.size, bytes, fileName, sha256) - 6;
      const types = ["text", "text", "integer", "bigint", "bytea", "text", "bytea"];
      return `(${types.map((type, index) => `$${from + index}::${type}`).join(", ")})`;
    });
    return `INSERT INTO chunk VALUES ${rows.join(", ")}`;
  });
  insert(
    "given_chunk",
    writes.given.map((each) => ({ ...keyRow(each), chunk: each.chunk })),
  );
  insert("routing", writes.newRoutings);
  part(
    writes.changedRoutings,
    () => `UPDATE routing AS t SET tries = coalesce(n.tries, t.tries), next_try_at = n.next_try_at
      FROM ${rowsOf("routing", writes.changedRoutings)} AS n
      WHERE ${IN_MESSAGE} AND ${among("t", writes.changedRoutings, "mailbox_id", "message_id")}`,
  );
  insert("arrival", writes.arrivals);
  insert("departure", writes.departures);
  insert("listed", writes.listed);
  part(
    writes.unlisted,
    () => `DELETE FROM listed AS t USING ${rowsOf("listed", writes.unlisted)} AS n
      WHERE t.recipient_id = n.recipient_id AND t.sequence = n.sequence
        AND ${among("t", writes.unlisted, "recipient_id", "sequence")}`,
  );
  const removed = writes.removed.map((each) => ({ ...keyRow(each), recipient_id: each.recipientId }));
  removeOf("routing", [...writes.endedRoutings.map(keyRow), ...removed]);
  removeOf("message", removed);
  removeOf("message_state", removed);
  const withoutBodies = writes.withoutBodies.map(keyRow);
  removeOf("chunk", withoutBodies);
  removeOf("given_chunk", withoutBodies);
  part(
    removed,
    () => `DELETE FROM departure AS t USING ${rowsOf("message_state", removed)} AS n, arrival
      WHERE arrival.recipient_id = n.recipient_id AND arrival.message_id = n.message_id
        AND t.recipient_id = arrival.recipient_id AND t.sequence = arrival.sequence
        AND ${among("t", removed, "recipient_id")} AND ${among("arrival", removed, "recipient_id", "message_id")}`,
  );
  part(
    removed,
    () => `DELETE FROM arrival AS t USING ${rowsOf("message_state", removed)} AS n
      WHERE t.recipient_id = n.recipient_id AND t.message_id = n.message_id
        AND ${among("t", removed, "recipient_id", "message_id")}`,
  );
  insert("closed_mailbox", writes.closed);
  const opened = writes.opened.map((mailboxId) => ({ mailbox_id: mailboxId }));
  part(
    opened,
    () =>
      `DELETE FROM closed_mailbox AS t USING ${rowsOf("closed_mailbox", opened)} AS n WHERE t.mailbox_id = n.mailbox_id`,
  );

  if (parts.length === 0) return [];
  const answer = tokens.length > 0 ? "SELECT * FROM taken" : "SELECT WHERE false";
  const rows = await ask(`WITH ${parts.join(",\n")} ${answer}`, values);
  return rows.map((row) =>
    tokenKeyOf({
      mailboxId: row["mailbox_id"] as MailboxId,
      nonce: row["nonce"] as string,
      nonceCount: row["nonce_count"] as number,
      time: new Date(row["time"] as number),
    }),
  );
}

/** After what leaves has left. */
export async function raiseFloors(
  ask: Transaction["ask"],
  raised: ReadonlySet<MailboxId>,
  mailboxes: ReadonlyMap<MailboxId, MailboxView>,
): Promise<void> {
  if (raised.size === 0) return;
  const rows = Array.from(raised, (mailboxId) => {
    const { arrival, departure, listedFloor } = mailboxes.get(mailboxId)!;
    return {
      mailbox_id: mailboxId,
      floor: arrival.number,
      floor_bytes: arrival.bytes,
      departure_floor: departure.number,
      departure_floor_bytes: departure.bytes,
      listed_floor: listedFloor,
    };
  });
  await ask(
    `WITH raised AS (SELECT * FROM json_populate_recordset(NULL::floor, $1)),
       before AS (DELETE FROM floor USING raised WHERE floor.mailbox_id = raised.mailbox_id)
     INSERT INTO floor SELECT mailbox_id, floor, floor_bytes, departure_floor, departure_floor_bytes,
       coalesce((SELECT sequence FROM listed WHERE recipient_id = raised.mailbox_id AND sequence > raised.listed_floor
         ORDER BY sequence LIMIT 1) - 1, raised.floor)
     FROM raised`,
    [JSON.stringify(rows)],
  );
}

function keyRow({ mailboxId, messageId }: Keyed): { mailbox_id: string; message_id: string } {
  return { mailbox_id: mailboxId, message_id: messageId };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
