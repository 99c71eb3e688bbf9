import type { DatabaseSync } from "node:sqlite";
import type { MatterKey, PersonAct } from "../worklist.ts";

/** Who does what is done on the pages: until there is sign-in nobody knows better. */
export const thisComputer = "this computer";

/** Part of the transaction that does it. */
export function addAct(
  database: DatabaseSync,
  { kind, id }: MatterKey,
  {
    at,
    by,
    act,
    about,
    note,
  }: Pick<PersonAct, "at" | "by" | "act"> & { about?: string | undefined; note?: string | undefined },
): void {
  database
    .prepare("INSERT INTO act (kind, id, at, person, act, about, note) VALUES (?, ?, ?, ?, ?, ?, ?)")
    .run(kind, id, at.toISOString(), by, act, about ?? null, note ?? null);
}
