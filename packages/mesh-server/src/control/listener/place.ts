// Where control listens, for whoever has only the data folder: `control.json`, for as long as it listens. Left behind by a
// server that was killed, it is overwritten by the next one; a socket likewise. The store's lock is held, so nobody else's
// server is at it.

import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";

import { CONTROL_FILE } from "@restante/control";
import { DurableError, isMissing, writeWhole } from "@restante/durable";

/** Of an address of a socket, on every system. */
const LONGEST_PATH = 103;

export interface Place {
  readonly url?: string;
  readonly socket?: string;
  readonly tokenFile: string;
}

export async function tellPlace(dataFolder: string, place: Place): Promise<void> {
  await writeWhole(dataFolder, CONTROL_FILE, `${JSON.stringify({ ...place, pid: process.pid }, undefined, 2)}\n`);
}

/** Nobody finds it there any more. */
export async function forgetPlace(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, CONTROL_FILE), { force: true });
}

/**
 * Makes way for a socket: takes away one that was left behind.
 * @throws {DurableError} something else is there, or its path is too long
 */
export async function freeSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    const remedy = `the path of a socket has at most ${LONGEST_PATH} bytes: name a folder nearer the root, or use a port`;
    throw new DurableError("unusable", path, remedy, { retry: "never" });
  }
  try {
    if (!(await lstat(path)).isSocket()) {
      throw new DurableError("unusable", path, "it is there, and is no socket: move it away", { retry: "never" });
    }
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await rm(path, { force: true });
}
