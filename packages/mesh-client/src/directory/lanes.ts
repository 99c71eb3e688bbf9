import { ControlFileError, readControlFile } from "@restante/mesh";
import { FolderTrouble } from "./folder-trouble.ts";
import type { SendRow } from "./journal.ts";
import type { Sighting } from "./out-folder.ts";
import { readControlBytes } from "./pair-files.ts";

/** The pairs to one addressee, earliest control file first. See send-all.ts. */
export type Lane = readonly Sighting[];

/** What is remembered from one look at OUT to the next, of the pairs that are in it, so that they start in their order. */
export interface Lanes {
  /** All of them in lanes. Forgets what is not there any more. */
  arrange(sightings: readonly Sighting[]): Promise<Lane[]>;
  /** It was tried, and is to be tried again. `byItself`: it failed, and not for the server's or a folder's trouble. */
  retried(pair: Sighting, byItself: boolean): void;
  isRetried(pair: Sighting): boolean;
  failsByItself(pair: Sighting): boolean;
  /** It was not. */
  notRetried(pair: Sighting): void;
  /** For how many milliseconds more the pairs behind it wait for it, which is being retried; 0 or less: not any more. */
  waitsFor(pair: Sighting, row: SendRow | undefined): number;
  /** Whether it was not told yet that this pair overtakes others. */
  isFirstOvertaking(key: string): boolean;
  /** In how many milliseconds the first of those that are waited for is not any more; undefined if there is none. */
  nextPassing(): number | undefined;
}

interface Remembered {
  readonly fingerprint: string;
  readonly addressee: string;
  /** When it was first found to need another try, of this process's own time in milliseconds. */
  retriedSince: number | undefined;
  failsByItself: boolean;
  overtakes: boolean;
  /** As it was last asked for, by this process's own time. */
  passedAt: number | undefined;
}

/** So many control files are read at a time. */
const readAtOnce = 16;

export function createLanes(
  folder: string,
  { waitForEarlierMs, now }: { readonly waitForEarlierMs: number; readonly now: () => number },
): Lanes {
  let pairs = new Map<string, Remembered>();

  async function remember(sighting: Sighting): Promise<Remembered> {
    const { key, fingerprint } = sighting;
    const before = pairs.get(key);
    if (before?.fingerprint === fingerprint) return before;
    const addressee = await addresseeOf(folder, sighting);
    const isNew = { retriedSince: undefined, failsByItself: false, overtakes: false, passedAt: undefined };
    return { fingerprint, addressee, ...isNew };
  }

  return {
    async arrange(sightings) {
      const still = new Map<string, Remembered>();
      const lanes = new Map<string, Sighting[]>();
      for (let at = 0; at < sightings.length; at += readAtOnce) {
        const some = sightings.slice(at, at + readAtOnce);
        const remembered = await Promise.all(some.map(remember));
        for (const [index, sighting] of some.entries()) {
          const pair = remembered[index];
          if (pair === undefined) continue;
          still.set(sighting.key, pair);
          const lane = lanes.get(pair.addressee) ?? [];
          lanes.set(pair.addressee, lane);
          lane.push(sighting);
        }
      }
      pairs = still;
      return [...lanes.values()];
    },
    retried({ key }, byItself) {
      const pair = pairs.get(key);
      if (pair === undefined) return;
      pair.retriedSince ??= performance.now();
      pair.failsByItself = byItself;
    },
    isRetried: ({ key }) => pairs.get(key)?.retriedSince !== undefined,
    failsByItself: ({ key }) => pairs.get(key)?.failsByItself === true,
    notRetried({ key }) {
      const pair = pairs.get(key);
      if (pair === undefined) return;
      pair.retriedSince = undefined;
      pair.passedAt = undefined;
    },
    waitsFor({ key }, row) {
      const pair = pairs.get(key);
      const since = pair?.retriedSince;
      const inThisRun = since === undefined ? 0 : performance.now() - since;
      // The journal knows longer than this run; its clock may have been put back.
      const inAll = row === undefined || row.triedAt === null ? 0 : now() - row.triedAt;
      const left = waitForEarlierMs - Math.max(inThisRun, inAll);
      if (pair !== undefined) pair.passedAt = left > 0 ? performance.now() + left : undefined;
      return left;
    },
    isFirstOvertaking(key) {
      const pair = pairs.get(key);
      if (pair === undefined || pair.overtakes) return false;
      pair.overtakes = true;
      return true;
    },
    nextPassing() {
      const times = [...pairs.values()].flatMap(({ passedAt }) => (passedAt === undefined ? [] : [passedAt]));
      return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - performance.now());
    },
  };
}

/**
 * What the control file says, compared as MESH compares mailbox ids. A routing address is an addressee of its own: only MESH
 * knows whose mailbox it leads to. What cannot be read, and a `.dat` alone, has nobody behind it.
 */
async function addresseeOf(folder: string, sighting: Sighting): Promise<string> {
  const nobody = `pair ${sighting.key}`;
  try {
    const bytes = await readControlBytes(folder, sighting);
    const to = bytes === undefined ? undefined : readControlFile(bytes).to?.trim().toUpperCase();
    return to === undefined || to === "" ? nobody : `to ${to}`;
  } catch (error) {
    // It is told when the pair's turn comes.
    if (error instanceof ControlFileError || error instanceof FolderTrouble) return nobody;
    throw error;
  }
}
