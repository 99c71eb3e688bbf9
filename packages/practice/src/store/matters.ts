import type { DatabaseSync } from "node:sqlite";
import { bounded } from "../bounded.ts";
import type { Actor } from "../actor.ts";
import type { Matter, MatterKey } from "../worklist.ts";

/**
 * What needs a person's attention is a row with a state, not a condition worked out anew:
 *
 * - `new`         Something has happened that nobody has looked at.
 * - `seen`        A person has opened its page.
 * - `dealt-with`  A person has said so. It stays so, also when the trouble itself is over, until something else happens.
 * - `over`        The trouble ended by itself before a person said anything, and is told no more.
 *
 * Something else that happens leads from each of them back to `new`. What a person said before is kept among the acts.
 */
export type MatterState = Matter["state"] | "over";

/** What is wrong with something, in a sentence, and by what keys it is known again. */
export interface Happened {
  reason: string;
  /** One for each thing that happened, the same whenever it is worked out. */
  happenings: readonly string[];
}

/** It may quote what MESH or the recipient says; whole, that is on the page. */
const longestReason = 500;

export function raiseMatter(
  database: DatabaseSync,
  { kind, id }: MatterKey,
  { reason: told, happenings }: Happened,
  now: Date,
): void {
  const reason = bounded(told, longestReason);
  const row = database.prepare("SELECT state, happenings FROM matter WHERE kind = ? AND id = ?").get(kind, id);
  const at = now.toISOString();
  const keys = JSON.stringify(happenings);
  if (row === undefined) {
    database
      .prepare("INSERT INTO matter (kind, id, state, reason, happenings, raised_at) VALUES (?, ?, 'new', ?, ?, ?)")
      .run(kind, id, reason, keys, at);
    return;
  }
  const state = row["state"] as MatterState;
  const known = JSON.parse(row["happenings"] as string) as string[];
  if (state === "over" || happenings.some((key) => !known.includes(key))) {
    database
      .prepare(
        `UPDATE matter SET state = 'new', reason = ?, happenings = ?, raised_at = ?, dealt_at = NULL, dealt_by = NULL, dealt_by_id = NULL, note = NULL
         WHERE kind = ? AND id = ?`,
      )
      .run(reason, keys, at, kind, id);
  } else if (state !== "dealt-with") {
    database
      .prepare("UPDATE matter SET reason = ?, happenings = ? WHERE kind = ? AND id = ?")
      .run(reason, keys, kind, id);
  }
}

/** Nothing is wrong any more. A person's word stands. */
export function endMatter(database: DatabaseSync, { kind, id }: MatterKey): void {
  database
    .prepare("UPDATE matter SET state = 'over' WHERE kind = ? AND id = ? AND state IN ('new', 'seen')")
    .run(kind, id);
}

export function seeMatter(database: DatabaseSync, { kind, id }: MatterKey): void {
  database.prepare("UPDATE matter SET state = 'seen' WHERE kind = ? AND id = ? AND state = 'new'").run(kind, id);
}

/** What it was about; undefined, and nothing is changed, where nothing needs attention. */
export function dealWithMatter(
  database: DatabaseSync,
  { kind, id }: MatterKey,
  { at, by, note }: { at: Date; by: Actor; note?: string | undefined },
): string | undefined {
  const row = database
    .prepare(
      `UPDATE matter SET state = 'dealt-with', dealt_at = ?, dealt_by = ?, dealt_by_id = ?, note = ?
       WHERE kind = ? AND id = ? AND state IN ('new', 'seen') RETURNING reason`,
    )
    .get(at.toISOString(), by.name, by.id, note ?? null, kind, id);
  return row?.["reason"] as string | undefined;
}

/**
 * Takes a person's word back. What it was about; undefined where there is none to take back, or, if `dealtAt` is given,
 * where it was not said then.
 */
export function undoMatter(database: DatabaseSync, { kind, id }: MatterKey, dealtAt?: string): string | undefined {
  const row = database
    .prepare(
      `UPDATE matter SET state = 'seen', dealt_at = NULL, dealt_by = NULL, dealt_by_id = NULL, note = NULL
       WHERE kind = ? AND id = ? AND state = 'dealt-with' AND dealt_at = coalesce(?, dealt_at) RETURNING reason`,
    )
    .get(kind, id, dealtAt ?? null);
  return row?.["reason"] as string | undefined;
}
