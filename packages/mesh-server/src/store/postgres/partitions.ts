// Parts of the large tables: of messages by the day in their ids, of tokens by the hour inside them. They are made when a group first
// needs them, before its transaction. There is no part for all the rest: what belongs in none is a mistake.

import type { MessageId } from "@restante/mesh";

import type { Database } from "./database.ts";
import { TABLES_LOCK } from "./schema.ts";

const HOUR_MS = 60 * 60 * 1000;

export interface Partitions {
  ensure(needed: { messageIds: readonly MessageId[]; tokenTimes: readonly Date[] }): Promise<void>;
  /** It may have been dropped. */
  forget(): void;
}

interface Partition {
  name: string;
  of: string;
  from: string | number;
  to: string | number;
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

  return {
    async ensure({ messageIds, tokenTimes }) {
      const days = new Set(messageIds.map(dayOf));
      const hours = new Set(tokenTimes.map((time) => Math.floor(time.getTime() / HOUR_MS)));
      const needed = [...Array.from(days, ofDay).flat(), ...Array.from(hours, ofHour)];
      const missing = needed.filter(({ name }) => !known.has(name));
      if (missing.length > 0) await make(missing);
    },
    forget() {
      known.clear();
    },
  };
}

function dayOf(messageId: MessageId): string {
  const day = messageId.slice(0, 8);
  if (!/^\d{8}$/.test(day) || Number.isNaN(startOf(day).getTime()))
    throw new Error("A message id that begins with no day.");
  return day;
}

function startOf(day: string): Date {
  return new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
}

function ofDay(day: string): Partition[] {
  const next = new Date(startOf(day).getTime() + 24 * HOUR_MS).toISOString().slice(0, 10).replaceAll("-", "");
  return ["message", "message_state", "chunk"].map((of) => ({ name: `${of}_${day}`, of, from: day, to: next }));
}

function ofHour(hour: number): Partition {
  return { name: `token_${hour}`.replace("-", "m"), of: "token", from: hour * HOUR_MS, to: (hour + 1) * HOUR_MS };
}
