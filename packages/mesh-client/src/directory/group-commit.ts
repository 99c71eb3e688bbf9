// Commits of the journal, shared by those who want one at the same time:
//
//   asked for --> waits for the end of this turn of the event loop --> part of a group --> committed, synced: answered
//
// A group is one transaction with one sync: nobody in it is answered before that. There is no timer: a lone one waits for
// nobody, and what is asked for while a group is written is the next group. Each is in a savepoint of its own, so that what fails
// of it is undone of it alone, and fails for who asked for it alone. On a full disk each is tried by itself: a small one may
// still fit. Any other failure of the whole is everybody's; nothing of it happened.

import type { DatabaseSync } from "node:sqlite";
import { asDurableError, DurableError, inSavepoint, inTransaction, NotUndone } from "@restante/durable";

export interface GroupCommit {
  /** All of the work or nothing: on disk when it returns, or, as a part of a group, when that is. */
  readonly now: <Result>(work: () => Result) => Result;
  /** The same, as one of a group: on disk when it resolves. `work` is done once that comes, and must not wait for anything. */
  readonly together: <Result>(work: () => Result) => Promise<Result>;
  /**
   * For what may be done again after a crash: with the next group, or a moment later if none comes. On disk when it resolves,
   * for which nobody waits.
   */
  readonly sometime: (work: () => void) => Promise<void>;
  /** What waits for the next group is committed now. */
  readonly commitWaiting: () => void;
}

/** So long may what nobody waits for wait for a group. */
const longestMomentMs = 50;

interface Asked {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** @param check is done before each transaction; what it throws, that fails with. */
export function groupCommits(database: DatabaseSync, check: () => void): GroupCommit {
  let waiting: Asked[] = [];
  let isComing = false;
  let moment: NodeJS.Timeout | undefined;
  let isInGroup = false;

  function now<Result>(work: () => Result): Result {
    if (isInGroup) return work();
    check();
    return inTransaction(database, work);
  }

  function commitAll(group: readonly Asked[]): void {
    let answers: (() => void)[] = [];
    try {
      isInGroup = true;
      check();
      answers = inTransaction(database, () => group.map((asked) => part(database, asked)));
    } catch (error) {
      isInGroup = false;
      if (group.length > 1 && isFull(error)) for (const asked of group) commitAll([asked]);
      else for (const { reject } of group) reject(error);
    } finally {
      isInGroup = false;
    }
    for (const answer of answers) answer();
  }

  function commitWaiting(): void {
    const group = waiting;
    waiting = [];
    isComing = false;
    clearTimeout(moment);
    moment = undefined;
    if (group.length > 0) commitAll(group);
  }

  const add = async <Result>(work: () => Result): Promise<Result> =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve: resolve as Asked["resolve"], reject });
    });

  return {
    now,
    together: async (work) => {
      if (!isComing) setImmediate(commitWaiting);
      isComing = true;
      return add(work);
    },
    sometime: async (work) => {
      moment ??= setTimeout(commitWaiting, longestMomentMs).unref();
      return add(work);
    },
    commitWaiting,
  };
}

/** Gives how it is to be answered once the group is on disk. */
function part(database: DatabaseSync, { work, resolve, reject }: Asked): () => void {
  try {
    const result = inSavepoint(database, work);
    return () => resolve(result);
  } catch (error) {
    // SQLite has undone the whole, or nobody knows what it has: there is nothing to go on with.
    if (error instanceof NotUndone || !database.isTransaction) throw error;
    return () => reject(error);
  }
}

function isFull(error: unknown): boolean {
  const failure = asDurableError(error, "journal.db");
  return failure instanceof DurableError && failure.code === "disk-full";
}
