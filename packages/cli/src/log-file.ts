// A log in a file, line by line, and the older files beside it.
//
// Each line is handed to the operating system before the next thing happens: the last ones before a crash are the ones that
// are wanted. A line that finds no room waits in memory, behind those that came before it, and is tried again with the next
// line and every few seconds; of what is too much to wait the oldest is dropped, and counted. A line is never torn by one
// that comes later: what was written of it in part is completed first, in another file from its beginning. What an earlier
// process could not complete stands as a line by itself.
//
//   restante-client.log   --one rename-->   restante-client.log.20261129T161500123Z
//
// So whatever moment a crash comes at, every line is in a file of a name that is known, and the next start goes on. Where the
// rename or the new file fails, lines go on to the file that is open, and it is tried again after a minute.

import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemReason } from "@restante/durable";
import type { Clock } from "@restante/mesh";
import { CliError } from "./errors.ts";

/** When a file is put aside, and how many of those are kept. */
export interface Rotation {
  readonly maxBytes: number;
  readonly days: number;
  /** Beside the one that is written. */
  readonly files: number;
}

export interface LogFile extends Disposable {
  write(line: string): void;
  /** Opens the file by its name again: another program may have moved it. */
  reopen(): void;
  /** From the next line on. */
  rotate(rotation: Rotation | undefined): void;
  /** Why lines cannot be written, or a file not be put aside; undefined if all is well. */
  trouble(): string | undefined;
}

/** Lines that wait for room, in bytes. */
const MOST_WAITING = 1024 * 1024;
const RETRY_MS = 5000;
const ROTATE_AGAIN_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * @param sayLost gives the line that stands where so many were dropped
 * @throws CliError `folder-unusable`
 */
export function openLogFile(
  file: string,
  { clock, rotation, sayLost }: { clock: Clock; rotation?: Rotation | undefined; sayLost: (lines: number) => string },
): LogFile {
  let handle = openToAppend(file);
  let { size, begunAt } = look();
  let rotating = rotation;
  let rotateAfter = 0;
  let retry: NodeJS.Timeout | undefined;
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** So much of the first of those that wait has been written, in bytes. */
  let begun = 0;
  /** The file ends within a line that is not ours to complete. */
  let isTorn = endsTorn(file);
  let lost = 0;
  const troubles: { writing?: string; rotating?: string } = {};
  prune();

  function look(): { size: number; begunAt: number } {
    const about = fstatSync(handle);
    return { size: about.isFile() ? about.size : 0, begunAt: firstTime(file) ?? now() };
  }

  function now(): number {
    return clock.now().getTime();
  }

  function flush(): void {
    clearTimeout(retry);
    try {
      while (waiting.length > 0) {
        if (begun === 0) beforeLine();
        const line = waiting[0]!;
        const written = writeSync(handle, line, begun);
        size += written;
        begun += written;
        if (begun < line.length) continue;
        waiting.shift();
        waitingBytes -= line.length;
        begun = 0;
      }
      delete troubles.writing;
    } catch (error) {
      troubles.writing = systemReason(error, "folder");
      dropOldest();
      retry = setTimeout(flush, RETRY_MS).unref();
    }
  }

  function beforeLine(): void {
    if (lost > 0) {
      const line = Buffer.from(sayLost(lost));
      waiting.unshift(line);
      waitingBytes += line.length;
      lost = 0;
    }
    rotateIfDue(waiting[0]!.length);
    if (!isTorn) return;
    size += writeSync(handle, "\n");
    isTorn = false;
  }

  function dropOldest(): void {
    const first = begun > 0 ? 1 : 0;
    while (waitingBytes > MOST_WAITING && waiting.length > first + 1) {
      const [dropped] = waiting.splice(first, 1);
      waitingBytes -= dropped!.length;
      lost += 1;
    }
  }

  function rotateIfDue(bytes: number): void {
    if (rotating === undefined || size === 0 || now() < rotateAfter) return;
    const isFull = size + bytes > rotating.maxBytes;
    const isOld = now() - begunAt >= rotating.days * DAY_MS;
    if (!isFull && !isOld) return;
    try {
      if (isInPlace()) {
        const about = fstatSync(handle);
        // A device has no end; a file may have been emptied meanwhile.
        if (!about.isFile() || about.size < size) {
          size = about.isFile() ? about.size : 0;
          begunAt = now();
          return;
        }
        renameSync(file, asideName(file, clock.now()));
      }
      openAgain();
      prune();
      delete troubles.rotating;
    } catch (error) {
      rotateAfter = now() + ROTATE_AGAIN_MS;
      troubles.rotating = systemReason(error, "folder");
    }
  }

  /** Whether the file of that name is the one that is open: another process may have put it aside. */
  function isInPlace(): boolean {
    const there = statSync(file, { throwIfNoEntry: false });
    return there !== undefined && isSameFile(there, fstatSync(handle));
  }

  function openAgain(): void {
    const next = openSync(file, "a", 0o600);
    if (!isSameFile(fstatSync(next), fstatSync(handle))) {
      begun = 0;
      isTorn = endsTorn(file);
    }
    closeSync(handle);
    handle = next;
    ({ size, begunAt } = look());
    rotateAfter = 0;
  }

  /** What cannot be removed now will be when a file is next put aside. */
  function prune(): void {
    if (rotating === undefined) return;
    const folder = dirname(file);
    const name = `${basename(file)}.`;
    const isAside = (other: string): boolean =>
      other.startsWith(name) && /^\d{8}T\d{9}Z(?:-\d+)?$/.test(other.slice(name.length));
    try {
      // One that is dated by a clock that ran ahead is not newer than all to come: it goes first.
      const now = stampOf(clock.now());
      const isAhead = (other: string): number => Number(other.slice(name.length, name.length + now.length) > now);
      const byAge = (one: string, other: string): number => isAhead(other) - isAhead(one) || (one < other ? -1 : 1);
      const aside = readdirSync(folder).filter(isAside).toSorted(byAge);
      for (const old of aside.slice(0, Math.max(0, aside.length - rotating.files))) {
        rmSync(join(folder, old), { force: true });
      }
    } catch (error) {
      troubles.rotating = systemReason(error, "folder");
    }
  }

  return {
    write(line) {
      const bytes = Buffer.from(line);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      flush();
    },
    reopen() {
      try {
        openAgain();
        delete troubles.rotating;
      } catch (error) {
        troubles.rotating = systemReason(error, "folder");
      }
    },
    rotate(rotation) {
      rotating = rotation;
      prune();
    },
    trouble: () => troubles.writing ?? troubles.rotating,
    [Symbol.dispose]() {
      if (waiting.length > 0) flush();
      clearTimeout(retry);
      closeSync(handle);
    },
  };
}

function openToAppend(file: string): number {
  // To open a pipe waits for its other end, for ever if there is none.
  if (statSync(file, { throwIfNoEntry: false })?.isFIFO() === true) {
    throw new CliError("folder-unusable", `${file}, the log, is a pipe: name a file`);
  }
  try {
    return openSync(file, "a", 0o600);
  } catch (cause) {
    const reason = systemReason(cause, "folder");
    throw new CliError("folder-unusable", `${file}, the log, cannot be written: ${reason}`, { cause });
  }
}

function isSameFile(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/** Whether the last line has no end, as when its disk was full; not known, it is taken to have one. */
function endsTorn(file: string): boolean {
  return (
    readOf(file, (handle, { size }) => {
      const last = Buffer.alloc(1);
      return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
    }) ?? false
  );
}

/** When the first line of a log was written; undefined if it has none, or may not be read. */
function firstTime(file: string): number | undefined {
  return readOf(file, (handle) => {
    const head = Buffer.alloc(200);
    const time = Date.parse(/"time":"([^"]+)"/.exec(head.toString("utf8", 0, readSync(handle, head)))?.[1] ?? "");
    return Number.isNaN(time) ? undefined : time;
  });
}

/** Undefined if it may not be read, or is no file. */
function readOf<Found>(file: string, read: (handle: number, about: Stats) => Found): Found | undefined {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch {
    return undefined;
  }
  try {
    const about = fstatSync(handle);
    return about.isFile() ? read(handle, about) : undefined;
  } finally {
    closeSync(handle);
  }
}

/** Sorted by name they are sorted by age. */
function asideName(file: string, at: Date): string {
  const name = `${file}.${stampOf(at)}`;
  for (let count = 1; ; count += 1) {
    const path = count === 1 ? name : `${name}-${count}`;
    if (!existsSync(path)) return path;
  }
}

function stampOf(at: Date): string {
  return at.toISOString().replaceAll(/[-:.]/g, "");
}
