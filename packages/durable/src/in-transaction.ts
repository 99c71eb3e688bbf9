import type { DatabaseSync } from "node:sqlite";

/** All of `work` or nothing. It must not wait for anything: another caller would join its transaction. */
export function inTransaction<Result>(
  database: DatabaseSync,
  work: () => Result,
  kind: "IMMEDIATE" | "EXCLUSIVE" = "IMMEDIATE",
): Result {
  database.exec(`BEGIN ${kind}`);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
