import { DatabaseSync } from "node:sqlite";
import { beginning } from "./chain.ts";
import { isAsWritten, keptFrom, type RemovedRows } from "./old-rows.ts";
import { hexOf, type StoredRow } from "./row-in-database.ts";
import { auditRemoval, auditTables } from "./schema.ts";

/** The seal of a row, as the log has it. */
export interface AuditHead {
  readonly sequence: number;
  /** In hexadecimal digits. */
  readonly seal: string;
}

export interface AuditVerdict {
  /** How many rows there are. */
  readonly rows: number;
  /** Absent: there is none. */
  readonly head?: AuditHead;
  /** What is wrong, in sentences; none: all is as it was written. At most 20. */
  readonly problems: readonly string[];
  /** What was removed by its age, as a row says that is there. */
  readonly removed?: RemovedRows;
}

const atOnce = 2000;
const mostProblems = 20;
/** What is above cannot be read as a number. */
const mostRows = Number.MAX_SAFE_INTEGER;

/**
 * Reads the whole audit and works every seal out again. In parts: other work of the process goes on between them.
 *
 * @param heads seals that the log has: each must be that of its row, so an end that was cut off is found too
 */
export async function verifyAudit(
  database: DatabaseSync,
  key: Uint8Array,
  heads: readonly AuditHead[] = [],
): Promise<AuditVerdict> {
  const some = database.prepare(
    `SELECT * FROM audit WHERE sequence > ? AND sequence <= ${mostRows} ORDER BY sequence LIMIT ?`,
  );
  const isFoundBy = database.prepare("SELECT 1 FROM audit_subject WHERE subject = ? AND sequence = ?");
  const problems: string[] = [];
  const found = (problem: string): void => void (problems.length < mostProblems && problems.push(problem));
  const known = new Map<number, string>();
  for (const { sequence, seal: sealed } of heads) {
    // An end that was cut off, and then written to the same number: both had their hour.
    if ((known.get(sequence) ?? sealed) !== sealed)
      found(`The log has two seals of row ${sequence}: it was written anew.`);
    known.set(sequence, sealed);
  }
  const { beside } = database
    .prepare(`SELECT count(*) AS beside FROM audit WHERE sequence NOT BETWEEN 1 AND ${mostRows}`)
    .get() as { beside: number };
  if (beside > 0) found(`Rows with numbers that no row can have were put in: ${beside}.`);
  const from = keptFrom(database);
  let { seal: before, last } = from ?? { seal: beginning, last: 0 };
  // Of what went the last has its seal in the mark, and the others are not there to be held against any.
  if (from?.removed !== undefined) {
    const { upTo, seal: sealed } = from.removed;
    if ((known.get(upTo) ?? sealed) !== sealed)
      found(`Row ${upTo}, which was removed, was not the one whose seal the log has.`);
    for (const sequence of known.keys()) if (sequence <= upTo) known.delete(sequence);
  }
  let rows = 0;
  let indexed = 0;
  for (;;) {
    const lastBefore = last;
    // One by one: whoever may write the file may have put megabytes into each.
    for (const one of some.iterate(last, atOnce) as unknown as Iterable<StoredRow>) {
      if (one.sequence > last + 1) found(missing(last + 1, one.sequence - 1));
      if (one.sequence === last) found(`Row ${last} is there twice.`);
      if (!isAsWritten(one, key, before)) {
        found(`Row ${one.sequence} is not as it was written, or the row before it is not.`);
      }
      const logged = known.get(one.sequence);
      if (logged !== undefined && logged !== hexOf(one.seal)) {
        found(`Row ${one.sequence} is not the one whose seal the log has: it was written anew.`);
      }
      known.delete(one.sequence);
      const subjects = indexOf(one.subjects);
      const present = subjects.filter((subject) => isFoundBy.get(subject, one.sequence) !== undefined).length;
      if (present < subjects.length) found(`Row ${one.sequence} is not found by all that it is about.`);
      indexed += present;
      before = one.seal;
      last = one.sequence;
      rows += 1;
    }
    if (last === lastBefore) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { count } = database.prepare("SELECT count(*) AS count FROM audit_subject WHERE sequence <= ?").get(last) as {
    count: number;
  };
  if (count > indexed) found("Some row is found by what it is not about.");
  for (const sequence of [...known.keys()].toSorted((a, b) => a - b)) {
    if (sequence > last)
      found(`The log has the seal of row ${sequence}, and the audit ends at row ${last}: its end is gone.`);
  }
  if (!isAsMade(database)) found("The tables of the audit, or triggers in its database, are not as they were made.");
  const head = rows > 0 && { head: { sequence: last, seal: hexOf(before) } };
  return { rows, ...head, problems, ...(from?.removed !== undefined && { removed: from.removed }) };
}

function indexOf(subjects: string): readonly string[] {
  try {
    const read: unknown = JSON.parse(subjects);
    return [...new Set([read].flat().filter((subject) => typeof subject === "string"))];
  } catch {
    return [];
  }
}

function missing(from: number, to: number): string {
  return from === to ? `Row ${from} is missing.` : `Rows ${from} to ${to} are missing.`;
}

/**
 * A trigger that was put in, on any table, could keep rows out as they are written, or take them out before the next; a table made
 * another way could hold a row twice.
 */
function isAsMade(database: DatabaseSync): boolean {
  using made = new DatabaseSync(":memory:");
  made.exec(auditTables + auditRemoval);
  return JSON.stringify(tablesOf(database)) === JSON.stringify(tablesOf(made));
}

function tablesOf(database: DatabaseSync): unknown[] {
  return database
    .prepare(
      `SELECT type, name, tbl_name, sql FROM sqlite_schema
       WHERE tbl_name IN ('audit', 'audit_subject') OR type = 'trigger' ORDER BY type, name`,
    )
    .all();
}
