import type { AuditAct, AuditOutcome, AuditRow, SealedRow } from "./entry.ts";

/** A row as it is stored. */
export interface StoredRow {
  sequence: number;
  at: string;
  actor: string;
  session: string | null;
  source: string;
  act: string;
  outcome: string;
  subjects: string;
  seal: Uint8Array;
}

/**
 * As it says it is: what a row says may have been changed, and is then shown to be wrong by its seal.
 *
 * @throws where it cannot be read at all
 */
export function rowFrom(stored: StoredRow): AuditRow {
  const { sequence, at, actor, session, source, act, outcome, subjects } = stored;
  return {
    sequence,
    at: new Date(at),
    actor,
    ...(session !== null && { session }),
    source,
    act: act as AuditAct,
    outcome: outcome as AuditOutcome,
    subjects: JSON.parse(subjects) as string[],
  };
}

/** For somebody to read: one row that cannot be read must not stand before all others. */
export function shownRow(stored: StoredRow): SealedRow {
  const seal = hexOf(stored.seal);
  try {
    const row = rowFrom(stored);
    if (!Number.isNaN(row.at.getTime()) && row.subjects.every((subject) => typeof subject === "string")) {
      return { ...row, seal };
    }
  } catch {
    // Told by `damaged`.
  }
  return { ...rowFrom({ ...stored, at: new Date(0).toISOString(), subjects: "[]" }), seal, damaged: true };
}

/** Of what is no seal any more: none. */
export function hexOf(seal: unknown): string {
  return seal instanceof Uint8Array ? Buffer.from(seal).toString("hex") : "";
}
