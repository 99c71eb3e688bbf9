import type { DatabaseSync } from "node:sqlite";
import type { MatterKey } from "../worklist.ts";

/**
 * The version of a task, report or stray: 1 as it was first stored, then grown by the triggers of schema.ts. Compared
 * within the transaction that acts: another process may write between a page and the act.
 */
export function versionOf(database: DatabaseSync, { kind, id }: MatterKey): number {
  const row = database.prepare("SELECT version FROM thing_version WHERE kind = ? AND id = ?").get(kind, id);
  return (row?.["version"] as number | undefined) ?? 1;
}

/** For what no trigger sees. Part of the transaction that does it. */
export function growVersion(database: DatabaseSync, { kind, id }: MatterKey): void {
  database
    .prepare("INSERT INTO thing_version VALUES (?, ?, 2) ON CONFLICT DO UPDATE SET version = version + 1")
    .run(kind, id);
}
