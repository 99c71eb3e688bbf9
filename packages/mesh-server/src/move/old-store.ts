// The store of a data folder, as it is read for a move: held, so that no server opens it meanwhile, and changed by nothing but the
// mark at the end.

import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import {
  asDurableError,
  DurableError,
  exists,
  holdFolder,
  openDatabase,
  openToRead,
  settleDatabase,
} from "@restante/durable";
import type { MailboxId } from "@restante/mesh";

import type { StoredBody } from "../bodies/bodies.ts";
import { MeshServerError } from "../errors.ts";
import { refuseMarked } from "../marked-folder.ts";
import type { Message } from "../message.ts";
import { readBody, readClosure } from "../store/rows.ts";
import { markMoved, type Moved, movedError, readMoved, readVersion } from "../store/sqlite/moved.ts";
import { readPlaces } from "../store/sqlite/numbers.ts";
import { takeRoom } from "../store/sqlite/reserve.ts";
import { prepareRows, readMessage, readSeenTime, SELECTED_MESSAGE } from "../store/sqlite/rows.ts";
import { migrations } from "../store/sqlite/schema.ts";
import type { Closure, TokenUse } from "../store/store.ts";
import type { SeenTime } from "../time/clock-guard.ts";

const MOST_NAMED = 10;

/** A message with all that hangs on it but its chunks. */
export interface OldMessage {
  readonly message: Message;
  readonly place?: OldPlace;
  readonly given: readonly number[];
  readonly routing?: { readonly address: string; readonly tries: number; readonly nextTryAt: number | null };
}

/** Where it arrived in its recipient's inbox, and left it if it did. */
export interface OldPlace {
  readonly recipientId: MailboxId;
  readonly sequence: number;
  readonly bytes: number;
  readonly arrivedBytes: number;
  /** Of one that is listed. */
  readonly workflowId?: string;
  /** Of one that is not. */
  readonly departure?: { readonly number: number; readonly bytes: number };
}

/** A number, and the bytes of all up to it. */
interface Place {
  readonly number: number;
  readonly bytes: number;
}

export interface OldMailbox {
  readonly mailboxId: MailboxId;
  readonly arrival: Place;
  readonly departure: Place;
}

export interface OldSize {
  readonly messages: number;
  readonly bytes: number;
  readonly bodyFiles: number;
  readonly tokens: number;
}

/** By mailbox, nonce, count and time. */
export type TokenPlace = readonly [string, string, number, number];

export interface BodyFile {
  readonly messageId: string;
  readonly chunk: number;
  readonly fileName: string;
}

export interface OldStore extends Disposable {
  readonly bodiesFolder: string;
  /** By an earlier run of the same move. */
  readonly wasClosed: boolean;
  readonly size: OldSize;
  readonly seen: SeenTime | undefined;
  /** By id, those after this one. */
  messagesAfter(after: string, most: number): OldMessage[];
  chunksOf(message: Message): Iterable<{ readonly chunk: number; readonly body: StoredBody }>;
  /** In files, of messages after this one, in any order. */
  bodyFilesAfter(messageId: string): IterableIterator<BodyFile>;
  tokensAfter(after: TokenPlace | undefined, most: number): TokenUse[];
  mailboxes(): OldMailbox[];
  closures(): Closure[];
  /** Closes it for ever; one that is closed stays as it is. */
  markMoved(moved: Moved): void;
}

/**
 * @param onLost its folder is another's by now: stop
 * @param moveId a store that this move has closed is read nevertheless
 * @throws {MeshServerError} `store-in-use`, `store-moved` (with the move as its cause's), `move-refused`, `folder-for-development`
 */
export async function openOldStore(
  folder: string,
  now: Date,
  onLost: (error: Error) => void,
  moveId?: string,
): Promise<OldStore> {
  const file = join(folder, "store.sqlite");
  await refuseMarked(folder);
  if (!(await exists(file)))
    throw refused(`${folder}: there is no store.sqlite in it: name the dataFolder of a server`);
  using held = new DisposableStack();
  held.use(hold(folder, onLost));
  const moved = readMoved(file);
  if (moved !== undefined && moved.moveId !== moveId) throw movedError(file, moved);
  // Whoever marked it may have been killed before the mark was in the file itself.
  if (moved !== undefined) settleDatabase(file);
  const db = held.use(moved === undefined ? openUnmoved(file) : openToRead(file));
  const problems = [...findProblems(db, now), ...bodiesProblems(db, folder)];
  if (problems.length > 0) throw refused(`${file}: ${problems.join("; ")}`);
  const closing = held.move();
  return Object.assign(readOldStore(db, folder), {
    wasClosed: moved !== undefined,
    markMoved(mark: Moved) {
      if (moved !== undefined) return;
      withRoom(db, folder, () => markMoved(db, mark));
      withRoom(db, folder, () => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
    },
    [Symbol.dispose]: () => closing.dispose(),
  });
}

export function refused(words: string): MeshServerError {
  return new MeshServerError("move-refused", words);
}

function hold(folder: string, onLost: (error: Error) => void): Disposable {
  try {
    return holdFolder(folder, "store", { remedy: "stop that server first", onLost });
  } catch (error) {
    if (!(error instanceof DurableError) || error.code !== "held") throw error;
    throw new MeshServerError("store-in-use", error.message, { cause: error, retry: "safe" });
  }
}

function openUnmoved(file: string): DatabaseSync {
  refuseVersion(file);
  return openDatabase(file, {
    migrations,
    onJournalMissing(journal) {
      throw refused(
        `${journal}: it is missing, and with it what was committed last, if no other program has moved it in: start and stop this version's server on the folder first, which says so too`,
      );
    },
  });
}

/** A disk that has become full meanwhile has what the server kept in reserve. @throws {DurableError} */
function withRoom(db: DatabaseSync, folder: string, work: () => void): void {
  const isFull = (error: unknown): boolean => {
    const told = asDurableError(error, join(folder, "store.sqlite"));
    return told instanceof DurableError && told.code === "disk-full";
  };
  try {
    work();
  } catch (error) {
    if (!isFull(error)) throw error;
    const file = join(folder, "store.reserve");
    takeRoom(db, { file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 }, isFull);
    try {
      work();
    } catch (again) {
      throw asDurableError(again, join(folder, "store.sqlite"));
    }
  }
}

/** An earlier one is not brought to this version here: the way back would be gone before anything was moved. */
function refuseVersion(file: string): void {
  using db = openToRead(file);
  const version = readVersion(db);
  if (version === migrations.length) return;
  if (version > migrations.length) {
    throw new MeshServerError("store-too-new", `${file}: a later version of Restante wrote it: use that version`);
  }
  throw refused(`${file}: an earlier version of Restante wrote it: start and stop this version's server on it first`);
}

function findProblems(db: DatabaseSync, now: Date): string[] {
  const all = (sql: string, ...values: number[]): string[] =>
    db
      .prepare(sql)
      .all(...values)
      .map((row) => Object.values(row).join(" "));
  const unreadable = all(`SELECT message_id FROM message WHERE NOT json_valid(details) LIMIT ${MOST_NAMED}`);
  const [untimed] = all("SELECT max(expires_at) FROM token WHERE time < 0 AND expires_at > ?", now.getTime());
  const strays = ["delivery", "chunk", "given_chunk", "routing"].filter((table) => {
    const isSame = table === "delivery" ? "AND message.recipient_id = delivery.recipient_id" : "";
    return (
      all(`SELECT 1 FROM ${table} WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.mailbox_id = ${table}.mailbox_id
           AND message.message_id = ${table}.message_id ${isSame}) LIMIT 1`).length > 0
    );
  });
  return [
    ...(unreadable.length === 0
      ? []
      : [
          `the rows of these messages cannot be read, and PostgreSQL would not take them: ${unreadable.join(", ")}: put the store back from a backup, or wait until they are deleted by hand`,
        ]),
    ...(untimed === undefined || untimed === ""
      ? []
      : [
          `tokens of an earlier version are still good: move it after ${new Date(Number(untimed)).toISOString().slice(0, 16)}Z, when they have expired`,
        ]),
    ...strays.map(
      (table) => `it has rows in ${table} that belong to no message: it is damaged (see docs/operations.md)`,
    ),
  ];
}

function bodiesProblems(db: DatabaseSync, folder: string): string[] {
  const files = countOf(db, "chunk WHERE file_name IS NOT NULL");
  if (files === 0 || existsSync(join(folder, "bodies"))) return [];
  return [`${join(folder, "bodies")} is missing, but ${files} bodies belong into it: put it back`];
}

function countOf(db: DatabaseSync, from: string): number {
  return db.prepare(`SELECT count(*) AS count FROM ${from}`).get()?.["count"] as number;
}

function readOldStore(
  db: DatabaseSync,
  folder: string,
): Omit<OldStore, "wasClosed" | "markMoved" | typeof Symbol.dispose> {
  const messages = prepareRows(
    db,
    `SELECT ${SELECTED_MESSAGE} FROM message WHERE message_id > ? ORDER BY message_id LIMIT ?`,
  );
  const place = db.prepare("SELECT * FROM delivery WHERE recipient_id = ? AND message_id = ? AND sequence IS NOT NULL");
  const given = db.prepare("SELECT chunk FROM given_chunk WHERE mailbox_id = ? AND message_id = ? ORDER BY chunk");
  const routing = db.prepare("SELECT address, tries, next_try_at FROM routing WHERE mailbox_id = ? AND message_id = ?");
  const tokens = db.prepare(
    `SELECT * FROM token WHERE (mailbox_id, nonce, nonce_count, time) > (?, ?, ?, ?) AND time >= 0
     ORDER BY mailbox_id, nonce, nonce_count, time LIMIT ?`,
  );
  const places = readPlaces(db);

  function placeOf({ recipientId, messageId }: Message): OldPlace | undefined {
    const row = recipientId === undefined ? undefined : place.get(recipientId, messageId);
    if (row === undefined || recipientId === undefined) return undefined;
    const sequence = row["sequence"] as number;
    // One that left before there were departures has none: a number below all others stands for it. Of one that was put back the
    // departure is that of its place before.
    const departure = {
      number: (row["departure"] as number | null) ?? -sequence,
      bytes: row["departed_bytes"] as number,
    };
    return {
      recipientId,
      sequence,
      bytes: row["bytes"] as number,
      arrivedBytes: row["arrived_bytes"] as number,
      ...(row["listed"] === 1 ? { workflowId: row["workflow_id"] as string } : { departure }),
    };
  }

  function whole(message: Message): OldMessage {
    const { mailboxId, messageId } = message;
    const found = placeOf(message);
    const held = routing.get(mailboxId, messageId);
    return {
      message,
      ...(found !== undefined && { place: found }),
      given: given.all(mailboxId, messageId).map((row) => row["chunk"] as number),
      ...(held !== undefined && {
        routing: {
          address: held["address"] as string,
          tries: held["tries"] as number,
          nextTryAt: held["next_try_at"] as number | null,
        },
      }),
    };
  }

  const seen = db.prepare("SELECT wall, uptime, boot, reference, steady, lag, doubt FROM machine_time").get();
  return {
    bodiesFolder: join(folder, "bodies"),
    size: {
      messages: countOf(db, "message"),
      bytes: db.prepare("SELECT coalesce(sum(size), 0) AS bytes FROM chunk").get()?.["bytes"] as number,
      bodyFiles: countOf(db, "chunk WHERE file_name IS NOT NULL"),
      tokens: countOf(db, "token WHERE time >= 0"),
    },
    seen: seen === undefined ? undefined : readSeenTime(seen),
    messagesAfter: (after, most) => messages.all(after, most).map((row) => whole(readMessage(row))),
    *chunksOf({ mailboxId, messageId }) {
      const chunks = db.prepare(
        "SELECT chunk, size, bytes, file_name, sha256 FROM chunk WHERE mailbox_id = ? AND message_id = ? ORDER BY chunk",
      );
      for (const row of chunks.iterate(mailboxId, messageId)) {
        yield { chunk: row["chunk"] as number, body: readBody(row) };
      }
    },
    *bodyFilesAfter(messageId) {
      const chunks = db.prepare(
        "SELECT message_id, chunk, file_name FROM chunk WHERE file_name IS NOT NULL AND message_id > ?",
      );
      for (const row of chunks.iterate(messageId)) {
        yield {
          messageId: row["message_id"] as string,
          chunk: row["chunk"] as number,
          fileName: row["file_name"] as string,
        };
      }
    },
    tokensAfter: (after = ["", "", -1, -1], most) =>
      tokens.all(...after, most).map((row) => ({
        mailboxId: row["mailbox_id"] as MailboxId,
        nonce: row["nonce"] as string,
        nonceCount: row["nonce_count"] as number,
        time: new Date(row["time"] as number),
        expiresAt: new Date(row["expires_at"] as number),
      })),
    mailboxes() {
      const ids = db.prepare(
        `SELECT recipient_id AS id FROM delivery UNION SELECT mailbox_id FROM mailbox UNION SELECT mailbox_id FROM message
         UNION SELECT mailbox_id FROM closed_mailbox UNION SELECT mailbox_id FROM token ORDER BY id`,
      );
      return ids.all().map(({ id }) => {
        const mailboxId = id as MailboxId;
        const arrival = places.newestArrival(mailboxId);
        return { mailboxId, arrival, departure: places.newestDeparture(mailboxId) };
      });
    },
    closures: () =>
      db.prepare("SELECT mailbox_id, closed_at, reason FROM closed_mailbox ORDER BY mailbox_id").all().map(readClosure),
  };
}

export function hexOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("hex");
}

export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
