import { stat, statfs } from "node:fs/promises";
import type { Folders } from "./folder-name.ts";

/** So much of a disk is left to the journal, to control files and to whoever else writes there; of a small one a 20th. */
const reserveBytes = 64 * 1024 * 1024;
const reserveShare = 0.05;

/** What is left of a disk, in bytes: infinite where that cannot be told. */
export interface Room {
  readonly folder: "temp" | "in";
  readonly bytes: number;
}

/** The least room for a received message, which is written in TEMP and then goes to IN. */
export async function leastRoom({ temp, in: inbox }: Folders): Promise<Room> {
  const ofTemp: Room = { folder: "temp", bytes: await roomIn(temp) };
  if (!(await onAnotherDisk(temp, inbox).catch(() => false))) return ofTemp;
  const ofIn: Room = { folder: "in", bytes: await roomIn(inbox) };
  return ofIn.bytes < ofTemp.bytes ? ofIn : ofTemp;
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
