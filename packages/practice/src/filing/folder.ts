import { createHash } from "node:crypto";
import { realpathSync, type Stats, statSync } from "node:fs";
import { lstat, mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { isMissing, renameFile, syncFolder, systemReason, writeNew } from "@restante/durable";
import type { OdsCode } from "@restante/mesh";
import { PracticeError } from "../errors.ts";
import { isFolderName } from "../store/filings.ts";
import { HiddenReplaced, OtherDisk } from "./problems.ts";

/** One file of a folder that is saved. */
export interface FileToSave {
  name: string;
  bytes: Uint8Array;
}

/**
 * Where a folder is that was being saved: still hidden, or under its name; `taken`: it had its name, and is there no more;
 * `unknown`: the disk is not as it was left, so nothing can be told.
 */
export type Whereabouts = "hidden" | "there" | "taken" | "unknown";

/** The folder of a record system, as the system at work uses it. What it throws of the disk is the operating system's. */
export interface FilingFolder {
  /** Whether something has that name. */
  isTaken(name: string): Promise<boolean>;
  /** Writes it where nobody takes it yet, in place of what is left of an earlier try; synced, with its name, when this resolves. */
  write(name: string, files: AsyncIterable<FileToSave>): Promise<void>;
  /** Gives it its name, at once and whole. */
  publish(name: string): Promise<void>;
  whereIs(name: string): Promise<Whereabouts>;
  /** That it has its name, and where it was before, are on disk when this resolves. */
  syncNames(): Promise<void>;
  discard(name: string): Promise<void>;
  /** Removes all that is hidden but these: what a kill has left, or what was stopped. */
  sweep(keep: ReadonlySet<string>): Promise<void>;
}

export function filingFolder(root: string, odsCode: OdsCode): FilingFolder {
  const first = idOf(statSync(root, { throwIfNoEntry: false }));
  /** Where a disk was unmounted an empty folder is left, from which nobody takes anything. */
  async function requireSame(): Promise<void> {
    if (first !== undefined && idOf(await stat(root)) !== first) throw new OtherDisk();
  }
  // Of each organisation its own, as several may have one record system.
  const hidden = join(root, `.restante-${odsCode}`);
  /** Whoever may write beside it can put a link in its place: what that leads to is not this system's to write or to remove. */
  async function isHiddenThere(): Promise<boolean> {
    const found = await statsOf(hidden);
    if (found !== undefined && !found.isDirectory()) throw new HiddenReplaced();
    return found !== undefined;
  }
  const syncNames = async (): Promise<void> => {
    await syncFolder(root);
    await syncFolder(hidden);
  };
  return {
    isTaken: async (name) => (await statsOf(join(root, name))) !== undefined,
    async write(name, files) {
      await requireSame();
      // A folder that is gone is not made anew: nobody would look for anything there.
      await mkdir(hidden, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
      await isHiddenThere();
      await syncFolder(root);
      const folder = join(hidden, name);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { mode: shared });
      for await (const { name: file, bytes } of files) await writeNew(join(folder, file), bytes, "shared");
      await syncFolder(folder);
      await syncFolder(hidden);
    },
    publish: async (name) => renameFile(join(hidden, name), join(root, name)),
    async whereIs(name) {
      await requireSame();
      if (!(await isHiddenThere())) return "unknown";
      if ((await statsOf(join(hidden, name))) !== undefined) return "hidden";
      return (await statsOf(join(root, name))) === undefined ? "taken" : "there";
    },
    syncNames,
    discard: async (name) => rm(join(hidden, name), { recursive: true, force: true }),
    async sweep(keep) {
      if (!(await isHiddenThere())) return;
      for (const name of await readdir(hidden)) {
        if (isFolderName(name) && !keep.has(name)) await rm(join(hidden, name), { recursive: true, force: true });
      }
    },
  };
}

function idOf(stats: { dev: number; ino: number } | undefined): string | undefined {
  return stats && `${stats.dev} ${stats.ino}`;
}

/** Less the umask: the record system is mostly another user of the machine. */
const shared = 0o777;

/** Also of a link that leads nowhere. */
async function statsOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

/**
 * Refuses a folder that nothing should be saved to, before anybody relies on it.
 *
 * @param ours folders of which the record system must have nothing, with what they are called
 * @throws PracticeError "filing-folder-unusable"
 */
export async function requireFilingFolder(
  root: string,
  ours: readonly { path: string; name: string }[],
): Promise<void> {
  const refuse = (why: string, cause?: unknown): PracticeError =>
    new PracticeError("filing-folder-unusable", `The folder to save documents to, ${root}, ${why}`, { cause });
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) {
    throw refuse(
      "is not there. Make it, or mount the disk that it is on: it is not made here, so that nothing is saved beside it.",
    );
  }
  if (!found.isDirectory()) throw refuse("is no folder.");
  const at = realpathSync(root);
  for (const { path, name } of ours) {
    const other = realPath(path);
    if (isWithin(at, other)) throw refuse(`is within ${name} (${path}), which is this system's own. Name another.`);
    if (isWithin(other, at))
      throw refuse(`has ${name} in it (${path}), which the record system must not take. Name another.`);
  }
  const probe = join(
    root,
    `.restante-try-${createHash("sha256").update(`${process.pid} ${Date.now()}`).digest("hex").slice(0, 8)}`,
  );
  try {
    await mkdir(probe);
    await rmdir(probe);
  } catch (error) {
    throw refuse(`cannot be written to: ${systemReason(error)}. Let the user who runs this write there.`, error);
  }
}

/** Of what is not there yet, that of what it will be made in. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    const parent = resolve(full, "..");
    return parent === full ? full : join(realPath(parent), relative(parent, full));
  }
}

function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(other.endsWith(sep) ? other : `${other}${sep}`);
}
