import { constants, type BigIntStats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { codeOf } from "../error-code.ts";

/** What a folder says of an entry, without following links. */
export interface FileState {
  readonly name: string;
  /** A directory, a link or a device is not `plain`: it is never opened. */
  readonly plain: boolean;
  readonly bytes: number;
  /** Size and time of the last change: a file that was written again has another. */
  readonly fingerprint: string;
  /** When its entry last changed, which copying with preserved times does not hide. Milliseconds. */
  readonly changedAt: number;
  /** When its content last changed. Milliseconds. */
  readonly modifiedAt: number;
}

/** Undefined if there is no such entry. */
export async function stateOf(path: string, name: string): Promise<FileState | undefined> {
  try {
    return toState(name, await lstat(path, { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function toState(name: string, stats: BigIntStats): FileState {
  return {
    name,
    plain: stats.isFile(),
    bytes: Number(stats.size),
    fingerprint: `${stats.size}:${stats.mtimeNs}`,
    changedAt: Number(stats.ctimeMs),
    modifiedAt: Number(stats.mtimeMs),
  };
}

/**
 * Opens a plain file for reading, if it still is the one that was seen: not a link, nor a file put in its place
 * meanwhile. "inaccessible": this user may not read it, or it cannot be read at all.
 */
export async function openUnchanged(path: string, seen: FileState): Promise<FileHandle | "changed" | "inaccessible"> {
  if (!seen.plain) return "inaccessible";
  let handle: FileHandle;
  try {
    // oxlint-disable-next-line no-bitwise -- flags of open(2); Windows has neither of the last two
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    // ELOOP: a link, which O_NOFOLLOW does not follow. ENXIO: a socket.
    if (isMissing(error) || codeOf(error) === "ELOOP" || codeOf(error) === "ENXIO") return "changed";
    if (codeOf(error) === "EACCES" || codeOf(error) === "EPERM") return "inaccessible";
    throw error;
  }
  const now = toState(seen.name, await handle.stat({ bigint: true }));
  if (now.plain && now.fingerprint === seen.fingerprint) return handle;
  await handle.close();
  return "changed";
}

/** On disk when it resolves; its name only once the folder is synced too. */
export async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts the names in a folder on disk. Windows cannot, and does not need to. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}
