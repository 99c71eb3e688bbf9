// Reads, each one statement. None locks a row.

import type { MailboxId, MessageId, Recipient, StatusEvent } from "@restante/mesh";

import type { StoredBody } from "../../bodies/bodies.ts";
import type { Message, MessageDetails, MessageState } from "../../message.ts";
import { type Closure, LONGEST_HOLD_MS, type Store, type Waiting, type WorkflowFilter } from "../store.ts";
import { JOIN_PLACES, PLACES, readMailbox } from "./commit.ts";
import type { Database, Row } from "./database.ts";

type Read =
  | "find"
  | "findDelivered"
  | "findAnywhere"
  | "exists"
  | "findByLocalId"
  | "body"
  | "listAfter"
  | "sequenceOf"
  | "listReceived"
  | "listSent"
  | "listAll"
  | "countInbox"
  | "waitingIn"
  | "listRouting"
  | "listUnroutable"
  | "listDue"
  | "countDue"
  | "closureOf"
  | "listClosures"
  | "wasUsed"
  | "countBodyFiles"
  | "namesBodyFile";

const MESSAGE = `message.mailbox_id, message.message_id, type, message.workflow_id, details, total_chunks, created_at, linked_message_id,
  state, state.recipient_id, addressed_to, state.bytes, accepted_at, changed_at, due_at, status_event, status_code, status_description`;
const FROM_MESSAGE = "message JOIN message_state AS state USING (mailbox_id, message_id)";

export function createReads({ ask }: Pick<Database, "ask">): Pick<Store, Read> {
  const messages = async (sql: string, values: readonly unknown[]): Promise<Message[]> =>
    (await ask(sql, values)).map(readMessage);
  const one = async (where: string, values: readonly unknown[]): Promise<Message | undefined> =>
    (await messages(`SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE ${where}`, values))[0];
  const isThere = async (sql: string, values: readonly unknown[]): Promise<boolean> =>
    (await ask(`${sql} LIMIT 1`, values)).length > 0;

  async function waitingIn(mailboxId: MailboxId): Promise<Waiting> {
    const [row] = await ask(`SELECT ${PLACES} FROM (SELECT $1::text AS mailbox_id) AS mailbox ${JOIN_PLACES}`, [
      mailboxId,
    ]);
    const { arrival, departure } = readMailbox(row!);
    return { messages: arrival.number - departure.number, bytes: arrival.bytes - departure.bytes };
  }

  return {
    find: (mailboxId, messageId) => one("mailbox_id = $1 AND message_id = $2", [mailboxId, messageId]),
    findDelivered: (recipientId, messageId) =>
      one("message_id = $2 AND state.recipient_id = $1", [recipientId, messageId]),
    findAnywhere: (messageId) => one("message_id = $1", [messageId]),
    exists: (messageId) => isThere("SELECT FROM message WHERE message_id = $1", [messageId]),
    findByLocalId: (mailboxId, localId, limit) =>
      messages(
        `SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE mailbox_id = $1 AND local_id = $2 AND type = 'DATA'
         ORDER BY message_id DESC LIMIT $3`,
        [mailboxId, localId, limit],
      ),
    async body({ mailboxId, messageId }, chunk) {
      const [row] = await ask(
        "SELECT size, bytes, file_name, sha256 FROM chunk WHERE mailbox_id = $1 AND message_id = $2 AND chunk = $3",
        [mailboxId, messageId, chunk],
      );
      return row === undefined ? undefined : readBody(row);
    },
    async listAfter(recipientId, after, limit, filter) {
      const values: unknown[] = [recipientId, after, limit];
      if (filter !== undefined) values.push(filter.text);
      // Whether it has left is looked up for each, in an index: as a join, all that ever left might be read.
      const rows = await ask(
        `SELECT message_id, sequence FROM arrival
         WHERE recipient_id = $1
           AND sequence > greatest($2, (SELECT max(listed_floor) FROM floor WHERE mailbox_id = $1))
           AND (SELECT departure FROM departure
                WHERE recipient_id = arrival.recipient_id AND sequence = arrival.sequence) IS NULL
           ${filter === undefined ? "" : `AND ${filter.negated ? "NOT" : ""} ${conditions[filter.match]}`}
         ORDER BY sequence LIMIT $3`,
        values,
      );
      return rows.map((row) => ({ messageId: row["message_id"] as MessageId, sequence: row["sequence"] as number }));
    },
    async sequenceOf(recipientId, messageId) {
      const [row] = await ask(
        "SELECT max(sequence) AS sequence FROM arrival WHERE recipient_id = $1 AND message_id = $2",
        [recipientId, messageId],
      );
      return (row?.["sequence"] as number | null) ?? undefined;
    },
    async listReceived(recipientId, { since, limit }, before = Number.MAX_SAFE_INTEGER) {
      const rows = await ask(
        `SELECT ${MESSAGE}, arrival.sequence FROM arrival JOIN (${FROM_MESSAGE}) USING (mailbox_id, message_id)
         WHERE arrival.recipient_id = $1 AND arrival.sequence < $2 AND state IN ('accepted', 'acknowledged')
           AND coalesce(accepted_at, created_at) > $3
           AND NOT EXISTS (SELECT FROM arrival AS newer WHERE newer.recipient_id = arrival.recipient_id
             AND newer.message_id = arrival.message_id AND newer.sequence > arrival.sequence)
         ORDER BY arrival.sequence DESC LIMIT $4`,
        [recipientId, before, since.getTime(), limit],
      );
      return rows.map((row) => ({ message: readMessage(row), sequence: row["sequence"] as number }));
    },
    listSent: (mailboxId, { since, limit }, before = "~" as MessageId) =>
      messages(
        `SELECT ${MESSAGE} FROM ${FROM_MESSAGE}
         WHERE mailbox_id = $1 AND message_id < $2 AND type = 'DATA' AND created_at > $3
         ORDER BY message_id DESC LIMIT $4`,
        [mailboxId, before, since.getTime(), limit],
      ),
    listAll: (limit, before = "~" as MessageId) =>
      messages(`SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE message_id < $1 ORDER BY message_id DESC LIMIT $2`, [
        before,
        limit,
      ]),
    countInbox: async (mailboxId) => (await waitingIn(mailboxId)).messages,
    waitingIn,
    async listRouting(now, limit, after) {
      const rows = await ask(
        `SELECT ${MESSAGE}, address, tries, next_try_at FROM routing JOIN (${FROM_MESSAGE}) USING (mailbox_id, message_id)
         WHERE state = 'routing' AND (next_try_at <= $1 OR next_try_at > $2) AND (next_try_at, message_id) > ($3, $4)
         ORDER BY next_try_at, message_id LIMIT $5`,
        [now.getTime(), now.getTime() + LONGEST_HOLD_MS, ...placeOf(after?.dueAt, after?.message.messageId), limit],
      );
      return rows.map((row) => ({
        message: readMessage(row),
        routingAddress: row["address"] as string,
        tries: row["tries"] as number,
        dueAt: new Date(row["next_try_at"] as number),
      }));
    },
    // None: PostgreSQL itself sees to it that details are JSON.
    listUnroutable: async () => [],
    async listDue(now, limit, after) {
      const rows = await ask(
        `SELECT mailbox_id, message_id, due_at FROM message_state WHERE due_at <= $1 AND (due_at, message_id) > ($2, $3)
         ORDER BY due_at, message_id LIMIT $4`,
        [now.getTime(), ...placeOf(after?.dueAt, after?.messageId), limit],
      );
      return rows.map((row) => ({
        mailboxId: row["mailbox_id"] as MailboxId,
        messageId: row["message_id"] as MessageId,
        dueAt: new Date(row["due_at"] as number),
      }));
    },
    async countDue(now, limit) {
      const [row] = await ask(
        "SELECT count(*) AS due FROM (SELECT FROM message_state WHERE due_at <= $1 LIMIT $2) AS due",
        [now.getTime(), limit],
      );
      return row!["due"] as number;
    },
    async closureOf(mailboxId) {
      const [row] = await ask("SELECT * FROM closed_mailbox WHERE mailbox_id = $1", [mailboxId]);
      return row === undefined ? undefined : readClosure(row);
    },
    listClosures: async () => (await ask("SELECT * FROM closed_mailbox ORDER BY mailbox_id")).map(readClosure),
    wasUsed: ({ mailboxId, nonce, nonceCount, time }) =>
      isThere("SELECT FROM token WHERE mailbox_id = $1 AND nonce = $2 AND nonce_count = $3 AND time = $4", [
        mailboxId,
        nonce,
        nonceCount,
        time.getTime(),
      ]),
    async countBodyFiles() {
      const [row] = await ask("SELECT count(*) AS files FROM chunk WHERE file_name IS NOT NULL");
      return row!["files"] as number;
    },
    namesBodyFile: (fileName) => isThere("SELECT FROM chunk WHERE file_name = $1", [fileName]),
  };
}

const conditions: Readonly<Record<WorkflowFilter["match"], string>> = {
  equals: "workflow_id = $4",
  begins: "starts_with(workflow_id, $4)",
  contains: "strpos(workflow_id, $4) > 0",
};

/** Where an order by time and id goes on; from before its beginning if no place is given. */
function placeOf(at: Date | undefined, messageId: MessageId | undefined): [number, string] {
  return [at?.getTime() ?? Number.MIN_SAFE_INTEGER, messageId ?? ""];
}

function readMessage(row: Row): Message {
  const date = (name: string): Date => new Date(row[name] as number);
  return {
    messageId: row["message_id"] as MessageId,
    mailboxId: row["mailbox_id"] as MailboxId,
    type: row["type"] as Message["type"],
    state: row["state"] as MessageState,
    to: row["addressed_to"] as Recipient,
    workflowId: row["workflow_id"] as string,
    details: row["details"] as MessageDetails,
    totalChunks: row["total_chunks"] as number,
    bytes: row["bytes"] as number,
    createdAt: date("created_at"),
    changedAt: date("changed_at"),
    ...(row["recipient_id"] !== null && { recipientId: row["recipient_id"] as MailboxId }),
    ...(row["accepted_at"] !== null && { acceptedAt: date("accepted_at") }),
    ...(row["due_at"] !== null && { dueAt: date("due_at") }),
    ...(row["status_code"] !== null && {
      status: {
        event: row["status_event"] as StatusEvent,
        code: row["status_code"] as string,
        description: row["status_description"] as string,
      },
    }),
    ...(row["linked_message_id"] !== null && { linkedMessageId: row["linked_message_id"] as MessageId }),
  };
}

function readBody(row: Row): StoredBody {
  const size = row["size"] as number;
  const checked = row["sha256"] === null ? {} : { sha256: row["sha256"] as Uint8Array };
  return row["file_name"] === null
    ? { kind: "inline", size, bytes: row["bytes"] as Uint8Array, ...checked }
    : { kind: "file", size, fileName: row["file_name"] as string, ...checked };
}

function readClosure(row: Row): Closure {
  return {
    mailboxId: row["mailbox_id"] as MailboxId,
    closedAt: new Date(row["closed_at"] as number),
    reason: row["reason"] as string,
  };
}
