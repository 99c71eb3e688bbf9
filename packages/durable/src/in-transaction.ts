import type { DatabaseSync } from "node:sqlite";

/**
 * What was begun failed, and could not be undone either: what the database holds is not known before it is opened again.
 * `cause` is what it failed with first.
 */
export class NotUndone extends Error {}

/**
 * All of `work` or nothing. It must not wait for anything: another caller would join its transaction.
 *
 * @throws what `work` or the commit fails with; `NotUndone` if that could not be undone
 */
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
    throw undo(database, "ROLLBACK", error);
  }
}

/**
 * A part of a transaction: all of `work` or nothing, and what was done before it stays. Whoever catches what it throws goes
 * on with the transaction, except after a `NotUndone`, or an error that took the whole transaction with it (as a full disk
 * may): that is to be thrown on.
 *
 * @throws what `work` fails with; `NotUndone` if that could not be undone
 */
export function inSavepoint<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("SAVEPOINT part");
  try {
    const result = work();
    database.exec("RELEASE part");
    return result;
  } catch (error) {
    throw undo(database, "ROLLBACK TO part; RELEASE part", error);
  }
}

/** What to throw in the place of an error, once all is undone that it has left. */
function undo(database: DatabaseSync, how: string, error: unknown): unknown {
  // A part that was not undone is, if the whole is.
  const first = error instanceof NotUndone ? error.cause : error;
  // SQLite undoes the whole transaction by itself after some failures.
  if (!database.isTransaction) return first;
  try {
    database.exec(how);
    return first;
  } catch {
    return new NotUndone("a failure could not be undone", { cause: first });
  }
}
