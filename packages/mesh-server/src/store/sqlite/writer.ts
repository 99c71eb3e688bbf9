// The one thread that writes. It gets a group of operations at a time, runs them in one transaction and answers when
// the transaction is on disk.
//
//   open    a group commits, or it is rolled back whole because the disk is full ("full"): nothing of it happened.
//           Told then to make room, it takes what the reserve gave back before others do: the journal's pages go into the
//           database, so that the journal is written over from its beginning, and pages for new rows are set aside there.
//   failed  a commit or a sync failed in any other way. What reached the disk is not known before the next start, so
//           nothing is written any more.
// An operation that breaks a constraint is undone alone: it is a mistake in the program, not the disk's.

import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { asDurableError, openDatabase } from "@restante/durable";

import { createOperations, type Operation } from "./operations.ts";
import { migrations, writerPragmas } from "./schema.ts";

/** Only `run` is answered. */
export type Task = { task: "run"; group: Operation[] } | { task: "make-room"; bytes: number } | { task: "close" };
export type Answer = { value: unknown } | { error: string };
export type GroupAnswer = { answers: Answer[] } | { failed: "full" | "stopped"; reason: string };

const SQLITE_CONSTRAINT = 19;
const SQLITE_FULL = 13;

export function serve(port: MessagePort, file: string): void {
  const db = openDatabase(file, { migrations, pragmas: writerPragmas });
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
    const told = asDurableError(error, file);
    const reason = describe(told);
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

  function makeRoom(bytes: number): void {
    try {
      // Pages of a row that is deleted stay in the database; without secure_delete they need not be written once more.
      db.exec("PRAGMA wal_checkpoint(PASSIVE); PRAGMA secure_delete = OFF");
      db.prepare("INSERT INTO room VALUES (zeroblob(?))").run(bytes);
      db.exec("PRAGMA wal_checkpoint(PASSIVE); DELETE FROM room; PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      // Others were quicker: what there is must do. Any other failure is met again by the next group.
      if (primaryCode(error) !== SQLITE_FULL) failure ??= describe(error);
    } finally {
      db.exec("PRAGMA secure_delete = ON");
    }
  }

  port.on("message", (message: Task) => {
    switch (message.task) {
      case "run":
        port.postMessage(runGroup(message.group));
        break;
      case "make-room":
        makeRoom(message.bytes);
        break;
      case "close":
        db.close();
        port.close();
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
