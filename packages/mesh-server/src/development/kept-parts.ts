// What stands in memory of a server for development, faults and patients who were moved, over its restarts: in `standing.json`
// of the data folder, written whole before what changed it is answered, and at an orderly end. A server that was killed
// stands as it did at the last change; only how often a fault was done since then is forgotten.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { DurableError, isMissing, writeWhole } from "@restante/durable";

import type { SnapshotPart, SnapshotParts } from "../control/snapshot-part.ts";

const FILE = "standing.json";

export interface KeptParts {
  /** As they were given, and written when they are loaded, too. */
  readonly parts: SnapshotParts;
  keep(): Promise<void>;
  /** What is done, and then written. */
  keeping<Input extends readonly unknown[], Result>(
    change: (...input: Input) => Promise<Result>,
  ): (...input: Input) => Promise<Result>;
}

/** @throws {DurableError} `damaged`: it cannot be read, or what stood cannot stand on this server */
export async function openKeptParts(dataFolder: string, parts: SnapshotParts): Promise<KeptParts> {
  await load(dataFolder, parts);
  let writing = Promise.resolve();

  /** In turn, each with what stands when it is its turn. */
  function keep(): Promise<void> {
    const written = writing.then(() => {
      const saved = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.save()]));
      return writeWhole(dataFolder, FILE, `${JSON.stringify(saved)}\n`);
    });
    writing = written.catch(() => undefined);
    return written;
  }

  function kept(part: SnapshotPart): SnapshotPart {
    return {
      save: () => part.save(),
      check: (value) => part.check?.(value),
      async load(value) {
        await part.load(value);
        await keep();
      },
    };
  }

  return {
    parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, kept(part)])),
    keep,
    keeping:
      (change) =>
      async (...input) => {
        const result = await change(...input);
        await keep();
        return result;
      },
  };
}

async function load(dataFolder: string, parts: SnapshotParts): Promise<void> {
  const file = join(dataFolder, FILE);
  try {
    const saved = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
    for (const [name, part] of Object.entries(parts)) await part.load(saved[name]);
  } catch (cause) {
    if (isMissing(cause)) return;
    const remedy = "what stood there cannot stand on this server: remove it, to start without faults";
    throw new DurableError("damaged", file, remedy, { cause, retry: "never" });
  }
}
