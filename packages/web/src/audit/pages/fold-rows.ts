import type { SealedRow } from "../entry.ts";

/** Rows that say the same but for when: a page that was loaded again, or is open for hours. */
export interface FoldedRows {
  /** The newest of them. */
  readonly row: SealedRow;
  readonly times: number;
  /** The oldest. */
  readonly first: SealedRow;
}

/** Puts rows together that stand one after another and are alike. */
export function foldRows(rows: readonly SealedRow[]): FoldedRows[] {
  const folded: FoldedRows[] = [];
  for (const row of rows) {
    const last = folded.at(-1);
    if (last !== undefined && said(last.row) === said(row)) {
      folded[folded.length - 1] = { ...last, times: last.times + 1, first: row };
    } else {
      folded.push({ row, times: 1, first: row });
    }
  }
  return folded;
}

function said({ actor, session, source, act, outcome, subjects, damaged }: SealedRow): string {
  return JSON.stringify([actor, session, source, act, outcome, subjects, damaged]);
}
