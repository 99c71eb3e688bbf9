import { basename, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { DurableError, watchDatabase } from "@restante/durable";
import type { Clock, Event, MessageId } from "@restante/mesh";
import { digestOfText } from "./digest-of-text.ts";
import type { Step } from "./filing.ts";
import { groupCommits } from "./group-commit.ts";
import { type JournalOptions, openJournalDatabase } from "./journal-database.ts";

/**
 * What is remembered of a pair. See pair.ts for what each state means. A pair has at most one row that is not at its end.
 */
export type OpenState = "waiting" | "sending" | "uploading" | "doubtful" | "held" | "accepted";

export interface SendRow {
  readonly id: number;
  /** SHA-256 of the pair's base name. */
  readonly pair: string;
  readonly fingerprint: string;
  readonly state: OpenState;
  /** When it came to this state, in milliseconds. */
  readonly since: number;
  /** When the last attempt began, in milliseconds. */
  readonly startedAt: number | null;
  /** How many attempts may have reached the server. */
  readonly attempts: number;
  /** The code of the last report written about it while it waits. */
  readonly noticed: string | null;
  /** Whether the last attempt sent it compressed: 0 or 1. */
  readonly compressed: number;
  /** If the last attempt was in chunks: how much of the data is in each. */
  readonly chunkBytes: number | null;
  /** How many of them the server has. */
  readonly sentChunks: number;
  /** When the first attempt began since it is to be sent, or since a person released it; null in an old journal. Milliseconds. */
  readonly triedAt: number | null;
  /** From `uploading` or `accepted` on. */
  readonly messageId: MessageId | null;
  /** Whether the server accepted the last attempt, under an id that cannot be read: 0 or 1. It is never made again. */
  readonly unnamed: number;
  /** Why it is held, if it is; of an old journal, null. */
  readonly reason: string | null;
}

/** What is noted of an attempt before it begins. */
export interface Attempt {
  readonly localId: string | undefined;
  readonly compressed: boolean;
  readonly chunkBytes?: number;
}

/** Moves that belong together, and what there is to be told once they are made. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly tells?: readonly Event[];
}

/** A plan that was decided, and is to be carried out whatever happens. */
export interface Filing {
  readonly id: number;
  /** The pair or the message of which these are the files; null for a report of our own. */
  readonly subject: string | null;
  readonly steps: readonly Step[];
  readonly tells: readonly Event[];
  /** It was tried and a folder did not allow it; so what is missing of its files was not moved by us. */
  readonly stuck: boolean;
}

const columns = `id, pair, fingerprint, state, since, startedAt, attempts, noticed, compressed, chunkBytes, sentChunks,
  triedAt, messageId, unnamed, reason`;
const open = "state NOT IN ('sent', 'failed', 'withdrawn')";
const keepMs = 35 * 24 * 60 * 60 * 1000;

/**
 * What the directory client must not forget over kill -9 or loss of power: each method is one transaction, on disk when
 * it returns. See docs/decisions/030-directory-journal.md.
 */
export interface Journal extends Disposable {
  /**
   * One or more of the other methods, as one transaction that shares its sync with those that are asked for at the same time: on
   * disk when it resolves (group-commit.ts). For what is done side by side.
   */
  readonly together: <Result>(change: () => Result) => Promise<Result>;
  /** The row of a pair that has not come to an end. Another fingerprint is another pair, and has no row yet. */
  openSend(pair: string, fingerprint: string): SendRow | undefined;
  /** To `waiting`; the row is made if there is none. */
  wait(pair: string, fingerprint: string): void;
  /** Of a pair that waits: a report with this code is filed about it. */
  notice(pair: string, fingerprint: string, code: string, report: Plan): Filing[];
  /** To `sending`: from here on the message may have been accepted. */
  begin(pair: string, fingerprint: string, attempt: Attempt): void;
  /** Of a pair that is being sent in chunks: the content of this one, before it is sent. */
  sendingChunk(pair: string, number: number, contentDigest: string): void;
  /** The content of each chunk of the upload that may have been sent, by its number. Of an old journal, none. */
  sentContent(pair: string): ReadonlyMap<number, string>;
  /** From `sending` or `uploading`: the server has so many of its chunks. */
  uploaded(pair: string, messageId: MessageId, sentChunks: number): void;
  /** From `sending`: it is not known what became of it. `unnamed`: only not under which id it was accepted. */
  doubt(pair: string, what?: "unnamed"): void;
  /** As it is, but since now: the clock was set back, and what waits by it would for as long as that. */
  redate(pair: string): void;
  /** From `doubtful` or `uploading`: it cannot be known, and why. */
  hold(pair: string, reason?: string): void;
  /** All that are `held` or `doubtful`, the last first, also those of which the files are not in OUT any more. */
  inDoubt(): SendRow[];
  /** From `uploading` or `held`: to `waiting`, as an attempt that came to nothing. */
  restart(pair: string): void;
  /** From `held` or `doubtful`, to have all its attempts again, with what there is to be told of who said so. Nothing if it is in no doubt. */
  released(pair: string, telling: Plan): Filing[];
  /** Likewise, with the moves of its files: a person has ended it, and what became of it is as open as before. */
  withdrawn(pair: string, files: Plan, reports?: readonly Plan[]): Filing[];
  /** From `sending`, `uploading` or `doubtful`: the server has it. */
  accepted(pair: string, messageId: MessageId): void;
  /** From `accepted`, with the moves of its files; the reports about it are filed apart, so that neither waits. */
  sent(pair: string, files: Plan, reports?: readonly Plan[]): Filing[];
  /** Also for a pair, or half of one, of which no attempt was made. */
  failed(pair: string, fingerprint: string, files: Plan, reports?: readonly Plan[]): Filing[];
  /** Whether a send that was accepted had this id. */
  knows(messageId: MessageId): boolean;
  /** How many sends with this local id, other than this one, may have been accepted without our knowing. */
  othersInDoubt(row: SendRow, localId: string): number;
  /** Whether a message was handed over. */
  received(messageId: MessageId): boolean;
  receive(messageId: MessageId, files: Plan): Filing[];
  /** A report of our own. */
  file(report: Plan): Filing[];
  filings(): Filing[];
  filed(filing: Filing): void;
  /**
   * The same, with the next group: to be carried out again after a crash, it does no harm. Gives whether that was not
   * possible; on disk at the latest with `commitWaiting`.
   */
  filedSometime(filing: Filing): Promise<void>;
  /** What waits for the next group is on disk when this returns. */
  commitWaiting(): void;
  setStuck(filing: Filing, stuck: boolean): void;
  /** Of a filing of which nothing was moved: its files go elsewhere. Gives it as it is now. */
  refile(filing: Filing, steps: readonly Step[]): Filing;
  /** Of a message whose files are lost before it was handed over: it was never received. */
  forget(filing: Filing): void;
  /**
   * Nothing is written to a journal that was removed, emptied or replaced while it is open: nobody would find it again.
   *
   * @throws DurableError `damaged`, as every method does that writes
   */
  checkPlace(): void;
  /**
   * Forgets what nothing happened to for 35 days (the server keeps nothing for longer than 30), except what is in doubt. To be done
   * by a clock that is believed alone (retention.ts): by one that is set ahead, everything is old.
   */
  prune(): void;
}

/**
 * Throws DurableError: `held` if another client, in this process or another, has the journal open, `damaged` also if it is
 * missing or empty, unless it `mayBeNew`.
 */
export function openJournal(
  folder: string,
  clock: Clock,
  { mayBeNew = true, onJournalMissing, lock }: Partial<JournalOptions> = {},
): Journal {
  const database = openJournalDatabase(folder, { mayBeNew, onJournalMissing });
  try {
    return createJournal(database, clock, { findLost: watchDatabase(join(folder, "journal.db")), lock });
  } catch (error) {
    database.close();
    throw error;
  }
}

function createJournal(
  database: DatabaseSync,
  clock: Clock,
  { findLost, lock }: Pick<JournalOptions, "lock"> & { findLost: () => string | undefined },
): Journal {
  const statement = (sql: string): ReturnType<DatabaseSync["prepare"]> => database.prepare(sql);
  const now = (): number => clock.now().getTime();

  const select = statement(`SELECT ${columns} FROM send WHERE pair = ? AND ${open}`);
  const insert = statement("INSERT INTO send (pair, fingerprint, state, since) VALUES (?, ?, 'waiting', ?)");
  const setState = statement(`UPDATE send SET state = ?, since = ? WHERE pair = ? AND ${open}`);
  const setNoticed = statement(`UPDATE send SET noticed = ? WHERE pair = ? AND ${open}`);
  const setSending = statement(
    `UPDATE send SET state = 'sending', since = ?1, startedAt = ?1, localId = ?2, compressed = ?3, chunkBytes = ?4,
       triedAt = coalesce(triedAt, ?1), sentChunks = 0, messageId = NULL, unnamed = 0
     WHERE pair = ?5 AND ${open}`,
  );
  const setUploaded = statement(
    `UPDATE send SET state = 'uploading', since = ?, messageId = ?, sentChunks = ? WHERE pair = ? AND ${open}`,
  );
  const setAccepted = statement(
    `UPDATE send SET state = 'accepted', since = ?, messageId = ? WHERE pair = ? AND ${open}`,
  );
  const setDoubtful = "UPDATE send SET state = 'doubtful', since = ?, attempts = attempts + 1 WHERE state = 'sending'";
  const setOneDoubtful = statement(`${setDoubtful} AND pair = ?`);
  const setUnnamed = statement(`UPDATE send SET unnamed = 1 WHERE pair = ? AND ${open}`);
  const setHeld = statement(
    "UPDATE send SET state = 'held', since = ?, reason = ? WHERE state IN ('doubtful', 'uploading') AND pair = ?",
  );
  const setReleased = statement(
    `UPDATE send SET state = 'waiting', attempts = 0, triedAt = NULL, since = ?
     WHERE state IN ('held', 'doubtful') AND pair = ?`,
  );
  // By the index of those that are open, which are few among all.
  const selectInDoubt = statement(
    `SELECT ${columns} FROM send INDEXED BY oneOpen
     WHERE ${open} AND state IN ('held', 'doubtful') ORDER BY id DESC LIMIT 10000`,
  );
  const setRestarted = statement(
    `UPDATE send SET state = 'waiting', attempts = attempts + 1, since = ?
     WHERE state IN ('uploading', 'held') AND pair = ?`,
  );
  const ofPair = `(SELECT id FROM send WHERE pair = ? AND ${open})`;
  const insertChunk = statement(`INSERT OR REPLACE INTO chunk (send, number, digest) VALUES (${ofPair}, ?, ?)`);
  const selectChunks = statement(`SELECT number, digest FROM chunk WHERE send = ${ofPair}`);
  const deleteChunks = statement(`DELETE FROM chunk WHERE send = ${ofPair}`);
  const selectKnown = statement("SELECT 1 FROM send WHERE messageId = ?");
  const countOthers = statement(
    `SELECT count(*) AS others FROM send
     WHERE localId = ? AND id <> ? AND state IN ('sending', 'doubtful', 'held', 'withdrawn')`,
  );
  const selectReceipt = statement("SELECT 1 FROM receipt WHERE messageId = ?");
  const insertReceipt = statement("INSERT INTO receipt (messageId, since) VALUES (?, ?)");
  const insertFiling = statement("INSERT INTO filing (subject, steps, tells) VALUES (?, ?, ?)");
  const selectFilings = statement("SELECT id, subject, steps, tells, stuck FROM filing ORDER BY id");
  const setStuck = statement("UPDATE filing SET stuck = ? WHERE id = ?");
  const setSteps = statement("UPDATE filing SET steps = ? WHERE id = ?");
  const deleteReceipt = statement("DELETE FROM receipt WHERE messageId = ?");
  const deleteFiling = statement("DELETE FROM filing WHERE id = ?");
  const pruneSends = statement(
    "DELETE FROM send WHERE since < ? AND state IN ('waiting', 'sent', 'failed', 'withdrawn')",
  );
  const pruneReceipts = statement("DELETE FROM receipt WHERE since < ?");

  const {
    now: transaction,
    together,
    sometime,
    commitWaiting,
  } = groupCommits(database, () => {
    lock?.checkNow();
    checkPlace();
  });
  const find = (pair: string): SendRow | undefined => select.get(pair) as SendRow | undefined;

  function checkPlace(): void {
    const lost = findLost();
    if (lost === undefined) return;
    // Whoever takes the folders from another machine has put it in another place: that is what there is to be told then.
    lock?.checkNow();
    // The -wal goes into the database when the client ends, unless it is killed.
    const remedy = lost.endsWith("-wal")
      ? "stop the client, and start it again"
      : "put it back, then start the client again";
    const words = `it was removed, emptied or replaced while the client ran: ${remedy}`;
    throw new DurableError("damaged", basename(lost), words, { retry: "never" });
  }

  /** The pair's open row, made anew if the pair was written again since. */
  function ensure(pair: string, fingerprint: string): void {
    const row = find(pair);
    if (row?.fingerprint === fingerprint) return;
    if (row !== undefined) setState.run("withdrawn", now(), pair);
    insert.run(pair, fingerprint, now());
  }

  function addFiling(subject: string | null, { steps, tells = [] }: Plan): Filing {
    const { lastInsertRowid } = insertFiling.run(subject, JSON.stringify(steps), JSON.stringify(tells));
    return { id: Number(lastInsertRowid), subject, steps, tells, stuck: false };
  }

  const addReports = (reports: readonly Plan[]): Filing[] => reports.map((report) => addFiling(null, report));

  // Whoever was sending when the process ended cannot say whether it succeeded. A first chunk is in no doubt: without
  // the others, for which its id is needed, it comes to nothing.
  database.prepare("UPDATE send SET state = 'waiting' WHERE state = 'sending' AND chunkBytes IS NOT NULL").run();
  database.prepare(setDoubtful).run(now());

  return {
    together,
    openSend: (pair, fingerprint) => {
      const row = find(pair);
      return row?.fingerprint === fingerprint ? row : undefined;
    },
    wait: (pair, fingerprint) =>
      transaction(() => {
        ensure(pair, fingerprint);
        setState.run("waiting", now(), pair);
      }),
    notice: (pair, fingerprint, code, report) =>
      transaction(() => {
        ensure(pair, fingerprint);
        setNoticed.run(code, pair);
        return addReports([report]);
      }),
    begin: (pair, fingerprint, { localId, compressed, chunkBytes }) =>
      transaction(() => {
        ensure(pair, fingerprint);
        const localIdDigest = localId === undefined ? null : digestOfText(localId);
        setSending.run(now(), localIdDigest, compressed ? 1 : 0, chunkBytes ?? null, pair);
        deleteChunks.run(pair);
      }),
    sendingChunk: (pair, number, contentDigest) => transaction(() => void insertChunk.run(pair, number, contentDigest)),
    sentContent: (pair) =>
      new Map(selectChunks.all(pair).map(({ number, digest }) => [Number(number), String(digest)])),
    uploaded: (pair, messageId, sentChunks) =>
      transaction(() => void setUploaded.run(now(), messageId, sentChunks, pair)),
    doubt: (pair, what) =>
      transaction(() => {
        if (what === "unnamed") setUnnamed.run(pair);
        setOneDoubtful.run(now(), pair);
      }),
    redate: (pair) => transaction(() => void setState.run(find(pair)?.state ?? "", now(), pair)),
    hold: (pair, reason) => transaction(() => void setHeld.run(now(), reason ?? null, pair)),
    inDoubt: () => selectInDoubt.all() as unknown as SendRow[],
    restart: (pair) => transaction(() => void setRestarted.run(now(), pair)),
    released: (pair, telling) =>
      transaction(() => (Number(setReleased.run(now(), pair).changes) === 1 ? [addFiling(null, telling)] : [])),
    withdrawn: (pair, files, reports = []) =>
      transaction(() => {
        if (!isInDoubt(find(pair))) return [];
        deleteChunks.run(pair);
        setState.run("withdrawn", now(), pair);
        return [addFiling(pair, files), ...addReports(reports)];
      }),
    accepted: (pair, messageId) => transaction(() => void setAccepted.run(now(), messageId, pair)),
    sent: (pair, files, reports = []) =>
      transaction(() => {
        deleteChunks.run(pair);
        setState.run("sent", now(), pair);
        return [addFiling(pair, files), ...addReports(reports)];
      }),
    failed: (pair, fingerprint, files, reports = []) =>
      transaction(() => {
        ensure(pair, fingerprint);
        deleteChunks.run(pair);
        setState.run("failed", now(), pair);
        return [addFiling(pair, files), ...addReports(reports)];
      }),
    knows: (messageId) => selectKnown.get(messageId) !== undefined,
    othersInDoubt: ({ id }, localId) => Number(countOthers.get(digestOfText(localId), id)?.["others"]),
    received: (messageId) => selectReceipt.get(messageId) !== undefined,
    receive: (messageId, files) =>
      transaction(() => {
        insertReceipt.run(messageId, now());
        return [addFiling(messageId, files)];
      }),
    file: (report) => transaction(() => addReports([report])),
    filings: () => {
      commitWaiting();
      return selectFilings.all().map((row) => ({
        id: Number(row["id"]),
        subject: row["subject"] === null ? null : String(row["subject"]),
        steps: JSON.parse(String(row["steps"])) as Step[],
        tells: JSON.parse(String(row["tells"])) as Event[],
        stuck: row["stuck"] === 1,
      }));
    },
    commitWaiting,
    filed: ({ id }) => transaction(() => void deleteFiling.run(id)),
    filedSometime: async ({ id }) => sometime(() => void deleteFiling.run(id)),
    setStuck: ({ id }, stuck) => transaction(() => void setStuck.run(stuck ? 1 : 0, id)),
    refile: (filing, steps) =>
      transaction(() => {
        setSteps.run(JSON.stringify(steps), filing.id);
        return { ...filing, steps };
      }),
    forget: ({ id, subject }) =>
      transaction(() => {
        deleteReceipt.run(subject);
        deleteFiling.run(id);
      }),
    checkPlace,
    prune: () =>
      transaction(() => {
        pruneSends.run(now() - keepMs);
        pruneReceipts.run(now() - keepMs);
      }),
    [Symbol.dispose]: () => {
      if (!database.isOpen) return;
      commitWaiting();
      database.close();
    },
  };
}

/** Whether a person may decide what becomes of it. */
export function isInDoubt(row: SendRow | undefined): row is SendRow {
  return row?.state === "held" || row?.state === "doubtful";
}
