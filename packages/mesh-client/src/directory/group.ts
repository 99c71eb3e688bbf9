// Who else than their owner may use the folders of a mailbox. Unless a group is named, nobody: what is made here is 0700
// and 0600. With one, and only for it:
//
//   the mailbox's folder   0710   it may pass, and not look around
//   IN, OUT                2770   it may read, write and remove; what it puts into OUT belongs to the group
//   files in IN            0640   given to it before they have their name there
//
// SENT, FAILED, TEMP and .restante stay their owner's.

import { readFileSync, realpathSync, statSync } from "node:fs";
import { chmod, chown, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DurableError, platform } from "@restante/durable";
import { MeshClientError } from "../mesh-client-error.ts";

const modes = { pass: 0o710, use: 0o2770 } as const;

/** The number of a group that is given by number or by name, as /etc/group has it. */
export function groupId(group: number | string): number {
  if (typeof group === "number" && Number.isSafeInteger(group) && group >= 0) return group;
  const text = typeof group === "string" ? group : "";
  const line = lines("/etc/group").find((entry) => entry.startsWith(`${text}:`));
  const id = Number(line?.split(":")[2] ?? NaN);
  if (text !== "" && Number.isSafeInteger(id)) return id;
  throw new MeshClientError("request-invalid", "The group that may use IN and OUT is not known on this machine.");
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** Lets a group pass a folder, or use it, beside whoever may already. Does nothing if it can. */
export async function openToGroup(folder: string, group: number, how: keyof typeof modes): Promise<void> {
  const before = await stat(folder);
  if (isOpenTo(before, group, how)) return;
  await chown(folder, -1, group);
  // oxlint-disable-next-line no-bitwise -- permission bits
  await chmod(folder, (before.mode & 0o7777) | modes[how]);
  if (isOpenTo(await stat(folder), group, how)) return;
  // The kernel drops a set-group-id bit without a word where the user is not in the group.
  throw new DurableError("not-permitted", folder, `it cannot be given to group ${group}: add this user to the group`, {
    retry: "never",
  });
}

function isOpenTo({ gid, mode }: { gid: number; mode: number }, group: number, how: keyof typeof modes): boolean {
  // oxlint-disable-next-line no-bitwise -- permission bits
  const wanted = modes[how] & 0o2070;
  // oxlint-disable-next-line no-bitwise -- permission bits
  return gid === group && (mode & wanted) === wanted;
}

/** Lets a group read a file that is not in IN yet. */
export async function shareFile(path: string | Buffer, group: number): Promise<void> {
  await chown(path, -1, group);
  await chmod(path, 0o640);
}

/**
 * The mode of a folder that others than its owner, and than the group that is meant to, may open; undefined if they may
 * not, or if a folder above it lets nobody pass.
 */
export function openMode(folder: string, group?: number): string | undefined {
  if (!platform.hasModes) return undefined;
  const { gid, mode } = statSync(folder);
  // oxlint-disable-next-line no-bitwise -- permission bits
  const open = mode & (group === gid ? 0o007 : 0o077);
  if (open === 0 || !canBeReached(realpathSync(folder))) return undefined;
  // oxlint-disable-next-line no-bitwise -- permission bits
  return (mode & 0o777).toString(8).padStart(4, "0");
}

function canBeReached(path: string): boolean {
  const above = dirname(path);
  if (above === path) return true;
  // oxlint-disable-next-line no-bitwise -- permission bits
  return (statSync(above).mode & 0o011) !== 0 && canBeReached(above);
}
