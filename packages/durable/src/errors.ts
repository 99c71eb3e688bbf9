import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { CodedError, type Retry } from "@restante/mesh";
import { systemReason } from "./system-reason.ts";

/**
 * - `held`: another process that is alive has it.
 * - `disk-full`: no room, or a quota is used up.
 * - `not-permitted`: this user may not, or the file system may only be read.
 * - `damaged`: what is there is not what this program wrote.
 * - `too-new`: a later version of Restante wrote it.
 * - `not-private`: it holds secrets or patients' details, and others may open it.
 * - `unusable`: anything else that the operating system refuses.
 */
export type DurableErrorCode =
  | "held"
  | "disk-full"
  | "not-permitted"
  | "damaged"
  | "too-new"
  | "not-private"
  | "unusable";

/** What cannot be done with a file or a folder. The message is one line: the path, the reason, the remedy. */
export class DurableError extends CodedError {
  readonly code: DurableErrorCode;
  readonly path: string;

  constructor(code: DurableErrorCode, path: string, words: string, options: ErrorOptions & { retry?: Retry } = {}) {
    super(`${path}: ${words}`, { retry: "safe", ...options });
    this.code = code;
    this.path = path;
  }
}

const remedies: Readonly<Partial<Record<DurableErrorCode, string>>> = {
  "disk-full": "make room, then try again",
  "not-permitted": "let the user who runs this read and write it",
  damaged: "put back a copy of it, together with the folder it is in",
};

/**
 * Says of a failure of the operating system or of SQLite which file it is about, why, and what helps. An error of ours,
 * or one that tells nothing of a disk, is given back as it is.
 */
export function asDurableError(error: unknown, path: string): unknown {
  if (error instanceof CodedError || !Error.isError(error)) return error;
  const failure = readSqliteFailure(error, path) ?? readSystemFailure(error);
  if (failure === undefined) return error;
  const [code, reason] = failure;
  const remedy = remedies[code];
  return new DurableError(code, path, remedy === undefined ? reason : `${reason}: ${remedy}`, { cause: error });
}

type Failure = readonly [DurableErrorCode, string];

function readSystemFailure(error: Error): Failure | undefined {
  if (!("code" in error) || typeof error.code !== "string" || !/^E[A-Z0-9]+$/.test(error.code)) return undefined;
  return [systemCodes.get(error.code) ?? "unusable", systemReason(error)];
}

const systemCodes: ReadonlyMap<string, DurableErrorCode> = new Map([
  ["ENOSPC", "disk-full"],
  ["EDQUOT", "disk-full"],
  ["EACCES", "not-permitted"],
  ["EPERM", "not-permitted"],
  ["EROFS", "not-permitted"],
]);

const CANNOT_WRITE = 10;
const DISK_FULL = 13;
/** What SQLite needs beside a database to open it, in bytes. */
const SMALLEST_ROOM = 65_536;

/** SQLite's primary result codes (https://sqlite.org/rescode.html). */
const sqliteFailures: ReadonlyMap<number, Failure> = new Map([
  [5, ["held", "another process uses it"]],
  [8, ["not-permitted", "it cannot be written"]],
  [10, ["unusable", "the disk cannot be read or written"]],
  [11, ["damaged", "the database is damaged"]],
  [13, ["disk-full", "the disk is full"]],
  [14, ["not-permitted", "it cannot be opened"]],
  [23, ["not-permitted", "permission denied"]],
  [26, ["damaged", "it is not a database, or a damaged one"]],
]);

/** Undefined if the error is none of SQLite's, or one about a statement rather than about the file. */
function readSqliteFailure(error: Error, path: string): Failure | undefined {
  if (!("errcode" in error) || typeof error.errcode !== "number") return undefined;
  // oxlint-disable-next-line no-bitwise -- the low byte of an extended code is the primary code
  const primary = error.errcode & 0xff;
  // Of the files beside a database SQLite says no more than that it could not write them.
  return sqliteFailures.get(primary === CANNOT_WRITE && isFull(path) ? DISK_FULL : primary);
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < SMALLEST_ROOM;
  } catch {
    return false;
  }
}
