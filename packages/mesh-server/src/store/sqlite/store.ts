// The embedded engine: one SQLite database, one thread that writes it (writer.ts), and reads beside it.

import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";

import {
  asDurableError,
  DurableError,
  holdFolder,
  makeFolder,
  openDatabase,
  openToRead,
  syncFolder,
  watchDatabase,
} from "@restante/durable";

import type { StoredBody } from "../../bodies/bodies.ts";
import { MeshServerError } from "../../errors.ts";
import { once } from "../../once.ts";
import type { Removed, Rewindable, Saved } from "../rewindable.ts";
import type {
  AcceptOutcome,
  ApplyOutcome,
  ChunkOutcome,
  InboxEntry,
  MailboxLimits,
  Store,
  TokenUse,
} from "../store.ts";
import { type Closures, keepClosures } from "./closures.ts";
import { type GroupCommit, startGroupCommit, stoppedError } from "./group-commit.ts";
import { refuseIfLost } from "./lost-store.ts";
import { createNewestReads, readPage } from "./newest.ts";
import { createReads } from "./reads.ts";
import { movedError, readMoved } from "./moved.ts";
import { openReserve, type Reserve } from "./reserve.ts";
import { migrations } from "./schema.ts";
import { type Errand, readBodyFiles, readUnfinishedRestore } from "./snapshot.ts";
import { createUsedTokens } from "./used-tokens.ts";

export interface SqliteStoreOptions {
  /** Of the reserve (reserve.ts). */
  reserveBytes: number;
  /** Absent: every mailbox has room. */
  limits?: MailboxLimits;
  /** Told once, in words, when nothing is written any more. */
  onStopped: (reason: string) => void;
  /** Told each time the disk is too full for something. */
  onFull: () => void;
  /** Told each time a read finds damage, in words. */
  onDamaged: (reason: string) => void;
  /** Told at most once, when it is opened: see durable, lost-journal.ts. */
  onJournalMissing: (file: string) => void;
}

export interface SqliteStore extends Store {
  /** Stops the store if its database is no longer in its place; what is remembered of it is read anew. At every tick. */
  checkPlace(): void;
  /** What keeps it from writing now, though it goes on trying. */
  trouble(): string | undefined;
  readonly reserve: Reserve;
  /** What development alone does to it. */
  readonly rewindable: Rewindable;
}

/**
 * @param folder made if it is absent
 * @throws {MeshServerError} `store-in-use`, `store-too-new`, `store-moved`, `store-lost`
 * @throws {DurableError} what else keeps it from being opened: the file, the reason, the remedy
 */
export async function openSqliteStore(folder: string, options: SqliteStoreOptions): Promise<SqliteStore> {
  const file = join(folder, "store.sqlite");
  let commits: GroupCommit | undefined;
  const held = await hold(folder, (lost) => commits?.stop(lost.message));
  try {
    const reserve = await openReserve(join(folder, "store.reserve"), options.reserveBytes);
    // Open until the writer has it too: on a full disk there may be no room to open it twice.
    using _first = openTables(file, folder, options);
    // The database's own name must be on disk before anything is said to be.
    await syncFolder(folder);
    await reserve.make();
    commits = await startGroupCommit(file, { ...options, reserve });
    return createStore(file, commits, reserve, options, held);
  } catch (error) {
    held[Symbol.dispose]();
    throw asDurableError(error, file);
  }
}

async function hold(folder: string, onLost: (error: DurableError) => void): Promise<Disposable> {
  try {
    await makeFolder(folder);
    return holdFolder(folder, "store", {
      remedy: "stop that server first, or give this one a folder of its own",
      onLost,
    });
  } catch (error) {
    const told = asDurableError(error, folder);
    if (!(told instanceof DurableError) || told.code !== "held") throw told;
    throw new MeshServerError("store-in-use", told.message, { cause: told, retry: "safe" });
  }
}

function openTables(file: string, folder: string, { onJournalMissing }: SqliteStoreOptions): DatabaseSync {
  try {
    return openDatabase(file, { migrations, beforeMaking: (found) => refuseIfLost(folder, found), onJournalMissing });
  } catch (error) {
    if (!(error instanceof DurableError) || error.code !== "too-new") throw error;
    const moved = readMoved(file);
    if (moved !== undefined) throw movedError(file, moved);
    throw new MeshServerError("store-too-new", error.message, { cause: error });
  }
}

function createStore(
  file: string,
  commits: GroupCommit,
  reserve: Reserve,
  { onDamaged }: SqliteStoreOptions,
  held: Disposable,
): SqliteStore {
  const db = openToRead(file);
  const reads = createReads(db);
  const findLost = watchDatabase(file);

  /** A read that meets damage says so; what else can be read still is. */
  function reading<Words extends unknown[], Result>(
    read: (...words: Words) => Result,
  ): (...words: Words) => Promise<Result> {
    return async (...words) => {
      try {
        return read(...words);
      } catch (error) {
        const told = asDurableError(error, file);
        if (!(told instanceof DurableError) || told.code !== "damaged") throw error;
        commits.markDamaged();
        onDamaged(told.message);
        throw new MeshServerError("store-damaged", told.message, { cause: told });
      }
    };
  }

  const listPiece = reading(reads.listAfter);
  const usedTokens = createUsedTokens(db, () => commits.isIdle());
  const closures = keepClosures(reads.listClosures);
  const newest = createNewestReads(db);
  const receivedPiece = reading(newest.received);
  const sentPiece = reading(newest.sent);

  function note(token: TokenUse | undefined): void {
    if (token !== undefined) usedTokens.note(token);
  }

  return {
    accept(acceptance) {
      note(acceptance.token);
      return commits.submit(
        { kind: "accept", acceptance },
        { bytes: weight(acceptance.body) },
      ) as Promise<AcceptOutcome>;
    },
    addChunk(arrival) {
      note(arrival.token);
      return commits.submit({ kind: "chunk", arrival }, { bytes: weight(arrival.body) }) as Promise<ChunkOutcome>;
    },
    put: (change) => commits.submit({ kind: "put", change }) as Promise<ApplyOutcome>,
    apply(change, token) {
      note(token);
      return commits.submit({
        kind: "apply",
        change,
        ...(token !== undefined && { token }),
      }) as Promise<ApplyOutcome>;
    },
    async markGiven({ mailboxId, messageId }, chunk) {
      await commits.submit({ kind: "given", mailboxId, messageId, chunk }, { unwaited: true });
    },
    closeMailbox: (closure) =>
      closures.changedBy(commits.submit({ kind: "close-mailbox", closure })) as Promise<boolean>,
    openMailbox: (mailboxId) =>
      closures.changedBy(commits.submit({ kind: "open-mailbox", mailboxId })) as Promise<boolean>,
    closureOf: reading(closures.of),
    listClosures: reading(reads.listClosures),
    async useToken(token) {
      usedTokens.note(token);
      await commits.submit({ kind: "token", token }, { unwaited: true });
    },
    wasUsed: reading((token) => {
      // Every request asks this first: none is served whose token could not be recorded.
      if (commits.isStopped()) throw stoppedError();
      return usedTokens.isRecorded(token);
    }),
    find: reading(reads.find),
    findDelivered: reading(reads.findDelivered),
    findAnywhere: reading(reads.findAnywhere),
    exists: reading(reads.exists),
    findByLocalId: reading(reads.findByLocalId),
    body: reading(reads.body),
    async listAfter(recipientId, after, limit, filter) {
      const found: InboxEntry[] = [];
      for (let from: number | undefined = after; from !== undefined;) {
        const { entries, end } = await listPiece(recipientId, from, limit - found.length, filter);
        found.push(...entries);
        from = found.length < limit ? end : undefined;
        if (from !== undefined) await nextTurn();
      }
      return found;
    },
    sequenceOf: reading(reads.sequenceOf),
    countInbox: reading(reads.countInbox),
    waitingIn: reading(reads.waitingIn),
    listReceived: (recipientId, page, before) => readPage(receivedPiece, recipientId, page, before),
    listSent: (mailboxId, page, before) => readPage(sentPiece, mailboxId, page, before),
    listAll: reading(newest.all),
    listRouting: reading(reads.listRouting),
    listUnroutable: reading(reads.listUnroutable),
    listDue: reading(reads.listDue),
    countDue: reading(reads.countDue),
    seenTime: reading(reads.seenTime),
    countBodyFiles: reading(reads.countBodyFiles),
    namesBodyFile: reading(reads.namesBodyFile),
    async holdRouting({ mailboxId, messageId }, tries, nextTryAt) {
      await commits.submit({ kind: "hold", mailboxId, messageId, tries, nextTryAt });
    },
    remove: ({ mailboxId, messageId, state }) =>
      commits.submit({ kind: "remove", mailboxId, messageId, state }) as Promise<StoredBody[]>,
    removeBodies: ({ mailboxId, messageId }) =>
      commits.submit({ kind: "remove-bodies", mailboxId, messageId }) as Promise<StoredBody[]>,
    forgetTokens: (now, limit) => commits.submit({ kind: "forget-tokens", now, limit }) as Promise<number>,
    async seeTime(seen) {
      await commits.submit({ kind: "see-time", seen });
    },
    reserve,
    rewindable: createRewindable(
      commits,
      closures,
      reading(reads.nextDue),
      reading(() => readUnfinishedRestore(db)),
    ),
    trouble: () => commits.trouble(),
    checkPlace() {
      closures.forget();
      const lost = commits.isStopped() ? undefined : findLost();
      if (lost === undefined) return;
      // The journal goes into the database when the server ends, unless it is killed.
      const remedy = lost === file ? "put it back, then start the server again" : "stop the server, and start it again";
      commits.stop(`${lost}: it was removed, emptied or replaced while the server ran: ${remedy}`);
    },
    [Symbol.asyncDispose]: once(async () => {
      // The writer is the last to close: it empties the journal into the database.
      db.close();
      await commits.close();
      held[Symbol.dispose]();
    }),
  };
}

function weight(body: StoredBody | undefined): number {
  return body?.kind === "inline" ? body.size : 0;
}

/** An error of the writer's is a text; here it becomes what was not done. */
function createRewindable(
  commits: GroupCommit,
  closures: Closures,
  nextDue: (after: Date) => Promise<Date | undefined>,
  unfinishedRestore: () => Promise<string | undefined>,
): Rewindable {
  async function send<Value>(errand: Errand): Promise<Value> {
    try {
      return (await commits.send(errand)) as Value;
    } catch (error) {
      if (error instanceof MeshServerError) throw error;
      throw new MeshServerError("snapshot-failed", (error as Error).message, { retry: "safe" });
    }
  }

  return {
    wipe: (wipe) => closures.changedBy(commits.submit({ kind: "wipe", wipe })) as Promise<Removed>,
    nextDue,
    saveTo: (to) => send<Saved>({ kind: "save", file: to }),
    bodyFilesOf: async (saved) => readBodyFiles(saved),
    restoreFrom: (from, parts) => closures.changedBy(send<Removed>({ kind: "restore", file: from, parts })),
    unfinishedRestore,
    async finishRestore() {
      await commits.submit({ kind: "finish-restore" });
    },
  };
}
