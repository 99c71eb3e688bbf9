// Parts in which nothing is alive are dropped whole. A part is dropped under a lock of its table that all wait for who read or write it:
// so it is asked for only for a moment, and anew later. While a long transaction has the table, a part stays, which costs room alone.

import { setTimeout as wait } from "node:timers/promises";
import { DatabaseError } from "pg";

import { type Database, isLockTimeout } from "./database.ts";
import { dayAt, HOUR_MS, PARTS_OF_MESSAGES } from "./partitions.ts";
import { type Parts, listParts, passingOver } from "./parts.ts";
import { TABLES_LOCK } from "./schema.ts";

/** So long all others may wait for a part to be dropped, each time it is tried. */
const LOCK_MS = 100;
const TRIES = 3;
const BETWEEN_TRIES_MS = 200;
/** Of these days a message may yet come: by the clocks of nodes. */
const DAYS_BEFORE = 2;
const DAYS_AFTER = 7;
const TOLD_AFTER_MS = 24 * HOUR_MS;

/** Of which rows a part is kept. */
interface Alive {
  where: string;
  values?: readonly unknown[];
}

const ANY_ROW: Alive = { where: "true" };

const asking = (part: string, { where, values = [] }: Alive): [string, readonly unknown[]] => [
  `SELECT FROM ${part} WHERE ${where} LIMIT 1`,
  values,
];

export interface DropParts {
  /** Of messages, of days that are over, all of which were removed. */
  ofMessages(now: Date): Promise<void>;
  /** Of tokens, each of which has expired. Says how many those were. */
  ofTokens(now: Date): Promise<number>;
}

/** Both reject once a part could not be dropped for a day. One that cannot be read stays, is named, and holds up no other. */
export function createDropParts(database: Database, parts: Pick<Parts, "name">): DropParts {
  /** Since when each could not be dropped. */
  const failing = new Map<string, number>();

  async function hasAny(part: string, alive: Alive): Promise<boolean> {
    return (await database.ask(...asking(part, alive))).length > 0;
  }

  /** False if its table is not free: then those of others are not tried either. */
  async function drop(table: string, part: string, now: Date, alive: Alive): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        await dropNow(table, part, alive);
        failing.delete(part);
        return true;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (tries === TRIES) break;
        await wait(BETWEEN_TRIES_MS);
      }
    }
    const since = failing.get(part) ?? now.getTime();
    failing.set(part, since);
    if (now.getTime() - since < TOLD_AFTER_MS) return false;
    throw new Error(
      `The part ${part}, in which nothing is alive, could not be dropped for a day: its table is never free.`,
    );
  }

  async function dropNow(table: string, part: string, alive: Alive): Promise<void> {
    await database.transact(async ({ ask }) => {
      // While it waited for a standby that is gone nobody could read the table. Where a failover brings the part back nothing is alive in it.
      await ask(`SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL synchronous_commit = local`);
      const [row] = await ask(`SELECT to_regclass($1) IS NOT NULL AS there`, [part]);
      if (row?.["there"] !== true) return;
      // From here on nothing comes into it; something may have since it was looked at. However long that takes, other parts are free.
      await ask(`LOCK TABLE ${part} IN SHARE MODE`);
      if ((await ask(...asking(part, alive))).length > 0) return;
      await ask("SELECT pg_advisory_xact_lock($1)", [TABLES_LOCK]);
      await ask(`LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`);
      await ask(`DROP TABLE ${part}`);
    });
  }

  return {
    async ofMessages(now) {
      const [from, to] = [now.getTime() - DAYS_BEFORE * 24 * HOUR_MS, now.getTime() + DAYS_AFTER * 24 * HOUR_MS].map(
        dayAt,
      );
      const days = new Map<string, string[]>();
      for (const table of PARTS_OF_MESSAGES) {
        for (const part of await listParts(database.ask, table)) {
          const day = part.slice(-8);
          if (day < from! || day > to!) days.set(day, [...(days.get(day) ?? []), table]);
        }
      }
      let isFree = true;
      const unread = await passingOver(days, async ([day, tables]) => {
        if (!isFree) return;
        const alive = await Promise.all(tables.map((table) => hasAny(`${table}_${day}`, ANY_ROW)));
        if (alive.includes(true)) return;
        // That of messages last: a day without it is one that PostgreSQL has lost.
        for (const table of tables.toReversed()) isFree &&= await drop(table, `${table}_${day}`, now, ANY_ROW);
      });
      for (const [day, tables] of unread) await parts.name(tables.map((table) => `${table}_${day}`));
    },
    async ofTokens(now) {
      let forgotten = 0;
      let isFree = true;
      // By this node's clock, and by PostgreSQL's: a token that is forgotten too early is good once more.
      const alive = {
        where: "expires_at >= least($1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)",
        values: [now.getTime()],
      };
      const unread = await passingOver(await listParts(database.ask, "token"), async (part) => {
        if (!isFree || now.getTime() < endOf(part) || (await hasAny(part, alive))) return;
        const [row] = await database.ask(`SELECT count(*) AS tokens FROM ${part}`);
        isFree = await drop("token", part, now, alive);
        if (isFree) forgotten += row!["tokens"] as number;
      });
      for (const part of unread) await parts.name([part], ...asking(part, alive));
      return forgotten;
    },
  };
}

function endOf(part: string): number {
  return (Number(part.slice("token_".length).replace("m", "-")) + 1) * HOUR_MS;
}

/** A lock was not to be had in time, what was deleted is not vacuumed yet, or another node has just dropped it. */
function isBusy(error: unknown): boolean {
  return (
    isLockTimeout(error) || (error instanceof DatabaseError && ["57014", "40P01", "42P01"].includes(error.code ?? ""))
  );
}
