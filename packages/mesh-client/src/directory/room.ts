import { stat, statfs } from "node:fs/promises";
import type { Folders } from "./folders.ts";

/** So much of a disk is left to the journal, to control files and to whoever else writes there; of a small one a 20th. */
const reserveBytes = 64 * 1024 * 1024;
const reserveShare = 0.05;

/** How much a received message may take: it is written in TEMP and then goes to IN. Infinite where that cannot be told. */
export async function roomFor({ temp, in: inbox }: Folders): Promise<number> {
  const others = await onAnotherDisk(temp, inbox).catch(() => false);
  const rooms = await Promise.all([temp, ...(others ? [inbox] : [])].map(roomIn));
  return Math.min(...rooms);
}

async function roomIn(folder: string): Promise<number> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return Math.max(0, bavail * bsize - Math.min(reserveBytes, blocks * bsize * reserveShare));
  } catch {
    return Infinity;
  }
}

async function onAnotherDisk(one: string, other: string): Promise<boolean> {
  return (await stat(one)).dev !== (await stat(other)).dev;
}
