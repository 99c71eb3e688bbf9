// Reads, each one statement. None locks a row. What may walk far for what it returns is looked for apart (`look`), so that what is found at
// once waits for none of it.

import { formatTimestamp, type MailboxId, type MessageId, type Recipient, type StatusEvent } from "@restante/mesh";

import type { StoredBody } from "../../bodies/bodies.ts";
import { MeshServerError } from "../../errors.ts";
import type { Message, MessageDetails, MessageState } from "../../message.ts";
import { usedTables } from "../../move/progress.ts";
import { type Closure, LONGEST_HOLD_MS, type RoutingTask, type Store, type Waiting } from "../store.ts";
import type { Database, Row } from "./database.ts";
import { JOIN_PLACES, PLACES, readMailbox } from "./views.ts";

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

export const MESSAGE: string = `message.mailbox_id, message.message_id, type, message.workflow_id, details, total_chunks, created_at, linked_message_id,
  state, state.recipient_id, addressed_to, state.bytes, accepted_at, changed_at, due_at, status_event, status_code, status_description`;
export const FROM_MESSAGE: string = "message JOIN message_state AS state USING (mailbox_id, message_id)";
/** Of each row that has keys, one by one: left to choose, the planner may read all of what it would join. */
const messageOf = (table: string): string => `
  JOIN LATERAL (SELECT * FROM message WHERE (mailbox_id, message_id) = (${table}.mailbox_id, ${table}.message_id) OFFSET 0)
    AS message USING (mailbox_id, message_id) ${stateOf(table)}`;
const stateOf = (table: string): string => `
  JOIN LATERAL (SELECT * FROM message_state WHERE (mailbox_id, message_id) = (${table}.mailbox_id, ${table}.message_id) OFFSET 0)
    AS state USING (mailbox_id, message_id)`;

const BY_KEY = "mailbox_id = $1 AND message_id = $2";

/** What is read of each that is being routed. */
const WHOLE = { columns: MESSAGE, join: `${messageOf("routing")} WHERE state = 'routing'` };
const KEYS_ALONE = { columns: "mailbox_id, message_id", join: "" };

/** In an order by time and id. */
type Place = [number, string];

/** What the place of bodies is held against. */
export interface BodyNames extends Pick<Store, "namesBodyFile"> {
  /** The newest that rows name, those first: a name begins with the time of its message. */
  newestBodyFiles(limit: number): Promise<string[]>;
  /** No node ever ran on the database, and nothing was moved into it: it has no tables, or nothing in them. */
  isNew(): Promise<boolean>;
  /** Whether the place was marked with it by a node on this database. */
  knowsMark(mark: string): Promise<boolean>;
}

export function createReads(database: Pick<Database, "ask" | "look">): Pick<Store, Read> & BodyNames {
  const ask: Database["ask"] = (sql, values = []) => database.ask(sql, values.map(withoutNul));
  const look: Database["look"] = (sql, values = []) => database.look(sql, values.map(withoutNul));
  const one = async (where: string, values: readonly unknown[]): Promise<Message | undefined> => {
    const [row] = await ask(`SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE ${where}`, values);
    return row === undefined ? undefined : readMessage(row);
  };
  const isThere = async (sql: string, values: readonly unknown[]): Promise<boolean> =>
    (await ask(`${sql} LIMIT 1`, values)).length > 0;
  const hasTable = (table: string): Promise<boolean> =>
    isThere("SELECT FROM to_regclass($1) AS found WHERE found IS NOT NULL", [table]);

  async function waitingIn(mailboxId: MailboxId): Promise<Waiting> {
    const [row] = await ask(`SELECT ${PLACES} FROM (SELECT $1::text AS mailbox_id) AS mailbox ${JOIN_PLACES}`, [
      mailboxId,
    ]);
    const { arrival, departure } = readMailbox(row!);
    return { messages: arrival.number - departure.number, bytes: arrival.bytes - departure.bytes };
  }

  /** Those that `listRouting` left out. */
  const unreadable = new Set<MessageId>();

  /** @param from where the order goes on */
  function routing(now: Date, limit: number, from: Place, { columns, join } = WHOLE): Promise<Row[]> {
    // Each by itself: those between, which are held, may be many, and are not walked past.
    const where = (due: string): string => `(SELECT * FROM routing
      WHERE next_try_at ${due} AND (next_try_at, message_id) > ($3, $4) ORDER BY next_try_at, message_id LIMIT $5)`;
    return ask(
      `SELECT ${columns}, address, tries, next_try_at
       FROM (${where("<= $1")} UNION ALL ${where("> $2")}) AS routing ${join} ORDER BY next_try_at, message_id LIMIT $5`,
      [now.getTime(), now.getTime() + LONGEST_HOLD_MS, ...from, limit],
    );
  }

  /** Rows that are damaged take those of no other message with them. */
  async function readOneByOne(now: Date, limit: number, from: Place): Promise<RoutingTask[]> {
    const tasks: RoutingTask[] = [];
    for (let place = from; ;) {
      const rows = await routing(now, limit, place, KEYS_ALONE);
      for (const row of rows) {
        const messageId = row["message_id"] as MessageId;
        try {
          const values = [row["mailbox_id"], messageId];
          const [message] = await ask(`SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE ${BY_KEY}`, values);
          if (message?.["state"] === "routing") tasks.push(readTask({ ...row, ...message }));
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          unreadable.add(messageId);
        }
        if (tasks.length === limit) return tasks;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) return tasks;
      place = [last["next_try_at"] as number, last["message_id"] as string];
    }
  }

  return {
    find: (mailboxId, messageId) => one(BY_KEY, [mailboxId, messageId]),
    findDelivered: (recipientId, messageId) =>
      one("message_id = $2 AND state.recipient_id = $1", [recipientId, messageId]),
    findAnywhere: (messageId) => one("message_id = $1", [messageId]),
    exists: (messageId) => isThere("SELECT FROM message WHERE message_id = $1", [messageId]),
    async findByLocalId(mailboxId, localId, limit) {
      const rows = await ask(
        `SELECT ${MESSAGE} FROM message ${stateOf("message")} WHERE mailbox_id = $1 AND local_id = $2 AND type = 'DATA'
         ORDER BY message_id DESC LIMIT $3`,
        [mailboxId, localId, limit],
      );
      return rows.map(readMessage);
    },
    async body({ mailboxId, messageId }, chunk) {
      const [row] = await ask(
        "SELECT size, bytes, file_name, sha256 FROM chunk WHERE mailbox_id = $1 AND message_id = $2 AND chunk = $3",
        [mailboxId, messageId, chunk],
      );
      return row === undefined ? undefined : readBody(row);
    },
    async listAfter(recipientId, after, limit, filter) {
      const list = filter === undefined ? ask : look;
      const rows = await list("SELECT * FROM list_after($1, $2, $3, $4, $5, $6)", [
        recipientId,
        after,
        limit,
        filter?.match,
        filter?.text,
        filter?.negated,
      ]);
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
      const rows = await look(
        `SELECT ${MESSAGE}, arrival.sequence FROM arrival ${messageOf("arrival")}
         WHERE arrival.recipient_id = $1 AND arrival.sequence < $2 AND state IN ('accepted', 'acknowledged')
           AND coalesce(accepted_at, created_at) > $3
           AND NOT EXISTS (SELECT FROM arrival AS newer WHERE newer.recipient_id = arrival.recipient_id
             AND newer.message_id = arrival.message_id AND newer.sequence > arrival.sequence)
         ORDER BY arrival.sequence DESC LIMIT $4`,
        [recipientId, before, since.getTime(), limit],
      );
      return rows.map((row) => ({ message: readMessage(row), sequence: row["sequence"] as number }));
    },
    async listSent(mailboxId, { since, limit }, before = "~" as MessageId) {
      // An id begins with the time of sending.
      const rows = await look(
        `SELECT ${MESSAGE} FROM ${FROM_MESSAGE}
         WHERE mailbox_id = $1 AND message_id < $2 AND message_id >= $3 AND type = 'DATA' AND created_at > $4
         ORDER BY message_id DESC LIMIT $5`,
        [mailboxId, before, formatTimestamp(since), since.getTime(), limit],
      );
      return rows.map(readMessage);
    },
    async listAll(limit, before = "~" as MessageId) {
      const rows = await look(
        `SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE message_id < $1 ORDER BY message_id DESC LIMIT $2`,
        [before, limit],
      );
      return rows.map(readMessage);
    },
    countInbox: async (mailboxId) => (await waitingIn(mailboxId)).messages,
    waitingIn,
    async listRouting(now, limit, after) {
      const from = placeOf(after?.dueAt, after?.message.messageId);
      if (after === undefined) unreadable.clear();
      try {
        return (await routing(now, limit, from)).map(readTask);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        return await readOneByOne(now, limit, from);
      }
    },
    // As the last listing found them.
    listUnroutable: async (limit) => Array.from(unreadable).slice(0, limit),
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
    newestBodyFiles: async (limit) =>
      (
        await ask("SELECT file_name FROM chunk WHERE file_name IS NOT NULL ORDER BY file_name DESC LIMIT $1", [limit])
      ).map((row) => row["file_name"] as string),
    namesBodyFile: (fileName) => isThere("SELECT FROM chunk WHERE file_name = $1", [fileName]),
    async isNew() {
      if (!(await hasTable("move"))) return true;
      // What each node writes first has a row, or was followed by others: the rest is hardly ever looked at.
      const used = ["move", ...usedTables.toReversed()].map((table) => `EXISTS (SELECT FROM ${table})`);
      return !(await isThere(`SELECT WHERE ${used.join(" OR ")}`, []));
    },
    knowsMark: async (mark) =>
      (await hasTable("bodies_mark")) && (await isThere("SELECT FROM bodies_mark WHERE mark = $1", [withoutNul(mark)])),
  };
}

/** PostgreSQL refuses a text with a NUL, and has none: in its place goes a character that no text has either, and so is found nowhere. */
function withoutNul(value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll("\0", "\uFFFF") : value;
}

/** Where an order by time and id goes on; from before its beginning if no place is given. */
function placeOf(at: Date | undefined, messageId: MessageId | undefined): Place {
  return [at?.getTime() ?? Number.MIN_SAFE_INTEGER, messageId ?? ""];
}

/** Of this message alone. */
function isUnreadable(error: unknown): boolean {
  return error instanceof MeshServerError && error.code === "row-unreadable";
}

/** Of a row of a message and of what is known of its routing. */
function readTask(row: Row): RoutingTask {
  return {
    message: readMessage(row),
    routingAddress: row["address"] as string,
    tries: row["tries"] as number,
    dueAt: new Date(row["next_try_at"] as number),
  };
}

/** Of a row with the columns of both tables of a message. */
export function readMessage(row: Row): Message {
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
