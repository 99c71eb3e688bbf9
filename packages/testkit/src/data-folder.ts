// The folder of a server that was given none. It goes when the server is closed, or with the test's process; one whose process
// was killed is removed by the next start. Its name says whose it is: `restante-testkit-<pid>-<random>`.

import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isFolderHeld } from "@restante/durable";

/** One that was just made is held by nobody yet. */
const YOUNG_MS = 60_000;
const PREFIX = "restante-testkit-";

export interface DataFolder {
  readonly path: string;
  /** Whether it goes with the server. */
  readonly isTemporary: boolean;
  readonly remove: () => Promise<void>;
}

const alive = new Set<string>();
let sweeping: Promise<void> | undefined;

export async function openDataFolder(given: string | undefined): Promise<DataFolder> {
  if (given !== undefined) return { path: given, isTemporary: false, remove: async () => undefined };
  await (sweeping ??= begin());
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  alive.add(path);
  return {
    path,
    isTemporary: true,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      alive.delete(path);
    },
  };
}

async function begin(): Promise<void> {
  process.on("exit", () => {
    for (const path of alive) rmSync(path, { recursive: true, force: true });
  });
  const names = await readdir(tmpdir());
  await Promise.all(names.map(removeIfLeft));
}

async function removeIfLeft(name: string): Promise<void> {
  const [, pid] = /^restante-testkit-(\d+)-\w{6}$/.exec(name) ?? [];
  if (pid === undefined || isRunning(Number(pid))) return;
  const path = join(tmpdir(), name);
  try {
    const { mtimeMs, uid } = await stat(path);
    const isOurs = process.getuid === undefined || uid === process.getuid();
    // The number of a process says nothing of one in another container: what a server holds stays.
    if (!isOurs || Date.now() - mtimeMs < YOUNG_MS || isFolderHeld(path, "server")) return;
    await rm(path, { recursive: true, force: true });
  } catch {
    // Another start is at it, or it is another user's.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(Error.isError(error) && "code" in error && error.code === "ESRCH");
  }
}
