import { createHmac } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";

/** Whom an attempt is counted for. */
export interface Attempter {
  /** Such as `name:anna`: kept as a keyed digest alone. */
  readonly who: string;
  /** So many failures cost no time. */
  readonly free: number;
  /** By many people, such as the address of a whole practice: that one of them was right says nothing of the others. */
  readonly shared?: true;
}

export type Attempt =
  | {
      readonly allowed: true;
      /** They were right: what they were wrong before is forgotten. */
      readonly succeeded: () => void;
      /** It was not looked at after all. */
      readonly takeBack: () => void;
    }
  | {
      readonly allowed: false;
      /** Until then nothing is looked at. */
      readonly until: Date;
      /** Nobody has been told so since the last failure. */
      readonly first: boolean;
    };

/**
 * How often somebody was wrong. After the failures that are free, each makes everybody who is counted with them wait: 30 s, then
 * twice as long each time, up to 15 minutes. An hour without a failure forgets them. Kept over restarts.
 */
export interface Attempts {
  /**
   * Counts an attempt as failed before it is looked at: so many at once are no more than so many one by one, and a process that
   * is killed forgets none.
   */
  begin(attempters: readonly Attempter[]): Attempt;
}

const firstWaitMs = 30_000;
const longestWaitMs = 15 * 60_000;
const forgottenAfterMs = 3_600_000;
/** Whoever makes up names makes rows: of more than these the oldest are forgotten. */
const mostRows = 10_000;

interface Stored {
  failures: number;
  at: string;
  refused: number;
}

/** @param secret under which `who` is kept */
export function createAttempts(
  database: DatabaseSync,
  secret: Uint8Array,
  now: () => Date = () => new Date(),
): Attempts {
  const read = database.prepare("SELECT failures, at, refused FROM sign_in_failure WHERE who = ?");
  const write = database.prepare(
    "INSERT OR REPLACE INTO sign_in_failure (who, failures, at, refused) VALUES (?, ?, ?, ?)",
  );
  const count = database.prepare("SELECT count(*) AS rows FROM sign_in_failure");
  const removeOld = database.prepare("DELETE FROM sign_in_failure WHERE at < ?");
  const removeOldest = database.prepare(
    "DELETE FROM sign_in_failure WHERE who IN (SELECT who FROM sign_in_failure ORDER BY at LIMIT ?)",
  );
  const remove = database.prepare("DELETE FROM sign_in_failure WHERE who = ?");
  const countDown = database.prepare(
    "UPDATE sign_in_failure SET failures = max(failures - 1, 0), at = ? WHERE who = ?",
  );
  const digest = (who: string): Buffer => createHmac("sha256", secret).update(who).digest();

  function at(who: Buffer, time: number): { failures: number; at: number; refused: boolean } {
    const stored = read.get(who) as Stored | undefined;
    const none = { failures: 0, at: time, refused: false };
    if (stored === undefined) return none;
    const last = Date.parse(stored.at);
    if (time - last >= forgottenAfterMs) return none;
    // Of a clock that was put back the wait begins anew, and does not last until the clock has caught up.
    if (last > time) write.run(who, stored.failures, iso(time), stored.refused);
    return { failures: stored.failures, at: Math.min(last, time), refused: stored.refused === 1 };
  }

  function makeRoom(time: number): void {
    removeOld.run(iso(time - forgottenAfterMs));
    const { rows } = count.get() as { rows: number };
    if (rows >= mostRows) removeOldest.run(rows - mostRows + 10);
  }

  return {
    begin: (attempters) =>
      inTransaction(database, (): Attempt => {
        const time = now().getTime();
        const counted = attempters.map(({ who, free, shared = false }) => {
          const key = digest(who);
          return { key, free, shared, ...at(key, time) };
        });
        const waiting = counted.filter((one) => one.at + waitMs(one.failures, one.free) > time);
        if (waiting.length > 0) {
          // Once: whoever goes on asking has nothing written, nor the disk waited for.
          for (const one of waiting) if (!one.refused) write.run(one.key, one.failures, iso(one.at), 1);
          const until = Math.max(...waiting.map((one) => one.at + waitMs(one.failures, one.free)));
          return { allowed: false, until: new Date(until), first: waiting.some(({ refused }) => !refused) };
        }
        makeRoom(time);
        for (const { key, failures } of counted) write.run(key, failures + 1, iso(time), 0);
        return {
          allowed: true,
          succeeded: () =>
            inTransaction(database, () => {
              for (const one of counted) {
                if (one.shared) countDown.run(iso(one.at), one.key);
                else remove.run(one.key);
              }
            }),
          takeBack: () =>
            inTransaction(database, () => {
              for (const one of counted) countDown.run(iso(one.at), one.key);
            }),
        };
      }),
  };
}

function waitMs(failures: number, free: number): number {
  return failures < free ? 0 : Math.min(firstWaitMs * 2 ** (failures - free), longestWaitMs);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
