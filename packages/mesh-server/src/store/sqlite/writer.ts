// The one thread that writes. It gets a group of operations at a time, runs them in one transaction and answers when
// the transaction is on disk.
//
//   open    a group commits, or it is rolled back whole because the disk is full ("full"): nothing of it happened.
//   failed  a commit or a sync failed in any other way. What reached the disk is not known before the next start, so
//           nothing is written any more.
// An operation that breaks a constraint is undone alone: it is a mistake in the program, not the disk's.

import { DatabaseSync } from "node:sqlite";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { createOperations, type Operation } from "./operations.ts";
import { prepareWriter } from "./schema.ts";

export type Answer = { value: unknown } | { error: string };
export type GroupAnswer = { answers: Answer[] } | { failed: "full" | "stopped"; reason: string };

const SQLITE_CONSTRAINT = 19;
const SQLITE_FULL = 13;

export function serve(port: MessagePort, file: string): void {
  const db = new DatabaseSync(file);
  prepareWriter(db);
  const operations = createOperations(db);
  let failure: string | undefined;

  function runGroup(group: readonly Operation[]): GroupAnswer {
    if (failure !== undefined) return { failed: "stopped", reason: failure };
    try {
      db.exec("BEGIN IMMEDIATE");
      const answers = group.map(runOne);
      operations.endGroup();
      db.exec("COMMIT");
      return { answers };
    } catch (error) {
      return giveUp(error);
    }
  }

  function runOne(operation: Operation): Answer {
    db.exec("SAVEPOINT operation");
    try {
      const value = operations.run(operation);
      db.exec("RELEASE operation");
      return { value };
    } catch (error) {
      if (primaryCode(error) !== SQLITE_CONSTRAINT) throw error;
      db.exec("ROLLBACK TO operation; RELEASE operation");
      return { error: describe(error) };
    }
  }

  function giveUp(error: unknown): GroupAnswer {
    const reason = describe(error);
    try {
      if (db.isTransaction) db.exec("ROLLBACK");
      operations.forgetGroup();
      if (primaryCode(error) === SQLITE_FULL) return { failed: "full", reason };
    } catch {
      // Not even undone: stopped all the more.
    }
    failure = reason;
    return { failed: "stopped", reason };
  }

  port.on("message", (group: Operation[] | "close") => {
    if (group === "close") {
      db.close();
      port.close();
    } else {
      port.postMessage(runGroup(group));
    }
  });
  port.postMessage("ready");
}

function primaryCode(error: unknown): number | undefined {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** SQLite's texts name tables and columns, never values. */
function describe(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}

if (parentPort !== null) serve(parentPort, (workerData as { file: string }).file);
