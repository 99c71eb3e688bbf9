import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./exists.ts";
import { holderText, parseHolder } from "./holder.ts";
import type { Tenant } from "./machine.ts";
import { platform } from "./platform.ts";

/** So that each writing is one write over the one before, which a reader sees whole and which takes no room of a full disk. */
const BYTES = 512;
const MOMENT_MS = 60_000;

/** A file that says who has a folder, as it was found. */
export interface FoundLease {
  /** Undefined where that cannot be read, as of one that was made and not written. */
  readonly tenant: Tenant | undefined;
  readonly text: string;
  readonly ino: number;
  /** By the clock of the disk that it is on. Milliseconds. */
  readonly writtenAt: number;
}

export function leaseText(tenant: Tenant, beat: number): string {
  return `${holderText(tenant)}machine ${tenant.machine}\nbeat ${beat}\n`.slice(0, BYTES).padEnd(BYTES);
}

/** Undefined if there is none. Opened anew each time: that is when a network file system asks its server. */
export async function readLease(file: string): Promise<FoundLease | undefined> {
  try {
    await using handle = await open(file, "r");
    return await readOpen(handle);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** As `readLease`, at once. */
export function readLeaseNow(file: string): FoundLease | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const buffer = Buffer.alloc(BYTES);
    const bytesRead = readSync(descriptor, buffer, 0, BYTES, 0);
    return foundIn(buffer.toString("utf8", 0, bytesRead), fstatSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

async function readOpen(handle: FileHandle): Promise<FoundLease> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(BYTES), 0, BYTES, 0);
  return foundIn(buffer.toString("utf8", 0, bytesRead), await handle.stat());
}

function foundIn(text: string, { ino, mtimeMs }: Stats): FoundLease {
  const parsed = parseHolder(text);
  const tenant = parsed === undefined ? undefined : { ...parsed.holder, machine: parsed.word("machine") };
  return { tenant, text, ino, writtenAt: mtimeMs };
}

/**
 * Makes the file where there is none: of several who try, one does. It comes to its name with what it says, so that a kill leaves none of which
 * nobody knows whose it is, but on a disk where that name cannot be given. On a full disk it stays empty.
 *
 * @param begun what it is called until then: nobody else's name
 * @returns its inode, or undefined if there is one
 */
export async function makeLease(file: string, text: string, begun: string): Promise<number | undefined> {
  try {
    const inode = await writeNew(begun, text);
    return (await isLinked(begun, file)) ? inode : await writeNew(file, text);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined;
    throw error;
  } finally {
    await rm(begun, { force: true }).catch(() => undefined);
  }
}

/** False where the disk, or what watches over it, gives a file no second name, whatever it calls that. @throws EEXIST */
async function isLinked(begun: string, file: string): Promise<boolean> {
  try {
    await platform.link(begun, file);
    return true;
  } catch (error) {
    // Of a network's disk that has lost its answer, and was asked again.
    if ((await lstat(begun)).nlink > 1) return true;
    if (hasCode(error, "EEXIST")) throw error;
    return false;
  }
}

/** @returns its inode */
async function writeNew(file: string, text: string): Promise<number> {
  await using made = await open(file, "wx", 0o600);
  await made.write(text, 0, "utf8").catch(passOverFullDisk);
  // After a loss of power it must not be one of which nobody knows whose it was.
  await made.sync();
  return (await made.stat()).ino;
}

/**
 * Removes what kills have left of files beside a lease that are there for a moment: that are a minute older than it is by the disk's clock, or
 * have a second name, as one whose lease was made.
 */
export async function clearMoments(
  folder: string,
  isMoment: (name: string) => boolean,
  lease: FoundLease,
): Promise<void> {
  for (const name of (await readdir(folder)).filter(isMoment)) {
    const file = join(folder, name);
    const found = await lstat(file).catch(() => undefined);
    const isLeft = found !== undefined && (found.nlink > 1 || found.mtimeMs < lease.writtenAt - MOMENT_MS);
    if (isLeft) await rm(file, { force: true });
  }
}

/**
 * Writes over the file, if what it says is as expected. Both through one opening of it: if another is in its place by then,
 * what is written late goes into the one that nobody sees any more.
 *
 * @returns what was in it, and undefined if there is none
 */
export async function writeOver(
  file: string,
  text: string,
  isExpected: (found: FoundLease) => boolean,
): Promise<FoundLease | undefined> {
  try {
    await using handle = await open(file, "r+");
    const found = await readOpen(handle);
    // Not synced: closing it tells a network disk, and what one machine loses with its power tells no other.
    if (isExpected(found)) await handle.write(text, 0, "utf8");
    return found;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function passOverFullDisk(error: unknown): void {
  if (!hasCode(error, "ENOSPC") && !hasCode(error, "EDQUOT")) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return Error.isError(error) && "code" in error && error.code === code;
}

/** What the clock of the disk says, in milliseconds: when a file was made that is made now. */
export async function diskTime(file: string): Promise<number> {
  await rm(file, { force: true });
  {
    await using probe = await open(file, "wx", 0o600);
    await probe.write(".").catch(passOverFullDisk);
  }
  const { mtimeMs } = await lstat(file);
  await rm(file, { force: true });
  return mtimeMs;
}
