import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type FileState, stateOf } from "./files.ts";

/** What OUT holds under one base name. */
export interface Sighting {
  readonly base: string;
  readonly control?: FileState | undefined;
  readonly data?: FileState | undefined;
  /** Of both files. */
  readonly fingerprint: string;
  /** In milliseconds, 0 or less: it has not changed for long enough. */
  readonly settlesIn: number;
}

/** OUT as it was last looked at. */
export interface OutFolder {
  /** Everything that looks like half a pair or a whole one, oldest control file first. */
  look(): Promise<Sighting[]>;
}

/**
 * A file that is being written is left alone until neither file of the pair has changed for `settleMs` (1 s in the NHS
 * client). This is measured by looking twice, not by file times: those are given by the machine that has the disk, whose clock
 * may be another.
 */
export function createOutFolder(path: string, settleMs: number): OutFolder {
  let seen = new Map<string, { fingerprint: string; at: number }>();

  async function look(): Promise<Sighting[]> {
    const halves = new Map<string, { control?: FileState; data?: FileState }>();
    for (const name of await readdir(path)) {
      const [, base, suffix] = /^(.+)\.(dat|ctl)$/i.exec(name) ?? [];
      if (base === undefined || suffix === undefined) continue;
      const pair = halves.get(base) ?? {};
      const half = suffix.toLowerCase() === "ctl" ? "control" : "data";
      // NAME.dat beside NAME.DAT waits until the first is gone.
      if (pair[half] !== undefined) continue;
      const state = await stateOf(join(path, name), name);
      if (state === undefined) continue;
      pair[half] = state;
      halves.set(base, pair);
    }

    const now = performance.now();
    const still = new Map<string, { fingerprint: string; at: number }>();
    const sightings = [...halves].map(([base, { control, data }]) => {
      const fingerprint = `${control?.fingerprint ?? ""}|${data?.fingerprint ?? ""}`;
      const before = seen.get(base);
      const since = before?.fingerprint === fingerprint ? before : { fingerprint, at: now };
      still.set(base, since);
      return { base, control, data, fingerprint, settlesIn: since.at + settleMs - now };
    });
    seen = still;
    return sightings.sort((one, other) => ageOf(one) - ageOf(other) || (one.base < other.base ? -1 : 1));
  }

  return { look };
}

function ageOf({ control, data }: Sighting): number {
  return (control ?? data)?.modifiedAt ?? 0;
}
