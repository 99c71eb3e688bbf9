import type { DatabaseSync } from "node:sqlite";
import type { AuditAct, SealedRow } from "./entry.ts";
import { shownRow, type StoredRow } from "./row-in-database.ts";

/** What a row must be, each of these that is given. */
export interface AuditFilter {
  readonly actor?: string;
  readonly act?: AuditAct;
  /** About any of these. */
  readonly subjects?: readonly string[];
  readonly from?: Date;
  /** Before this moment. */
  readonly to?: Date;
  /** Rows before this one: where the page before ended. */
  readonly before?: number;
}

export interface AuditQuery extends AuditFilter {
  /** At most 1,000. */
  readonly limit: number;
}

export interface FoundRows {
  readonly rows: readonly SealedRow[];
  /** There are older ones. */
  readonly more: boolean;
}

const most = 1000;

/** Newest first. What it costs is what it shows, and what it must pass over to find that. */
export function findRows(database: DatabaseSync, query: AuditQuery): FoundRows {
  const { where, values } = conditionsOf(query);
  const limit = Math.min(query.limit, most);
  const stored = database
    .prepare(`SELECT * FROM audit WHERE ${where} ORDER BY sequence DESC LIMIT ?`)
    .all(...values, limit + 1) as unknown as StoredRow[];
  return { rows: stored.slice(0, limit).map(shownRow), more: stored.length > limit };
}

/** All of them, in the order of writing, and of these so many at once in memory. Others may write between. */
export function* readRows(database: DatabaseSync, filter: AuditFilter): Generator<SealedRow, void> {
  const { where, values } = conditionsOf(filter);
  const some = database.prepare(`SELECT * FROM audit WHERE ${where} AND sequence > ? ORDER BY sequence LIMIT ?`);
  for (let last = 0; ;) {
    const stored = some.all(...values, last, most) as unknown as StoredRow[];
    yield* stored.map(shownRow);
    if (stored.length < most) return;
    last = stored.at(-1)!.sequence;
  }
}

/** Everybody whom a row names, in the order of their ids: at most 200. */
export function findActors(database: DatabaseSync): readonly string[] {
  // One step down the index for each, however many rows there are of them.
  const rows = database
    .prepare(
      `WITH RECURSIVE found (actor) AS (
         SELECT min(actor) FROM audit
         UNION ALL
         SELECT (SELECT min(actor) FROM audit WHERE actor > found.actor) FROM found WHERE found.actor IS NOT NULL LIMIT 201
       ) SELECT actor FROM found WHERE actor IS NOT NULL LIMIT 200`,
    )
    .all();
  return rows.map(({ actor }) => String(actor));
}

function conditionsOf({ actor, act, subjects, from, to, before }: AuditFilter): {
  where: string;
  values: (string | number)[];
} {
  const conditions: [sql: string, value: string | number][] = [];
  if (actor !== undefined) conditions.push(["actor = ?", actor]);
  if (act !== undefined) conditions.push(["act = ?", act]);
  if (subjects !== undefined) {
    conditions.push([
      "sequence IN (SELECT sequence FROM audit_subject WHERE subject IN (SELECT value FROM json_each(?)))",
      JSON.stringify(subjects),
    ]);
  }
  if (from !== undefined) conditions.push(["at >= ?", from.toISOString()]);
  if (to !== undefined) conditions.push(["at < ?", to.toISOString()]);
  if (before !== undefined) conditions.push(["sequence < ?", before]);
  return {
    where: conditions.length === 0 ? "TRUE" : conditions.map(([sql]) => sql).join(" AND "),
    values: conditions.map(([, value]) => value),
  };
}
