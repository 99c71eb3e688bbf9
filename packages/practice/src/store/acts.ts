import type { DatabaseSync } from "node:sqlite";
import type { ActBy, Actor } from "../actor.ts";
import type { CompletionReason } from "../task-work.ts";
import type { MatterKey, PersonAct } from "../worklist.ts";

/** An act as it is stored: `version` is what it was done to, `versionAfter` what it led to. */
export interface NewAct {
  at: Date;
  by: Actor;
  act: PersonAct["act"];
  about?: string | undefined;
  note?: string | undefined;
  reason?: CompletionReason | undefined;
  version: number;
  versionAfter: number;
}

/** Part of the transaction that does it. */
export function addAct(database: DatabaseSync, { kind, id }: MatterKey, act: NewAct): void {
  database
    .prepare(
      `INSERT INTO act (kind, id, at, actor_id, person, act, about, note, reason, version, version_after)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      kind,
      id,
      act.at.toISOString(),
      act.by.id,
      act.by.name,
      act.act,
      act.about ?? null,
      act.note ?? null,
      act.reason ?? null,
      act.version,
      act.versionAfter,
    );
}

/** What else an act is known again by. Absent: whatever it is. */
export interface Said {
  about?: string | undefined;
  note?: string | undefined;
  reason?: CompletionReason | undefined;
}

/** Whether the last that was done to a thing is this act of the same person on the same version, and nothing came after. */
export function isLastAct(
  database: DatabaseSync,
  { kind, id }: MatterKey,
  {
    act,
    by: { actor, version },
    said,
    versionNow,
  }: { act: PersonAct["act"]; by: ActBy; said: Said; versionNow: number },
): boolean {
  const last = database
    .prepare(
      "SELECT actor_id, act, about, note, reason, version, version_after FROM act WHERE kind = ? AND id = ? ORDER BY act_id DESC LIMIT 1",
    )
    .get(kind, id);
  return (
    last !== undefined &&
    last["act"] === act &&
    Object.entries(said).every(([name, value]) => value === undefined || last[name] === value) &&
    last["actor_id"] === actor.id &&
    last["version"] === version &&
    last["version_after"] === versionNow
  );
}
