import type { Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing, writeWhole } from "@restante/durable";
import { type FolderLabel, folderTrouble, FolderTrouble, labelOf } from "./folder-trouble.ts";
import { type FolderName, folderNames, type Folders } from "./folder-name.ts";

/** Tells which of the five folders cannot be used now. May be asked again before it has answered. */
export type FolderWatch = () => Promise<FolderTrouble[]>;

/** In `.restante`: the folders that have been seen on a disk of their own, a name a line. */
const fileName = "disks";

/**
 * A folder that is gone, or whose disk is no longer mounted, is not made anew while the client runs: files would come
 * to lie on the disk below, and vanish from sight when the other is mounted again. Nor is one used whose disk was mounted
 * in an earlier run, and is not: a machine may start this client sooner than its disks. See
 * docs/decisions/070-five-folders.md.
 */
export async function watchFolders(
  root: string,
  folders: Folders,
  hidden: string,
  answerMs: number = 30_000,
): Promise<FolderWatch> {
  const deviceOf = async (path: string): Promise<number> => (await stat(path)).dev;
  const home = await deviceOf(root);
  const kept = await readKept(hidden);
  /** Those that have been seen on a disk of their own, in this run or before. */
  const mounted = new Set(kept);

  /** The folders of which the disk has not answered in time, and which disk that is. */
  const silent = new Map<FolderName, number | undefined>();
  const asking = new Map<FolderName, Promise<Stats | undefined>>();
  const devices = new Map<FolderName, number>();

  /** Undefined where the disk does not answer. It is asked once then: each question takes a thread until it is answered. */
  async function ask(name: FolderName): Promise<Stats | undefined> {
    const device = devices.get(name);
    if (silent.has(name) || (device !== undefined && [...silent.values()].includes(device))) return undefined;
    const question = asking.get(name) ?? askNow(name, device);
    asking.set(name, question);
    try {
      return await question;
    } finally {
      asking.delete(name);
    }
  }

  async function askNow(name: FolderName, device: number | undefined): Promise<Stats | undefined> {
    const timer = new AbortController();
    let isAnswered = false;
    const answer = stat(folders[name]);
    void answer
      .catch(() => undefined)
      .finally(() => {
        isAnswered = true;
        silent.delete(name);
      });
    const silence = delay(answerMs, undefined, { signal: timer.signal, ref: false }).catch(() => undefined);
    try {
      const found = await Promise.race([answer, silence]);
      if (found === undefined && !isAnswered) silent.set(name, device);
      return found;
    } finally {
      timer.abort();
    }
  }

  async function look(name: FolderName): Promise<FolderTrouble | undefined> {
    const label: FolderLabel = labelOf(name);
    try {
      const found = await ask(name);
      if (found === undefined) return new FolderTrouble(label, "its disk does not answer", "folder");
      devices.set(name, found.dev);
      if (!found.isDirectory()) return new FolderTrouble(label, "it is no folder", "folder");
      if (found.dev !== home) mounted.add(name);
      else if (mounted.has(name)) return new FolderTrouble(label, "its disk is not mounted any more", "folder");
      return undefined;
    } catch (error) {
      const trouble = folderTrouble(name, error);
      if (trouble instanceof FolderTrouble) return trouble;
      throw error;
    }
  }

  async function keep(): Promise<void> {
    if (mounted.size === kept.size) return;
    await writeWhole(hidden, fileName, [...mounted].map((name) => `${name}\n`).join(""));
    for (const name of mounted) kept.add(name);
  }

  const watch = async (): Promise<FolderTrouble[]> => {
    // One after the other: of one disk that does not answer, one question is enough.
    const found: (FolderTrouble | undefined)[] = [];
    for (const name of folderNames) found.push(await look(name));
    // On a full disk it is kept at a later look; until then this run remembers it.
    await keep().catch(() => undefined);
    return found.filter((trouble) => trouble !== undefined);
  };
  await watch();
  return watch;
}

async function readKept(hidden: string): Promise<Set<FolderName>> {
  try {
    const lines = (await readFile(join(hidden, fileName), "utf8")).split("\n");
    return new Set(folderNames.filter((name) => lines.includes(name)));
  } catch (error) {
    if (isMissing(error)) return new Set();
    throw error;
  }
}
