import type { AuditAct, AuditOutcome, AuditRow } from "./entry.ts";

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

/** As it says it is: what a row says may have been changed, and is then shown to be wrong by its seal. */
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
