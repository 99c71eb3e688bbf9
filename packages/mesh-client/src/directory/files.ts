import { constants, type BigIntStats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { join, sep } from "node:path";
import { isMissing, platform } from "@restante/durable";
import { codeOf } from "../error-code.ts";
import type { FolderName } from "./folder-name.ts";

/** What a folder says of an entry, without following links. */
export interface FileState {
  readonly name: string;
  /** The bytes of its name in hexadecimal, where they are no UTF-8 and `name` only looks like it. */
  readonly nameBytes?: string | undefined;
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

/** What a file is called in its folder. */
export type FileName = Pick<FileState, "name" | "nameBytes">;

/** A file in one of the five folders. */
export interface Place extends FileName {
  readonly folder: FolderName;
}

export function pathOf(folder: string, { name, nameBytes }: FileName): string | Buffer {
  if (nameBytes === undefined) return join(folder, name);
  return Buffer.concat([Buffer.from(folder + sep), Buffer.from(nameBytes, "hex")]);
}

/** Undefined if there is no such entry. */
export async function stateOf(folder: string, file: FileName): Promise<FileState | undefined> {
  try {
    return toState(file, await lstat(pathOf(folder, file), { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function toState({ name, nameBytes }: FileName, stats: BigIntStats): FileState {
  return {
    name,
    ...(nameBytes === undefined ? {} : { nameBytes }),
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
export async function openUnchanged(folder: string, seen: FileState): Promise<FileHandle | "changed" | "inaccessible"> {
  if (!seen.plain) return "inaccessible";
  let handle: FileHandle;
  try {
    // oxlint-disable-next-line no-bitwise -- flags of open(2)
    handle = await open(pathOf(folder, seen), constants.O_RDONLY | platform.plainFileFlags);
  } catch (error) {
    // ELOOP: a link, which O_NOFOLLOW does not follow. ENXIO: a socket.
    if (isMissing(error) || codeOf(error) === "ELOOP" || codeOf(error) === "ENXIO") return "changed";
    if (codeOf(error) === "EACCES" || codeOf(error) === "EPERM") return "inaccessible";
    throw error;
  }
  if (await isUnchanged(handle, seen)) return handle;
  await handle.close();
  return "changed";
}

/** Whether an open file is as it was seen. */
export async function isUnchanged(handle: FileHandle, seen: FileState): Promise<boolean> {
  const now = toState(seen, await handle.stat({ bigint: true }));
  return now.plain && now.fingerprint === seen.fingerprint;
}
