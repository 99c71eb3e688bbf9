import type { DatabaseSync } from "node:sqlite";
import { isSameBytes } from "../same-bytes.ts";
import { beginning, seal } from "./chain.ts";
import type { AuditEntry, SealedRow } from "./entry.ts";
import { rowFrom, shownRow, type StoredRow } from "./row-in-database.ts";

// Rows leave the audit at its old end alone, by a row that says so, written in the same transaction: the mark. It names the last
// row that went and the seal of that, from which the chain goes on, and is sealed as every row is. So who has the database and not
// the secret can neither make a mark nor let a row go that none names; and a mark that is itself gone is missed like any row. The
// triggers of schema.ts let a row go only while the last row is a mark that names it, or one behind it.

/** What of the audit was removed by its age, as a row of it says. */
export interface RemovedRows {
  /** The last that is gone; all before it are. */
  readonly upTo: number;
  /** Of that row, in hexadecimal digits. */
  readonly seal: string;
  /** For how many days rows were kept. */
  readonly days: number;
  readonly at: Date;
  /** Which row says so. */
  readonly mark: number;
}

/** Where the chain begins that is kept. */
export interface KeptFrom {
  readonly last: number;
  readonly seal: Uint8Array;
  readonly removed?: RemovedRows;
}

const actor = "retention";

export function markOf({ upTo, seal, days }: Pick<RemovedRows, "upTo" | "seal" | "days">): AuditEntry {
  const subjects = [`up-to:${upTo}`, `seal:${seal}`, `days:${days}`];
  return { actor, source: "system", act: "remove-rows", outcome: "done", subjects };
}

/** Undefined: rows before the first are missing, and no row says that they were removed. */
export function keptFrom(database: DatabaseSync): KeptFrom | undefined {
  const first = database.prepare("SELECT sequence FROM audit WHERE sequence > 0 ORDER BY sequence LIMIT 1").get();
  if (first === undefined || first["sequence"] === 1) return { last: 0, seal: beginning };
  const mark = database
    .prepare(
      "SELECT * FROM audit WHERE act = 'remove-rows' AND outcome = 'done' AND actor = ? ORDER BY sequence DESC LIMIT 1",
    )
    .get(actor) as unknown as StoredRow | undefined;
  const removed = mark && removedBy(shownRow(mark));
  if (removed === undefined || removed.upTo + 1 !== first["sequence"]) return undefined;
  return { last: removed.upTo, seal: Buffer.from(removed.seal, "hex"), removed };
}

function removedBy({ sequence, at, subjects }: SealedRow): RemovedRows | undefined {
  const said = /^up-to:([1-9]\d{0,14}),seal:([0-9a-f]{64}),days:([1-9]\d{0,5})$/.exec(subjects.join());
  if (said === null) return undefined;
  const [, upTo, seal = "", days] = said;
  return { upTo: Number(upTo), seal, days: Number(days), at, mark: sequence };
}

/** What is dated before was dated by a clock that had not been set: it is as old as what comes after it. */
const earliest = "2020";

/**
 * The last of the oldest rows, at most so many, that were written before this moment, and its seal; undefined where there is none.
 *
 * @throws an error with the code `audit-changed` where one of them is not as it was written: it is kept, to be seen
 */
export function lastOldRow(
  database: DatabaseSync,
  key: Uint8Array,
  { before, most }: { readonly before: Date; readonly most: number },
): { readonly upTo: number; readonly seal: string; readonly more: boolean } | undefined {
  const from = keptFrom(database);
  if (from === undefined) throw changed();
  const rows = database
    .prepare("SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?")
    .all(from.last, most) as unknown as StoredRow[];
  let previous = { sequence: from.last, seal: from.seal };
  let old: { upTo: number; seal: string } | undefined;
  for (const row of rows) {
    if (row.at >= before.toISOString()) break;
    if (row.sequence !== previous.sequence + 1 || !isAsWritten(row, key, previous.seal)) throw changed();
    previous = row;
    if (row.at >= earliest) old = { upTo: row.sequence, seal: Buffer.from(row.seal).toString("hex") };
  }
  return old && { ...old, more: old.upTo === from.last + most };
}

/** Whether it says what its seal says, in the way in which it was stored. */
export function isAsWritten(stored: StoredRow, key: Uint8Array, before: Uint8Array): boolean {
  try {
    const row = rowFrom(stored);
    // Written otherwise it means the same, and is found by other times.
    const isPlain = row.at.toISOString() === stored.at && JSON.stringify(row.subjects) === stored.subjects;
    return isPlain && isSameBytes(seal(key, before, row), stored.seal);
  } catch {
    // What it says cannot even be read.
    return false;
  }
}

function changed(): Error {
  return Object.assign(new Error("The oldest rows of the audit are not as they were written."), {
    code: "audit-changed",
  });
}
