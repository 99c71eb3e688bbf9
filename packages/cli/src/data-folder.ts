import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CliError } from "./errors.ts";

/** How long a lock is waited for unless told otherwise, in milliseconds: `isFolderHeld` takes it for an instant. */
const INSTANT_MS = 500;

/**
 * Holds a folder for this process alone, until disposed of or until the process ends in any way, kill -9 included: the
 * lock is one of the operating system's (an open exclusive SQLite transaction), so none is left behind by a crash. The
 * pid is written beside it only so that the next process can name who is there.
 *
 * @param name of what holds it: a folder may be held once under each name
 * @param waitMs how long to wait for another holder to let go
 * @throws CliError `folder-in-use`, naming the folder and the pid
 */
export function holdFolder(folder: string, name: string, waitMs: number = INSTANT_MS): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pidFile = join(folder, `${name}.pid`);
  const database = lock(folder, name, waitMs);
  if (database === undefined) {
    throw new CliError(
      "folder-in-use",
      `${folder} is in use by ${owner(pidFile)}: stop it first, or name another folder with --data`,
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    [Symbol.dispose]() {
      rmSync(pidFile, { force: true });
      database.close();
    },
  };
}

/** Whether a process that is alive holds the folder under this name. */
export function isFolderHeld(folder: string, name: string): boolean {
  if (!existsSync(join(folder, `${name}.lock`))) return false;
  const database = lock(folder, name, 0);
  database?.close();
  return database === undefined;
}

/** Undefined if another has it. */
function lock(folder: string, name: string, waitMs: number): DatabaseSync | undefined {
  const database = new DatabaseSync(join(folder, `${name}.lock`));
  try {
    database.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE`);
    return database;
  } catch {
    database.close();
    return undefined;
  }
}

/**
 * Refuses a folder that holds something else than an economy: a mistyped --data must not fill somebody's home with keys.
 *
 * @throws CliError `folder-not-ours`
 */
export function checkFolderIsOurs(folder: string): void {
  if (!existsSync(folder) || existsSync(join(folder, "authority"))) return;
  const strange = readdirSync(folder).find((name) => !name.startsWith("setup"));
  if (strange === undefined) return;
  throw new CliError(
    "folder-not-ours",
    `${folder} is neither empty nor a folder of Restante (it holds '${strange}'): name another with --data`,
  );
}

function owner(pidFile: string): string {
  try {
    return `process ${readFileSync(pidFile, "utf8").trim()}`;
  } catch {
    return "another process";
  }
}
