// Bodies that the folder does not give: they are missing, or cannot be read. That may be a disk that is not mounted, so the folder is
// not closed without them but by the word of a person, who says how many (decision 303). Before anything is copied all files are
// looked at. What cannot be read only then is in `moved_damage`, and is tried again as the last part of the copying, at each run.

import { join } from "node:path";

import type { BodyDamage, MailboxId, MessageId } from "@restante/mesh";

import type { Bodies, StoredBody } from "../bodies/bodies.ts";
import { inLanes } from "../lanes.ts";
import type { Database, Transaction } from "../store/postgres/database.ts";
import { readBody } from "../store/rows.ts";
import { FILES_AT_ONCE, type MovedBody, moveBody, openBody } from "./move-body.ts";
import { type BodyFile, type OldStore, refused } from "./old-store.ts";
import { type Copied, type Move, recordCopied } from "./progress.ts";

const PAGE = 200;
const unread: ReadonlySet<BodyDamage | undefined> = new Set(["missing", "unreadable"]);
const UNREAD = "damage IN ('missing', 'unreadable')";

export interface CopyingUnread {
  readonly old: OldStore;
  readonly database: Database;
  readonly bodies: Pick<Bodies, "receive">;
  /** So many that cannot be read it may go without, at most. */
  readonly withoutBodies: number;
  readonly signal: AbortSignal;
}

interface Unread {
  readonly count: number;
  readonly first?: { readonly messageId: string; readonly chunk: number; readonly damage: string };
}

/**
 * Opens the file of each body that is yet to be copied, or that an earlier run could not read.
 * @param begun the move as it is in the new database, if it has begun
 * @returns how many cannot be
 * @throws {MeshServerError} `move-refused`: more than a person said
 */
export async function refuseUnread(
  { old, database, begun }: { old: OldStore; database: Database; begun: Move | undefined },
  { withoutBodies = 0, signal }: { withoutBodies?: number | undefined; signal: AbortSignal },
): Promise<number> {
  let found: Unread = { count: 0 };
  async function open({ messageId, chunk, fileName }: BodyFile): Promise<void> {
    signal.throwIfAborted();
    const opened = await openBody(join(old.bodiesFolder, fileName));
    if (typeof opened !== "string") return opened.close();
    found = { first: { messageId, chunk, damage: opened }, ...found, count: found.count + 1 };
  }
  await inLanes(FILES_AT_ONCE, old.bodyFilesAfter(begun?.copied.messagesTo ?? ""), open);
  if (begun !== undefined && !old.wasClosed) {
    for await (const page of pagesOfUnread(database)) {
      const files = page.map(({ messageId, chunk, body: { fileName } }) => ({ messageId, chunk, fileName }));
      await inLanes(FILES_AT_ONCE, files.values(), open);
    }
  }
  refuseMore(old, found, withoutBodies);
  return found.count;
}

/** @throws {MeshServerError} `move-refused`: more are left than a person said */
export async function copyUnread(
  { old, database, bodies, withoutBodies, signal }: CopyingUnread,
  move: Move,
): Promise<Copied> {
  for await (const page of pagesOfUnread(database)) {
    const read: [UnreadRow, MovedBody][] = [];
    await inLanes(FILES_AT_ONCE, page.values(), async (row) => {
      signal.throwIfAborted();
      const moved = await moveBody(old.bodiesFolder, row.body, `${row.messageId}-${row.chunk}`, bodies);
      if (!unread.has(moved.damage)) read.push([row, moved]);
    });
    await database.transact(async (transaction) => {
      await recordCopied(transaction, move, move.copied);
      for (const each of read) await writeRead(transaction, ...each);
    });
  }
  refuseMore(old, await countUnread(database), withoutBodies);
  const copied: Copied = { ...move.copied, part: "nothing" };
  await database.transact((transaction) => recordCopied(transaction, move, copied));
  return copied;
}

function refuseMore({ bodiesFolder }: OldStore, { count, first }: Unread, allowed: number): void {
  if (first === undefined || count <= allowed) return;
  const { messageId, chunk, damage } = first;
  throw refused(
    `${bodiesFolder}: ${count === 1 ? "1 body" : `${count} bodies`} cannot be read (chunk ${chunk} of message ${messageId} is ${damage}, for one): see that its disk is mounted, and that this user may read it, and type the same command again. To move without them, so that nobody is ever given them, say how many at most: --without-bodies ${count}`,
  );
}

interface UnreadRow {
  readonly mailboxId: MailboxId;
  readonly messageId: MessageId;
  readonly chunk: number;
  /** As the old store names it. */
  readonly body: StoredBody & { kind: "file" };
}

async function* pagesOfUnread(database: Database): AsyncGenerator<UnreadRow[]> {
  for (let page = await unreadAfter(database); page.length > 0; page = await unreadAfter(database, page.at(-1))) {
    yield page;
  }
}

async function unreadAfter({ ask }: Database, after?: UnreadRow): Promise<UnreadRow[]> {
  const rows = await ask(
    `SELECT mailbox_id, message_id, chunk, size, file_name, chunk.sha256
     FROM (SELECT message_id, chunk FROM moved_damage
       WHERE ${UNREAD} AND (message_id, chunk) > ($1, $2) ORDER BY message_id, chunk LIMIT $3) AS damaged
     JOIN message USING (message_id) JOIN chunk USING (mailbox_id, message_id, chunk) ORDER BY message_id, chunk`,
    [after?.messageId ?? "", after?.chunk ?? -1, PAGE],
  );
  return rows.map((row) => ({
    mailboxId: row["mailbox_id"] as MailboxId,
    messageId: row["message_id"] as MessageId,
    chunk: row["chunk"] as number,
    body: readBody(row) as UnreadRow["body"],
  }));
}

async function writeRead(
  { ask }: Transaction,
  { mailboxId, messageId, chunk }: UnreadRow,
  { body, damage }: MovedBody,
): Promise<void> {
  await ask("UPDATE chunk SET bytes = $4, file_name = $5 WHERE mailbox_id = $1 AND message_id = $2 AND chunk = $3", [
    mailboxId,
    messageId,
    chunk,
    body.kind === "inline" ? body.bytes : null,
    body.kind === "file" ? body.fileName : null,
  ]);
  if (damage === undefined) {
    await ask("DELETE FROM moved_damage WHERE message_id = $1 AND chunk = $2", [messageId, chunk]);
  } else {
    await ask("UPDATE moved_damage SET damage = $3 WHERE message_id = $1 AND chunk = $2", [messageId, chunk, damage]);
  }
}

async function countUnread({ ask }: Database): Promise<Unread> {
  const [[row], [first]] = await Promise.all([
    ask(`SELECT count(*) AS count FROM moved_damage WHERE ${UNREAD}`),
    ask(`SELECT message_id, chunk, damage FROM moved_damage WHERE ${UNREAD} ORDER BY message_id, chunk LIMIT 1`),
  ]);
  const count = row?.["count"] as number;
  if (first === undefined) return { count };
  return {
    count,
    first: {
      messageId: first["message_id"] as string,
      chunk: first["chunk"] as number,
      damage: first["damage"] as string,
    },
  };
}
