import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import { isSameBytes } from "../same-bytes.ts";
import { beginning, seal } from "./chain.ts";
import { type AuditEntry, type AuditRow, isSubject, type SealedRow } from "./entry.ts";
import { type AuditFilter, type AuditQuery, findActors, findRows, type FoundRows, readRows } from "./find-rows.ts";
import { keptFrom, lastOldRow, markOf } from "./old-rows.ts";
import type { StoredRow } from "./row-in-database.ts";
import { type AuditHead, type AuditVerdict, verifyAudit } from "./verify.ts";

/**
 * Who saw and did what: written once, never changed, in the order of writing; removed at its old end alone, where that is set. Several processes may write it (a system and a
 * command beside it): each takes the database's lock for a row.
 */
export interface Audit {
  /**
   * On disk when it returns.
   *
   * @throws whatever keeps it from being stored, such as a full disk: then what it is about must not be shown or done; an error
   *   with the code `audit-cut-off` where the last row that was recorded here is gone, until the process ends
   */
  record(entry: AuditEntry): AuditRow;
  /** The same as a part of a transaction on the database of the audit: on disk with what it is about, or neither is. */
  recordWithin(entry: AuditEntry): AuditRow;
  /** Of the last row, also where it is gone since it was written here; undefined where there is none. */
  head(): AuditHead | undefined;
  /** Newest first. */
  find(query: AuditQuery): FoundRows;
  /** All of them, in the order of writing. */
  read(filter: AuditFilter): Iterable<SealedRow>;
  /** Everybody whom a row names: at most 200. */
  actors(): readonly string[];
  verify(heads?: readonly AuditHead[]): Promise<AuditVerdict>;
  /**
   * Removes rows that were written before this moment, from the first on, at most 5,000, and writes down that it did: see
   * old-rows.ts. Undefined: there are none.
   *
   * @param days for which rows are kept: told with it
   * @throws an error with the code `audit-changed` where one of them is not as it was written: nothing is removed then
   */
  removeBefore(
    before: Date,
    days: number,
  ): { readonly rows: number; readonly upTo: number; readonly more: boolean } | undefined;
  /** How much is kept, with who may come in. `since`: when the oldest row was written. */
  kept(): { readonly rows: number; readonly since?: Date; readonly bytes: number };
}

type SealOfRow = Pick<StoredRow, "sequence" | "seal">;

/** What a list may show at once, and more. */
const mostSubjects = 500;
/** A tenth of a second. */
const mostRemoved = 5000;

/**
 * @param database of schema.ts
 * @param key 32 bytes that are not in the database: see audit-key.ts
 */
export function createAudit(database: DatabaseSync, key: Uint8Array, now: () => Date = () => new Date()): Audit {
  const last = database.prepare("SELECT sequence, seal FROM audit ORDER BY sequence DESC LIMIT 1");
  const insert = database.prepare(
    "INSERT INTO audit (sequence, at, actor, session, source, act, outcome, subjects, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const insertSubject = database.prepare("INSERT OR IGNORE INTO audit_subject (subject, sequence) VALUES (?, ?)");
  const sealOf = database.prepare("SELECT seal FROM audit WHERE sequence = ?");
  const lastRow = (): SealOfRow | undefined => last.get() as SealOfRow | undefined;
  /** Of the last row that was committed here. Taken out before the next is written, it would leave no trace in the chain. */
  let known: SealOfRow | undefined;

  function isCutOff(): boolean {
    if (known === undefined) return false;
    const stored = sealOf.get(known.sequence) as Pick<StoredRow, "seal"> | undefined;
    return stored === undefined || !isSameBytes(known.seal, stored.seal);
  }

  function write(entry: AuditEntry): { row: AuditRow; sealed: SealOfRow } {
    const wrong = entry.subjects.find((subject) => !isSubject(subject));
    // Not what it is: it may be a name.
    if (wrong !== undefined || entry.subjects.length > mostSubjects) throw new TypeError("A subject that is no id.");
    if (isCutOff()) throw Object.assign(new Error("Rows of the audit are gone."), { code: "audit-cut-off" });
    const before = lastRow();
    const row: AuditRow = { ...entry, sequence: (before?.sequence ?? 0) + 1, at: now() };
    const { sequence, at, actor, session = null, source, act, outcome, subjects } = row;
    const sealed = { sequence, seal: seal(key, before?.seal ?? beginning, row) };
    const said = JSON.stringify(subjects);
    insert.run(sequence, at.toISOString(), actor, session, source, act, outcome, said, sealed.seal);
    for (const subject of subjects) insertSubject.run(subject, sequence);
    return { row, sealed };
  }

  return {
    record(entry) {
      const { row, sealed } = inTransaction(database, () => write(entry));
      known = sealed;
      return row;
    },
    recordWithin: (entry) => write(entry).row,
    head() {
      const row = isCutOff() ? known : lastRow();
      return row && { sequence: row.sequence, seal: Buffer.from(row.seal).toString("hex") };
    },
    removeBefore(before, days) {
      const { gone, sealed } = inTransaction(database, () => {
        const first = keptFrom(database)?.last ?? 0;
        const old = lastOldRow(database, key, { before, most: mostRemoved });
        if (old === undefined) return {};
        const { sealed } = write(markOf({ ...old, days }));
        for (const table of ["audit_subject", "audit"]) {
          database.prepare(`DELETE FROM ${table} WHERE sequence <= ?`).run(old.upTo);
        }
        return { gone: { rows: old.upTo - first, upTo: old.upTo, more: old.more }, sealed };
      });
      if (sealed !== undefined) known = sealed;
      return gone;
    },
    kept() {
      const first = database.prepare("SELECT sequence, at FROM audit ORDER BY sequence LIMIT 1").get();
      const pragma = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
      return {
        rows: first === undefined ? 0 : (lastRow()?.sequence ?? 0) - Number(first["sequence"]) + 1,
        ...(first !== undefined && { since: new Date(String(first["at"])) }),
        bytes: pragma("page_size") * pragma("page_count"),
      };
    },
    find: (query) => findRows(database, query),
    read: (filter) => readRows(database, filter),
    actors: () => findActors(database),
    verify: (heads) => verifyAudit(database, key, heads),
  };
}
