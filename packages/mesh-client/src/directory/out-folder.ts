import { readdir } from "node:fs/promises";
import { digest } from "./journal.ts";
import { type FileName, type FileState, stateOf } from "./files.ts";
import { refusedSuffix } from "./filing.ts";

/** What OUT holds under one base name. */
export interface Sighting {
  /** SHA-256 of the base name's bytes: the pair in the journal. */
  readonly key: string;
  /** The base name; if it is not safe, one that stands for it. */
  readonly base: string;
  /** Whether it is UTF-8 without control characters. */
  readonly isNameSafe: boolean;
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
  /** When each of what was in it besides last changed, in milliseconds. */
  strays(): readonly number[];
}

/** The folder that the file system itself keeps where a disk is mounted. */
const ofTheDisk = "lost+found";

/**
 * A file that is being written is left alone until neither file of the pair has changed for `settleMs` (1 s in the NHS
 * client). This is measured by looking twice, not by file times: those are given by the machine that has the disk, whose clock
 * may be another.
 */
export function createOutFolder(path: string, settleMs: number): OutFolder {
  let seen = new Map<string, { fingerprint: string; at: number }>();
  let strays: readonly number[] = [];

  /** One damaged entry of a disk must not hide the others. */
  const look = async (file: FileName): Promise<FileState | "unreadable" | undefined> =>
    stateOf(path, file).catch(() => "unreadable" as const);

  async function lookAtAll(): Promise<Sighting[]> {
    const halves = new Map<string, { base: string; isNameSafe: boolean; control?: FileState; data?: FileState }>();
    const others: number[] = [];
    for (const bytes of await readdir(path, { encoding: "buffer" })) {
      const file = nameOf(bytes);
      const isPart = /^.+\.(dat|ctl)$/is.test(file.name);
      if (!isPart) {
        const stray = isOurs(file.name) || file.name === ofTheDisk ? undefined : await look(file);
        if (stray !== undefined) others.push(stray === "unreadable" ? 0 : stray.changedAt);
        continue;
      }
      const base = file.name.slice(0, -".dat".length);
      const key = digest(bytes.subarray(0, -".dat".length));
      const isNameSafe = file.nameBytes === undefined && !controls.test(base);
      const pair = halves.get(key) ?? { base: isNameSafe ? base : inPlaceOf(base), isNameSafe };
      const half = file.name.toLowerCase().endsWith(".ctl") ? "control" : "data";
      // NAME.dat beside NAME.DAT waits until the first is gone.
      if (pair[half] !== undefined) continue;
      const state = await look(file);
      if (state === "unreadable") others.push(0);
      if (state === undefined || state === "unreadable") continue;
      pair[half] = state;
      halves.set(key, pair);
    }
    strays = others;

    const now = performance.now();
    const still = new Map<string, { fingerprint: string; at: number }>();
    const sightings = [...halves].map(([key, { base, isNameSafe, control, data }]) => {
      const fingerprint = `${control?.fingerprint ?? ""}|${data?.fingerprint ?? ""}`;
      const before = seen.get(key);
      const since = before?.fingerprint === fingerprint ? before : { fingerprint, at: now };
      still.set(key, since);
      return { key, base, isNameSafe, control, data, fingerprint, settlesIn: since.at + settleMs - now };
    });
    seen = still;
    return sightings.sort((one, other) => ageOf(one) - ageOf(other) || (one.base < other.base ? -1 : 1));
  }

  return { look: lookAtAll, strays: () => strays };
}

/** C0, DEL and C1, and what divides lines: none can be in a header, a log or a person's list. */
// oxlint-disable-next-line no-control-regex -- these are what it looks for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function nameOf(bytes: Buffer): FileName {
  try {
    return { name: decoder.decode(bytes) };
  } catch {
    return { name: bytes.toString("latin1"), nameBytes: bytes.toString("hex") };
  }
}

/** For FAILED: recognisable to a person who knows what was dropped, and no longer than a name may be. */
function inPlaceOf(base: string): string {
  let safe = base.replaceAll(new RegExp(controls, "g"), "_");
  while (Buffer.byteLength(safe) > 200) safe = safe.slice(0, -1);
  return safe;
}

function isOurs(name: string): boolean {
  return name.startsWith(".") && name.endsWith(refusedSuffix);
}

function ageOf({ control, data }: Sighting): number {
  return (control ?? data)?.modifiedAt ?? 0;
}
