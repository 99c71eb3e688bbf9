import { chmodSync, closeSync, existsSync, lstatSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DurableError } from "./errors.ts";
import { type Platform, platform } from "./platform.ts";

/**
 * Sees to it that a file of secrets or of patients' details is its owner's alone. One that others could open until now
 * is refused: who read it is not known. In a folder that lets nobody else pass, nobody could, and its mode is put right.
 *
 * @throws {DurableError} `not-private`
 */
export function ensurePrivate(path: string, on: Platform = platform): void {
  if (!on.hasModes) return;
  const mode = lstatSync(path).mode;
  if (!isOpen(mode, 0o077)) return;
  const folder = dirname(path);
  if (isOpen(statSync(folder).mode, 0o011)) {
    throw new DurableError(
      "not-private",
      path,
      `other users of this machine may open it (mode ${octal(mode)}): chmod 600 '${path}'`,
      { retry: "never" },
    );
  }
  chmodSync(path, 0o600);
}

/**
 * Makes an empty file for its owner alone, if there is none: SQLite would make it with whatever the umask leaves open.
 *
 * A file that is there is not opened: closing it again would take away every lock that this process has on it (POSIX:
 * the locks of a process on a file end with the first of its descriptors that is closed).
 */
export function makePrivateFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    throw new DurableError("unusable", path, "it is a folder: move it away", { retry: "never" });
  }
  if (found !== undefined) return;
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    // Another process made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}

/** Whether others than its owner may open or list a folder; undefined where the platform has no such modes. */
export function isOpenToOthers(folder: string, on: Platform = platform): boolean | undefined {
  return on.hasModes ? isOpen(statSync(folder).mode, 0o077) : undefined;
}

function isOpen(mode: number, to: number): boolean {
  // oxlint-disable-next-line no-bitwise -- permission bits
  return (mode & to) !== 0;
}

function octal(mode: number): string {
  // oxlint-disable-next-line no-bitwise -- permission bits
  return (mode & 0o777).toString(8).padStart(4, "0");
}
