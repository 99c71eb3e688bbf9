import type { DatabaseSync } from "node:sqlite";
import type { ReportStanding } from "../worklist.ts";

/** Part of the transaction that looks at the report. */
export function noteStanding(
  database: DatabaseSync,
  sequence: number,
  { standing, receiver }: { standing: ReportStanding; receiver: string },
): void {
  database
    .prepare(
      `INSERT INTO report_standing VALUES (:sequence, :standing, :receiver)
       ON CONFLICT DO UPDATE SET standing = :standing, receiver = :receiver
       WHERE standing <> :standing OR receiver <> :receiver`,
    )
    .run({ sequence, standing, receiver });
}
