// Reads, each one statement. None locks a row. What may walk far for what it returns is looked for apart (`look`), so that what is found at
// once waits for none of it.

import { formatTimestamp, type MailboxId, type MessageId } from "@restante/mesh";

import { MeshServerError } from "../../errors.ts";
import type { Message } from "../../message.ts";
import { usedTables } from "../../move/progress.ts";
import { LONGEST_HOLD_MS, type RoutingTask, type Store, type Waiting } from "../store.ts";
import { readBody, readClosure } from "../rows.ts";
import type { Database, Row } from "./database.ts";
import { createParts, extentOf, isUnreadable, type Parts, passingOver } from "./parts.ts";
import { FROM_MESSAGE, fromMessage, MESSAGE, messageOf, readMessage, readTask, rowOf, stateOf } from "./rows.ts";
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

/** The tables that have a row of each message. */
const OF_MESSAGE = ["message", "message_state"];
const BY_KEY = "mailbox_id = $1 AND message_id = $2";

/** What is read of each that is being routed. A row may be there without its message, where a person has dropped a part. */
const WITH_MESSAGE = {
  columns: MESSAGE,
  join: `LEFT ${rowOf("message", "message", "routing")} LEFT ${rowOf("message_state", "state", "routing")}`,
};
const KEYS_ALONE = { columns: "mailbox_id, message_id", join: "" };

/** In an order by time and id. */
type Place = [number, string];

/** What the place of bodies is held against. */
export interface BodyNames {
  /** The newest that rows name, those first: a name begins with the time of its message. */
  newestBodyFiles(limit: number): Promise<string[]>;
  /** Also of one of which PostgreSQL cannot read whether it is named. */
  namesBodyFile: Store["namesBodyFile"];
  /** No node ever ran on the database, and nothing was moved into it: it has no tables, or nothing in them. */
  isNew(): Promise<boolean>;
  /** Whether the place was marked with it by a node on this database. */
  knowsMark(mark: string): Promise<boolean>;
}

export interface Asking extends Pick<Database, "ask"> {
  /** What may walk far, over connections of its own; absent, it goes with the rest. */
  readonly look?: Database["ask"];
}

export function createReads(database: Asking, parts: Parts = createParts(database)): Pick<Store, Read> & BodyNames {
  const ask: Database["ask"] = (sql, values = []) => database.ask(sql, values.map(withoutNul));
  const look: Database["ask"] = (sql, values = []) => (database.look ?? database.ask)(sql, values.map(withoutNul));
  const one = async (where: string, values: readonly unknown[]): Promise<Message | undefined> => {
    const [row] = await ask(`SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE ${where}`, values);
    return row === undefined ? undefined : readMessage(row);
  };
  const isThere = async (sql: string, values: readonly unknown[]): Promise<boolean> =>
    (await ask(`${sql} LIMIT 1`, values)).length > 0;
  const hasTable = (table: string): Promise<boolean> =>
    isThere("SELECT FROM to_regclass($1) AS found WHERE found IS NOT NULL", [table]);

  const ofAllDays: Parts["ask"] = (tables, statement, values = [], by = ask) =>
    parts.ask(tables, statement, values, by);

  async function waitingIn(mailboxId: MailboxId): Promise<Waiting> {
    const [row] = await ask(`SELECT ${PLACES} FROM (SELECT $1::text AS mailbox_id) AS mailbox ${JOIN_PLACES}`, [
      mailboxId,
    ]);
    const { arrival, departure } = readMailbox(row!);
    return { messages: arrival.number - departure.number, bytes: arrival.bytes - departure.bytes };
  }

  /** Of a day that is passed over: whoever is told that nothing is there sends it again. @throws {MeshServerError} `row-unreadable` */
  async function refuseIfMaybeOf(day: string, mailboxId: MailboxId, localId: string): Promise<void> {
    const { called } = extentOf(day);
    const traces: [string, string[]][] = [
      [`SELECT FROM ${called("message")} WHERE mailbox_id = $1 AND local_id = $2 LIMIT 1`, [mailboxId, localId]],
      [`SELECT FROM ${called("message_state")} WHERE mailbox_id = $1 LIMIT 1`, [mailboxId]],
    ];
    let mayBe = true;
    await passingOver(traces, async ([sql, values]) => {
      mayBe &&= (await ask(sql, values)).length > 0;
    });
    if (mayBe) throw new MeshServerError("row-unreadable", "PostgreSQL cannot read a day of which it may be.");
  }

  /** Those that `listRouting` left out: they cannot be read, or are not there any more. */
  const unreadable = new Set<MessageId>();

  /** @param from where the order goes on */
  function routing(now: Date, limit: number, from: Place, { columns, join } = WITH_MESSAGE): Promise<Row[]> {
    // Each by itself: those between, which are held, may be many, and are not walked past.
    const where = (due: string): string => `(SELECT * FROM routing
      WHERE next_try_at ${due} AND (next_try_at, message_id) > ($3, $4) ORDER BY next_try_at, message_id LIMIT $5)`;
    return ask(
      `SELECT ${columns}, routing.message_id AS routed_id, address, tries, next_try_at
       FROM (${where("<= $1")} UNION ALL ${where("> $2")}) AS routing ${join} ORDER BY next_try_at, routed_id LIMIT $5`,
      [now.getTime(), now.getTime() + LONGEST_HOLD_MS, ...from, limit],
    );
  }

  /** Without what is known of the message where that cannot be read: rows that are damaged take those of no other message with them. */
  async function routingAsFound(now: Date, limit: number, from: Place): Promise<Row[]> {
    try {
      return await routing(now, limit, from);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
    const rows = await routing(now, limit, from, KEYS_ALONE);
    const unread = await passingOver(rows, async (row) => {
      const values = [row["mailbox_id"], row["message_id"]];
      Object.assign(row, (await ask(`SELECT ${MESSAGE} FROM ${FROM_MESSAGE} WHERE ${BY_KEY}`, values))[0]);
    });
    const days = new Set(unread.map((row) => (row["routed_id"] as MessageId).slice(0, 8)));
    for (const day of days) await parts.name(OF_MESSAGE.map((table) => `${table}_${day}`));
    return rows;
  }

  return {
    find: (mailboxId, messageId) => one(BY_KEY, [mailboxId, messageId]),
    findDelivered: (recipientId, messageId) =>
      one("message_id = $2 AND state.recipient_id = $1", [recipientId, messageId]),
    findAnywhere: (messageId) => one("message_id = $1", [messageId]),
    exists: (messageId) => isThere("SELECT FROM message WHERE message_id = $1", [messageId]),
    async findByLocalId(mailboxId, localId, limit) {
      const { rows, passedOver } = await ofAllDays(
        OF_MESSAGE,
        (extent) => `SELECT ${MESSAGE} FROM ${extent.called("message")} AS message ${stateOf("message", extent)}
         WHERE mailbox_id = $1 AND local_id = $2 AND type = 'DATA' ORDER BY message_id DESC LIMIT $3`,
        [mailboxId, localId, limit],
      );
      if (rows.length === 0) for (const day of passedOver) await refuseIfMaybeOf(day, mailboxId, localId);
      return first(limit, rows, "message_id", DOWN).map(readMessage);
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
      const { rows } = await ofAllDays(
        OF_MESSAGE,
        (extent) => `SELECT ${MESSAGE}, arrival.sequence FROM arrival ${messageOf("arrival", extent)}
         WHERE arrival.recipient_id = $1 AND arrival.sequence < $2 AND ${extent.holds("arrival.message_id")}
           AND state IN ('accepted', 'acknowledged')
           AND coalesce(accepted_at, created_at) > $3
           AND NOT EXISTS (SELECT FROM arrival AS newer WHERE newer.recipient_id = arrival.recipient_id
             AND newer.message_id = arrival.message_id AND newer.sequence > arrival.sequence)
         ORDER BY arrival.sequence DESC LIMIT $4`,
        [recipientId, before, since.getTime(), limit],
        look,
      );
      return first(limit, rows, "sequence", DOWN).map((row) => ({
        message: readMessage(row),
        sequence: row["sequence"] as number,
      }));
    },
    async listSent(mailboxId, { since, limit }, before = "~" as MessageId) {
      // An id begins with the time of sending.
      const { rows } = await ofAllDays(
        OF_MESSAGE,
        (extent) => `SELECT ${MESSAGE} FROM ${fromMessage(extent)}
         WHERE mailbox_id = $1 AND message_id < $2 AND message_id >= $3 AND type = 'DATA' AND created_at > $4
         ORDER BY message_id DESC LIMIT $5`,
        [mailboxId, before, formatTimestamp(since), since.getTime(), limit],
        look,
      );
      return first(limit, rows, "message_id", DOWN).map(readMessage);
    },
    async listAll(limit, before = "~" as MessageId) {
      const { rows } = await ofAllDays(
        OF_MESSAGE,
        (extent) =>
          `SELECT ${MESSAGE} FROM ${fromMessage(extent)} WHERE message_id < $1 ORDER BY message_id DESC LIMIT $2`,
        [before, limit],
        look,
      );
      return first(limit, rows, "message_id", DOWN).map(readMessage);
    },
    countInbox: async (mailboxId) => (await waitingIn(mailboxId)).messages,
    waitingIn,
    async listRouting(now, limit, after) {
      if (after === undefined) unreadable.clear();
      const tasks: RoutingTask[] = [];
      for (let place = placeOf(after?.dueAt, after?.message.messageId); ;) {
        const rows = await routingAsFound(now, limit, place);
        for (const row of rows) {
          const isThere = typeof row["message_id"] === "string" && typeof row["state"] === "string";
          if (!isThere) unreadable.add(row["routed_id"] as MessageId);
          else if (row["state"] === "routing") tasks.push(readTask(row));
          if (tasks.length === limit) return tasks;
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < limit) return tasks;
        place = [last["next_try_at"] as number, last["routed_id"] as string];
      }
    },
    // As the last listing found them.
    listUnroutable: async (limit) => Array.from(unreadable).slice(0, limit),
    async listDue(now, limit, after) {
      const { rows } = await ofAllDays(
        ["message_state"],
        ({ called }) => `SELECT mailbox_id, message_id, due_at FROM ${called("message_state")}
         WHERE due_at <= $1 AND (due_at, message_id) > ($2, $3) ORDER BY due_at, message_id LIMIT $4`,
        [now.getTime(), ...placeOf(after?.dueAt, after?.messageId), limit],
      );
      return first(limit, first(Infinity, rows, "message_id"), "due_at").map((row) => ({
        mailboxId: row["mailbox_id"] as MailboxId,
        messageId: row["message_id"] as MessageId,
        dueAt: new Date(row["due_at"] as number),
      }));
    },
    async countDue(now, limit) {
      const { rows } = await ofAllDays(
        ["message_state"],
        ({ called }) =>
          `SELECT count(*) AS due FROM (SELECT FROM ${called("message_state")} WHERE due_at <= $1 LIMIT $2) AS due`,
        [now.getTime(), limit],
      );
      return rows.reduce((due, row) => Math.min(limit, due + (row["due"] as number)), 0);
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
    async newestBodyFiles(limit) {
      const { rows } = await ofAllDays(
        ["chunk"],
        ({ called }) =>
          `SELECT file_name FROM ${called("chunk")} WHERE file_name IS NOT NULL ORDER BY file_name DESC LIMIT $1`,
        [limit],
      );
      return first(limit, rows, "file_name", DOWN).map((row) => row["file_name"] as string);
    },
    async namesBodyFile(fileName) {
      const { rows, passedOver } = await ofAllDays(
        ["chunk"],
        ({ called }) => `SELECT FROM ${called("chunk")} WHERE file_name = $1 LIMIT 1`,
        [fileName],
      );
      // It begins with the id of its message.
      return rows.length > 0 || passedOver.some((day) => fileName.startsWith(day));
    },
    async isNew() {
      if (!(await hasTable("move"))) return true;
      // What each node writes first has a row, or was followed by others: the rest is hardly ever looked at.
      const used = ["move", ...usedTables.toReversed()].map((table) => `EXISTS (SELECT FROM ${table})`);
      try {
        return !(await isThere(`SELECT WHERE ${used.join(" OR ")}`, []));
      } catch (error) {
        // Nothing is lost of what has nothing in it.
        if (isUnreadable(error)) return false;
        throw error;
      }
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

const DOWN = -1;

/** So many of rows, which are perhaps of several parts, by a column: down, or up. */
function first(limit: number, rows: readonly Row[], column: string, way: 1 | -1 = 1): Row[] {
  const ordered = rows.toSorted((a, b) => {
    const [one, other] = [a[column] as string | number, b[column] as string | number];
    return one === other ? 0 : one < other ? -way : way;
  });
  return ordered.slice(0, limit);
}
