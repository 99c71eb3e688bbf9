import type { DatabaseSync } from "node:sqlite";
import type { AuditAct, AuditRow } from "./entry.ts";
import { rowFrom, type StoredRow } from "./row-in-database.ts";

/** What a row must be, each of these that is given. */
export interface AuditQuery {
  readonly actor?: string;
  readonly act?: AuditAct;
  /** About any of these. */
  readonly subjects?: readonly string[];
  readonly from?: Date;
  /** Before this moment. */
  readonly to?: Date;
  /** Rows before this one: where the page before ended. */
  readonly before?: number;
  /** At most 1,000. */
  readonly limit: number;
}

export interface FoundRows {
  readonly rows: readonly AuditRow[];
  /** There are older ones. */
  readonly more: boolean;
}

/** Newest first. What it costs is what it shows, and what it must pass over to find that. */
export function findRows(database: DatabaseSync, query: AuditQuery): FoundRows {
  const { actor, act, subjects, from, to, before, limit } = query;
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
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
  const most = Math.min(limit, 1000);
  const stored = database
    .prepare(`SELECT * FROM audit ${where} ORDER BY sequence DESC LIMIT ?`)
    .all(...conditions.map(([, value]) => value), most + 1) as unknown as StoredRow[];
  return { rows: stored.slice(0, most).map(rowFrom), more: stored.length > most };
}
