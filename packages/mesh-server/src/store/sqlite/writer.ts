// The one thread that writes. It gets a group of operations at a time, runs them in one transaction and answers when
// the transaction is on disk.
//
//   open    a group commits, or it is rolled back whole because the disk is full ("full"): nothing of it happened.
//           It then takes the room of the reserve (reserve.ts), and empties its journal often, so that it never grows.
//           Likewise if another program held the database for longer than is waited for ("busy").
//   failed  a commit or a sync failed in any other way. What reached the disk is not known before the next start, so
//           nothing is written any more.
// An operation that breaks a constraint is undone alone: it is a mistake in the program, not the disk's. The group is undone
// for it, and run again, each operation as a part that can be undone.

import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { asDurableError, inSavepoint, inTransaction, NotUndone, openDatabase } from "@restante/durable";

import type { MailboxLimits } from "../store.ts";
import { createOperations, type Operation } from "./operations.ts";
import { takeRoom } from "./reserve.ts";
import { migrations, writerPragmas } from "./schema.ts";
import { type Errand, runErrand } from "./snapshot.ts";

/** `run` and `errand` are answered. */
export type Task =
  | { task: "run"; group: Operation[]; isFull: boolean }
  | { task: "errand"; errand: Errand }
  | { task: "take-room"; file: string; bytes: number }
  | { task: "close" };
export type Answer = { value: unknown } | { error: string };
export type GroupAnswer = { answers: Answer[] } | { failed: "full" | "busy" | "stopped"; reason: string };

const SQLITE_CONSTRAINT = 19;
const SQLITE_FULL = 13;
const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
/** Of the journal, after which it is emptied into the database. */
const PAGES = 1000;
const PAGES_WHEN_FULL = 100;

export function serve(port: MessagePort, { file, limits }: { file: string; limits: MailboxLimits }): void {
  const db = openDatabase(file, { migrations, pragmas: writerPragmas });
  const operations = createOperations(db, limits);
  let failure: string | undefined;
  let emptiesOften = false;

  function runGroup(group: readonly Operation[]): GroupAnswer {
    if (failure !== undefined) return { failed: "stopped", reason: failure };
    try {
      return inTransaction(db, () => ({ answers: group.map((operation) => ({ value: operations.run(operation) })) }));
    } catch (error) {
      return primaryCode(error) === SQLITE_CONSTRAINT ? runEach(group) : giveUp(error);
    }
  }

  /** What a part of a transaction costs is paid only for a group that was undone for one of its operations. */
  function runEach(group: readonly Operation[]): GroupAnswer {
    try {
      return inTransaction(db, () => ({ answers: group.map(runOne) }));
    } catch (error) {
      return giveUp(error);
    }
  }

  function runOne(operation: Operation): Answer {
    try {
      return { value: inSavepoint(db, () => operations.run(operation)) };
    } catch (error) {
      if (primaryCode(error) !== SQLITE_CONSTRAINT) throw error;
      return { error: describe(error) };
    }
  }

  /** What fails here has changed nothing, but for what the journal may not have taken. */
  function runAlone(errand: Errand): GroupAnswer {
    if (failure !== undefined) return { failed: "stopped", reason: failure };
    try {
      return { answers: [{ value: runErrand(db, errand) }] };
    } catch (error) {
      if (errand.kind === "restore" && mayHaveWritten(error)) return giveUp(error);
      return { answers: [{ error: describe(asDurableError(error, errand.file)) }] };
    }
  }

  function giveUp(error: unknown): GroupAnswer {
    const reason = describe(asDurableError(error instanceof NotUndone ? error.cause : error, file));
    if (primaryCode(error) === SQLITE_FULL) return { failed: "full", reason };
    if (primaryCode(error) === SQLITE_BUSY) return { failed: "busy", reason };
    failure = reason;
    return { failed: "stopped", reason };
  }

  /** What else fails here is met again by the next group. */
  function take(reserve: { file: string; bytes: number }): void {
    try {
      takeRoom(db, reserve, (error) => primaryCode(error) === SQLITE_FULL);
    } catch (error) {
      failure ??= describe(asDurableError(error, file));
    }
  }

  function setCheckpoints(isFull: boolean): void {
    if (isFull === emptiesOften) return;
    emptiesOften = isFull;
    db.exec(`PRAGMA wal_autocheckpoint = ${isFull ? PAGES_WHEN_FULL : PAGES}`);
  }

  port.on("message", (message: Task) => {
    switch (message.task) {
      case "run":
        setCheckpoints(message.isFull);
        port.postMessage(runGroup(message.group));
        break;
      case "errand":
        port.postMessage(runAlone(message.errand));
        break;
      case "take-room":
        take(message);
        break;
      case "close":
        db.close();
        port.close();
    }
  });
  port.postMessage("ready");
}

function primaryCode(error: unknown): number | undefined {
  const code = Error.isError(error) && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** What a commit or a sync fails with, as opposed to a file that cannot be read. */
function mayHaveWritten(error: unknown): boolean {
  return error instanceof NotUndone || primaryCode(error) === SQLITE_IOERR;
}

/** SQLite's texts name tables and columns, never values. */
function describe(error: unknown): string {
  return Error.isError(error) ? error.message : "unknown error";
}

if (parentPort !== null) serve(parentPort, workerData as { file: string; limits: MailboxLimits });
