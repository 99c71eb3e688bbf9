import { readdir } from "node:fs/promises";
import { folded } from "@restante/durable";
import { digestOfText } from "./digest-of-text.ts";
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
  readonly age: Age;
}

/**
 * How long this client has looked at something, in milliseconds. File times are given by the machine that has the disk, and
 * any clock may be wrong: by one in 1970, nothing is ever old.
 */
export interface Age {
  /** As it is now. */
  readonly unchangedMs: number;
  /** Without having been left alone for as long as it takes to settle; 0 if it has been. */
  readonly restlessMs: number;
}

/** What is no part of a pair. */
export interface Stray {
  /** Milliseconds. */
  readonly changedAt: number;
  /** For how long this client has seen it. */
  readonly hereMs: number;
}

/** OUT as it was last looked at. */
export interface OutFolder {
  /** Everything that looks like half a pair or a whole one, oldest control file first. */
  look(): Promise<Sighting[]>;
  /** What was in it besides. */
  strays(): readonly Stray[];
}

/** The folder that the file system itself keeps where a disk is mounted. */
const ofTheDisk = "lost+found";

/**
 * A file that is being written is left alone until neither file of the pair has changed for `settleMs` (1 s in the NHS
 * client). This is measured by looking twice, not by file times: those are given by the machine that has the disk, whose clock
 * may be another.
 */
export function createOutFolder(path: string, settleMs: number): OutFolder {
  let seen = new Map<string, Looked>();
  let strays: readonly Stray[] = [];

  /** One damaged entry of a disk must not hide the others. */
  const look = async (file: FileName): Promise<FileState | "unreadable" | undefined> =>
    stateOf(path, file).catch(() => "unreadable" as const);

  async function lookAtAll(): Promise<Sighting[]> {
    const halves = new Map<string, Halves>();
    const others: { key: string; state: FileState | "unreadable" }[] = [];
    for (const bytes of await readdir(path, { encoding: "buffer" })) {
      const file = nameOf(bytes);
      const isPart = /^.+\.(dat|ctl)$/is.test(file.name);
      if (!isPart) {
        const stray = isOurs(file.name) || file.name === ofTheDisk ? undefined : await look(file);
        if (stray !== undefined) others.push({ key: keyOfStray(bytes), state: stray });
        continue;
      }
      const base = file.name.slice(0, -".dat".length);
      const key = digestOfText(bytes.subarray(0, -".dat".length));
      const isNameSafe = file.nameBytes === undefined && !controls.test(base);
      const pair = halves.get(key) ?? { base: isNameSafe ? base : inPlaceOf(base), isNameSafe };
      const half = file.name.toLowerCase().endsWith(".ctl") ? "control" : "data";
      // NAME.dat beside NAME.DAT waits until the first is gone.
      if (pair[half] !== undefined) continue;
      const state = await look(file);
      if (state === "unreadable") others.push({ key: keyOfStray(bytes), state });
      if (state === undefined || state === "unreadable") continue;
      pair[half] = state;
      halves.set(key, pair);
    }

    await joinHalves(path, halves);
    const now = performance.now();
    const still = new Map<string, Looked>();
    const ageOf = (key: string, fingerprint: string, settlesAfterMs: number): Age => {
      const looked = lookAgain(seen.get(key), { fingerprint, now, settlesAfterMs });
      still.set(key, looked);
      const unchangedMs = now - looked.at;
      return { unchangedMs, restlessMs: unchangedMs < settlesAfterMs ? now - looked.restlessSince : 0 };
    };
    const sightings = [...halves].map(([key, { base, isNameSafe, control, data }]) => {
      const fingerprint = `${control?.fingerprint ?? ""}|${data?.fingerprint ?? ""}`;
      const age = ageOf(key, fingerprint, settleMs);
      return { key, base, isNameSafe, control, data, fingerprint, settlesIn: settleMs - age.unchangedMs, age };
    });
    strays = others.map(({ key, state }) => {
      const [changedAt, fingerprint] = state === "unreadable" ? [0, ""] : [state.changedAt, state.fingerprint];
      return { changedAt, hereMs: ageOf(key, fingerprint, Infinity).restlessMs };
    });
    seen = still;
    return sightings.sort((one, other) => timeOf(one) - timeOf(other) || (one.base < other.base ? -1 : 1));
  }

  return { look: lookAtAll, strays: () => strays };
}

interface Halves {
  readonly base: string;
  readonly isNameSafe: boolean;
  control?: FileState;
  data?: FileState;
}

/**
 * `letter.ctl` and `LETTER.dat` are a pair where the disk takes their names for one, which it says: it finds the one under the name
 * of the other. Known by the name of the control file.
 */
async function joinHalves(folder: string, halves: Map<string, Halves>): Promise<void> {
  const lone = new Map<string, string>();
  for (const [key, { base, isNameSafe, control }] of halves) {
    if (control === undefined && isNameSafe) lone.set(folded(base), key);
  }
  for (const pair of halves.values()) {
    const key = pair.data === undefined && pair.isNameSafe ? lone.get(folded(pair.base)) : undefined;
    const data = key === undefined ? undefined : halves.get(key)?.data;
    if (key === undefined || data === undefined) continue;
    const name = pair.base + data.name.slice(-".dat".length);
    if ((await stateOf(folder, { name }).catch(() => undefined)) === undefined) continue;
    pair.data = data;
    halves.delete(key);
  }
}

interface Looked {
  readonly fingerprint: string;
  /** When it was first seen like this. */
  readonly at: number;
  /** When it was first seen without having settled since. */
  readonly restlessSince: number;
  readonly lookedAt: number;
}

function lookAgain(
  before: Looked | undefined,
  { fingerprint, now, settlesAfterMs }: { fingerprint: string; now: number; settlesAfterMs: number },
): Looked {
  if (before?.fingerprint === fingerprint) return { ...before, lookedAt: now };
  const hadSettled = before === undefined || before.lookedAt - before.at >= settlesAfterMs;
  return { fingerprint, at: now, restlessSince: hadSettled ? now : before.restlessSince, lookedAt: now };
}

/** Apart from those of pairs. */
function keyOfStray(name: Buffer): string {
  return `stray ${digestOfText(name)}`;
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

function timeOf({ control, data }: Sighting): number {
  return (control ?? data)?.modifiedAt ?? 0;
}
