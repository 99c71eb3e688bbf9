// Parts of the large tables: of messages by the day in their ids, of tokens by the hour inside them. They are made ahead, so that no group
// waits at midnight, and when a group first needs one, before its transaction: after a month that nobody ran, or by a clock that is
// wrong. There is no part for all the rest: what belongs in none is a mistake. Dropped they are by drop-parts.ts.

import type { MessageId } from "@restante/mesh";

import type { Database } from "./database.ts";
import { TABLES_LOCK } from "./schema.ts";

export const HOUR_MS: number = 60 * 60 * 1000;
const DAYS_AHEAD = 3;
const HOURS_AHEAD = 24;
export const PARTS_OF_MESSAGES = ["message", "message_state", "chunk"] as const;

interface Needed {
  readonly messageIds: readonly MessageId[];
  readonly tokenTimes: readonly Date[];
}

export interface Partitions {
  ensure(needed: Needed): Promise<void>;
  /** Those that are needed from now on. */
  makeAhead(now: Date): Promise<void>;
  /** One may have been dropped. */
  forget(): void;
}

interface Partition {
  name: string;
  of: string;
  from: string | number;
  to: string | number;
}

/** What is needed today and tomorrow, and of tokens in this hour and the next: the names of the parts, by that of their table. */
export function partsNeeded(now: Date): ReadonlyMap<string, readonly string[]> {
  const days = [0, 1].flatMap((later) => ofDay(dayAt(now.getTime() + later * 24 * HOUR_MS)));
  const hours = [0, 1].map((later) => ofHour(hourOf(now) + later));
  const byTable = Map.groupBy([...days, ...hours], ({ of }) => of);
  return new Map(Array.from(byTable, ([table, parts]) => [table, parts.map(({ name }) => name)]));
}

export function createPartitions(database: Database): Partitions {
  const known = new Set<string>();

  async function make(missing: readonly Partition[]): Promise<void> {
    await database.transact(async ({ ask }) => {
      await ask("SELECT pg_advisory_xact_lock($1)", [TABLES_LOCK]);
      for (const { name, of, from, to } of missing) {
        const [found] = await ask("SELECT to_regclass($1) IS NOT NULL AS there", [name]);
        if (found?.["there"] === true) continue;
        // Attached, it takes no lock that reads or writes of the others wait for.
        await ask(`CREATE TABLE ${name} (LIKE ${of} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
        await ask(`ALTER TABLE ${of} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
      }
    });
    for (const { name } of missing) known.add(name);
  }

  async function ensure(days: Iterable<string>, hours: Iterable<number>): Promise<void> {
    const needed = [...Array.from(days, ofDay).flat(), ...Array.from(hours, ofHour)];
    const missing = needed.filter(({ name }) => !known.has(name));
    if (missing.length > 0) await make(missing);
  }

  return {
    ensure: ({ messageIds, tokenTimes }) => ensure(new Set(messageIds.map(dayOf)), new Set(tokenTimes.map(hourOf))),
    async makeAhead(now) {
      // Whatever was dropped meanwhile.
      known.clear();
      const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, index) => dayAt(now.getTime() + index * 24 * HOUR_MS));
      const hours = Array.from({ length: HOURS_AHEAD + 1 }, (_, index) => hourOf(now) + index);
      // Each by itself: whoever needs one of them now waits for one.
      for (const day of days) await ensure([day], []);
      for (const hour of hours) await ensure([], [hour]);
    },
    forget() {
      known.clear();
    },
  };
}

/** Tables and those parts of them in which these are, whether or not they are there. */
export function partsOf({ messageIds, tokenTimes }: Needed): string[] {
  const ofMessages = PARTS_OF_MESSAGES.flatMap((of) => [of, ...messageIds.map((id) => `${of}_${id.slice(0, 8)}`)]);
  const ofTokens = ["token", ...tokenTimes.map((time) => ofHour(hourOf(time)).name)];
  return [...(messageIds.length > 0 ? ofMessages : []), ...(tokenTimes.length > 0 ? ofTokens : [])];
}

function dayOf(messageId: MessageId): string {
  const day = messageId.slice(0, 8);
  const start = startOf(day);
  if (Number.isNaN(start.getTime()) || dayAt(start.getTime()) !== day) {
    throw new Error("A message id that begins with no day.");
  }
  return day;
}

function startOf(day: string): Date {
  return new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
}

export function dayAt(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll("-", "");
}

function hourOf(time: Date): number {
  return Math.floor(time.getTime() / HOUR_MS);
}

function ofDay(day: string): Partition[] {
  const next = dayAt(startOf(day).getTime() + 24 * HOUR_MS);
  return PARTS_OF_MESSAGES.map((of) => ({ name: `${of}_${day}`, of, from: day, to: next }));
}

function ofHour(hour: number): Partition {
  return { name: `token_${hour}`.replace("-", "m"), of: "token", from: hour * HOUR_MS, to: (hour + 1) * HOUR_MS };
}
