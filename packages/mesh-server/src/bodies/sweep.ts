// At each start, what lies in the folder of the bodies:
//
//   NAME               a body. If no row names it, a crash came between file and row, or the store is older than its
//                      bodies: it goes into `quarantine/DAY/NAME`, where a person may find it. Put back into the folder of
//                      the bodies it is served again, if a row names it by then.
//   .NAME              a body that was being received: nothing was said to its sender. Deleted.
//   quarantine/        what earlier starts found, by day. Emptied 30 days after: the day is in the name, so that neither a
//                      copy nor a restored backup makes it older or younger than it is.
//   anything else      not ours: left alone, and told.
// One name at a time, so that memory does not grow with their number.

import type { Dirent } from "node:fs";
import { opendir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder, syncFolder } from "@restante/durable";

import { isBodyName, isUnfinishedName } from "./names.ts";

export const QUARANTINE = "quarantine";

/** What lies in the room of the bodies. */
export interface Swept {
  /** Named by a row. */
  named: number;
  /** Moved into quarantine now. */
  added: number;
  /** In quarantine, with those. */
  quarantined: number;
  /** Files and folders that are not ours: left alone. */
  strange: number;
}

export async function sweepBodies(
  folder: string,
  isNamed: (fileName: string) => Promise<boolean>,
  day: Date,
): Promise<Swept> {
  const quarantine = join(folder, QUARANTINE);
  const today = join(quarantine, nameOfDay(day));
  const found = { named: 0, added: 0, strange: 0 };
  for await (const entry of await opendir(folder)) {
    const isOurs = entry.isFile() && isBodyName(entry.name);
    if (isOurs && (await isNamed(entry.name))) {
      found.named += 1;
    } else if (isOurs) {
      if (found.added === 0) await makeFolder(today);
      await rename(join(folder, entry.name), join(today, entry.name));
      found.added += 1;
    } else if (entry.isFile() && isUnfinishedName(entry.name)) {
      await rm(join(folder, entry.name), { force: true });
    } else if (entry.name !== QUARANTINE || !entry.isDirectory()) {
      found.strange += 1;
    }
  }
  if (found.added > 0) await syncFolder(today);
  let quarantined = 0;
  for await (const _ of quarantinedBodies(quarantine)) quarantined += 1;
  return { ...found, quarantined };
}

/** Deletes what went into quarantine on a day before this one. */
export async function emptyQuarantine(folder: string, before: Date): Promise<number> {
  const quarantine = join(folder, QUARANTINE);
  const firstKept = nameOfDay(before);
  const days = new Set<string>();
  let deleted = 0;
  for await (const { day, fileName } of quarantinedBodies(quarantine)) {
    if (day >= firstKept) continue;
    days.add(day);
    await rm(join(quarantine, day, fileName), { force: true });
    deleted += 1;
  }
  // One in which a person has put something else stays.
  for (const day of days) await rmdir(join(quarantine, day)).catch(() => undefined);
  return deleted;
}

async function* quarantinedBodies(quarantine: string): AsyncGenerator<{ day: string; fileName: string }> {
  for await (const day of entriesOf(quarantine)) {
    if (!day.isDirectory() || !/^\d{4}-\d\d-\d\d$/.test(day.name)) continue;
    for await (const entry of entriesOf(join(quarantine, day.name))) {
      if (entry.isFile() && isBodyName(entry.name)) yield { day: day.name, fileName: entry.name };
    }
  }
}

/** None of a folder that is not there. */
async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder);
  } catch (error) {
    if (!Error.isError(error) || !("code" in error) || error.code !== "ENOENT") throw error;
  }
}

function nameOfDay(day: Date): string {
  return day.toISOString().slice(0, 10);
}
