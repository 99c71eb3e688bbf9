// What came during a turn of the event loop is committed at its end, as one group with one sync, on the thread that serves:
// while the disk syncs, what comes next gathers at the sockets. Nothing is simpler, and no thread has to be spoken to.

import type { DatabaseSync } from "node:sqlite";

import { inTransaction } from "@restante/durable";

/** So long what nobody waits for stays in memory where nothing else is written. */
const UNWAITED_MS = 20;

export interface GroupCommit {
  /** Resolves once it is on disk. */
  submit(write: () => void): Promise<void>;
  /** What nobody waits for: with the next that somebody waits for, or alone, a moment later. */
  submitUnwaited(write: () => void): void;
  /** Commits what waits. */
  close(): void;
}

interface Waiting {
  readonly write: () => void;
  readonly resolve?: () => void;
  readonly reject?: (error: unknown) => void;
}

export function createGroupCommit(db: DatabaseSync): GroupCommit {
  let waiting: Waiting[] = [];
  let isDue = false;
  let later: NodeJS.Timeout | undefined;

  function commit(): void {
    const group = waiting;
    waiting = [];
    isDue = false;
    clearTimeout(later);
    later = undefined;
    try {
      inTransaction(db, () => {
        for (const { write } of group) write();
      });
      for (const { resolve } of group) resolve?.();
    } catch (error) {
      for (const { reject } of group) reject?.(error);
    }
  }

  return {
    submit: (write) =>
      new Promise((resolve, reject) => {
        waiting.push({ write, resolve, reject });
        if (!isDue) setImmediate(commit);
        isDue = true;
      }),
    submitUnwaited(write) {
      waiting.push({ write });
      later ??= setTimeout(commit, UNWAITED_MS);
    },
    close: commit,
  };
}
