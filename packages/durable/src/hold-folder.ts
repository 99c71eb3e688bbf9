// A folder is held by one process at a time under each name.
//
// The lock is the operating system's: an open exclusive SQLite transaction on `<name>.lock`. It ends with the process,
// kill -9 included, so none is left behind by a crash. Beside it `<name>.pid` says who holds it (holder.ts), for whoever
// comes second, and with host, boot id and a random instance for whoever meets the folder from another machine or container,
// where the number of a process means nothing. It decides nothing there: the lock does.
//
// A lock file that is removed while it is held would let a second process in: it would make and lock a new one. So
//
// - whoever takes a lock refuses if the holder that `<name>.pid` names is still alive on this machine;
// - the holder looks every second whether its lock file is still the one in the folder. If not it takes the lock anew and
//   goes on; if another has it by then, or the folder itself is no longer the one that was held, `onLost` is called and
//   the holder must stop: what it writes from then on is in files that nobody will find.
//
// To take the lock needs no room on the disk, so that a full one can still be emptied; `<name>.pid` is written once there
// is some.

import { existsSync, rmSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asDurableError, DurableError } from "./errors.ts";
import { isMissing } from "./exists.ts";
import { nowAndThen } from "./now-and-then.ts";
import { makePrivateFile } from "./private.ts";
import { makeFolders } from "./sync.ts";
import { currentHolder, describeHolder, type Holder, isAlive, readHolder, writeHolder } from "./holder.ts";

export interface HoldOptions {
  /** How long to wait for another holder to let go, in milliseconds. 500 if absent: a look takes the lock for an instant. */
  readonly waitMs?: number;
  /** What helps whoever finds it held, after "is in use by process 4711: ". */
  readonly remedy?: string;
  /** Called once if another process holds the folder now, or it was removed or replaced: stop using it. */
  readonly onLost?: (error: DurableError) => void;
}

const WATCH_MS = 1000;

/**
 * Holds a folder for this process alone, until disposed of or until the process ends in any way. The folder is made for
 * its owner alone if it is absent.
 *
 * @param name of what holds it: a folder may be held once under each name
 * @throws {DurableError} `held`, naming the process; else what keeps the lock from being made
 */
export function holdFolder(folder: string, name: string, options: HoldOptions = {}): Disposable {
  let lock = take(folder, name, options);
  const { ino } = statSync(folder);
  let isOver = false;
  let isLooking = false;
  /** Without keeping the process waiting: a disk that hangs would, for whatever else it does. */
  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      const isInPlace = await lock.isStillInPlace();
      const isSameFolder = isInPlace || (await inodeNow(folder)) === ino;
      if (isOver) return;
      if (isInPlace) {
        lock.name();
        return;
      }
      // Made anew, a folder that is gone would look as if all were well: who starts there would take it for a new one.
      if (!isSameFolder) {
        lost(new DurableError("unusable", folder, "it was removed or replaced while it was in use"));
        return;
      }
      const anew = take(folder, name, { ...options, waitMs: 0 });
      lock.database.close();
      lock = anew;
    } catch (error) {
      // Held by another: this process must stop. Anything else, such as a folder that may not be read, is tried again.
      if (error instanceof DurableError && error.code === "held") lost(error);
    } finally {
      isLooking = false;
    }
  }
  const stopLooking = nowAndThen(WATCH_MS, () => void look());
  function lost(error: DurableError): void {
    stopLooking();
    options.onLost?.(error);
  }
  return {
    [Symbol.dispose]() {
      stopLooking();
      isOver = true;
      if (lock.isInPlace()) rmSync(join(folder, `${name}.pid`), { force: true });
      lock.database.close();
    },
  };
}

/** Whether a process that is alive holds the folder under this name. */
export function isFolderHeld(folder: string, name: string): boolean {
  const file = join(folder, `${name}.lock`);
  const holder = readHolder(join(folder, `${name}.pid`));
  if (holder !== undefined && isAlive(holder)) return true;
  if (!existsSync(file)) return false;
  const database = open(file);
  database?.close();
  return database === undefined;
}

interface Lock {
  readonly database: DatabaseSync;
  isInPlace(): boolean;
  isStillInPlace(): Promise<boolean>;
  /** Says who has it, if there was no room for that yet. */
  name(): void;
}

function take(folder: string, name: string, { waitMs = 500, remedy }: HoldOptions): Lock {
  const file = join(folder, `${name}.lock`);
  const holderFile = join(folder, `${name}.pid`);
  try {
    makeFolders(folder);
    const database = openWithin(file, waitMs);
    const holder = readHolder(holderFile);
    if (database === undefined || isAnother(holder)) {
      database?.close();
      throw held(folder, holder, remedy);
    }
    try {
      let isNamed = tryToName(holderFile);
      const { ino } = statSync(file);
      return {
        database,
        isInPlace: () => inodeOf(file) === ino,
        isStillInPlace: async () => (await inodeNow(file)) === ino,
        name: () => void (isNamed ||= tryToName(holderFile)),
      };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw asDurableError(error, file);
  }
}

/** False if there is no room for it. */
function tryToName(holderFile: string): boolean {
  try {
    writeHolder(holderFile, currentHolder());
    return true;
  } catch (error) {
    const failure = asDurableError(error, holderFile);
    if (failure instanceof DurableError && failure.code === "disk-full") return false;
    throw error;
  }
}

/**
 * Undefined if another has it for so long. SQLite itself must not wait: in its exclusive mode who waits keeps what it has of
 * the lock, and two that have a part each wait for one another. They let go, and try again, not all at the same moment.
 */
function openWithin(file: string, waitMs: number): DatabaseSync | undefined {
  const end = performance.now() + waitMs;
  for (;;) {
    const database = open(file);
    if (database !== undefined || performance.now() >= end) return database;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20);
  }
}

/** Undefined if another has it. */
function open(file: string): DatabaseSync | undefined {
  makePrivateFile(file);
  const database = new DatabaseSync(file);
  try {
    // Nothing is ever written, so nothing need be undone: no journal file.
    database.exec(
      "PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
    );
    return database;
  } catch (error) {
    database.close();
    const failure = asDurableError(error, file);
    if (failure instanceof DurableError && failure.code === "held") return undefined;
    if (failure instanceof DurableError && failure.code === "damaged") {
      throw new DurableError(
        "damaged",
        file,
        "the lock file is damaged: remove it, if no Restante runs on this folder",
        {
          cause: error,
        },
      );
    }
    throw failure;
  }
}

/** Whether a holder that is alive on this machine has lost its lock file, and has not noticed yet. */
function isAnother(holder: Holder | undefined): boolean {
  return holder !== undefined && holder.instance !== currentHolder().instance && isAlive(holder);
}

function held(folder: string, holder: Holder | undefined, remedy: string | undefined): DurableError {
  const words = `it is in use by ${describeHolder(holder)}`;
  return new DurableError("held", folder, remedy === undefined ? words : `${words}: ${remedy}`);
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

async function inodeNow(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).ino;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
