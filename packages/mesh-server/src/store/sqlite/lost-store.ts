import { opendirSync, statSync } from "node:fs";
import { join } from "node:path";

import { isBodyName } from "../../bodies/names.ts";
import { MeshServerError } from "../../errors.ts";

/**
 * Refuses to make a new store where one has been: a store.sqlite that was lost or emptied must not be taken for a first
 * start, after which every message of before would be gone without a word.
 *
 * @throws {MeshServerError} `store-lost`
 */
export function refuseIfLost(folder: string, found: "missing" | "empty"): void {
  const file = join(folder, "store.sqlite");
  const traces = [
    ...(holdsBodies(join(folder, "bodies")) ? ["bodies"] : []),
    // SQLite would throw away the journal of a database that is gone. (Of one that has bytes it is a first start's.)
    ...(sizeOf(file) <= 0 && sizeOf(`${file}-wal`) > 0 ? ["store.sqlite-wal"] : []),
    // Made after the store was: also where it was let go, and is empty.
    ...(sizeOf(join(folder, "store.reserve")) >= 0 ? ["store.reserve"] : []),
  ];
  if (traces.length === 0) return;
  throw new MeshServerError(
    "store-lost",
    `${file}: it is ${found}, but what belongs to it is there (${traces.join(", ")}): ` +
      "put it back, or, if its messages may be lost, move those away to start anew",
  );
}

/** Looks no further than the first. */
function holdsBodies(folder: string): boolean {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const entries = opendirSync(folder);
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      if (entry.isFile() && isBodyName(entry.name)) return true;
    }
    return false;
  } finally {
    entries.closeSync();
  }
}

/** -1 if it is not there. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? -1;
}
