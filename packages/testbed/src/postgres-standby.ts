// A standby of a test's PostgreSQL, made as pg_basebackup would, which npm does not bring: by SQL's functions and a copy of the folder.

import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import { Client } from "pg";

import { type Postgres, postgresOf } from "./postgres.ts";
import { ownedByPostgres, postgresFolder } from "./postgres-process.ts";
import { waitFor } from "./wait-for.ts";

export interface Standby {
  /** It only reads until it is promoted, and is then the one that is written. */
  readonly postgres: Postgres;
  /** The primary must be ended before: two would be written otherwise. Resolves when it can be written. */
  promote(): Promise<void>;
}

/** What is of the primary's process alone. */
const left: ReadonlySet<string> = new Set(["postmaster.pid", "postmaster.opts"]);
const emptied: ReadonlySet<string> = new Set(["pg_wal", "pg_replslot"]);

/**
 * Starts one, and has the primary wait for it with each commit (`synchronous_standby_names`). Resolves when the primary does.
 * A primary has one at a time: one that is gone for good would be waited for for ever.
 *
 * @param options.through `host:port` of a network that leads to the primary. Absent: it is reached at its socket.
 */
export async function startStandby(
  t: Pick<TestContext, "after">,
  primary: Postgres,
  { through }: { through?: string } = {},
): Promise<Standby> {
  const made = await postgresFolder(t, {});
  const data = join(made.folder, "data");
  const slot = `standby_${Math.random().toString(36).slice(2)}`;
  // It keeps what the standby has not got, from now on.
  await primary.ask(`SELECT pg_create_physical_replication_slot('${slot}', true)`);
  const label = await backUp(primary, data);
  const [host = primary.folder, port = "5432"] = through?.split(":") ?? [];
  const connection = `host=${host} port=${port} user=restante application_name=${slot}`;
  // The last word counts. Once promoted it waits for nobody.
  const settings = { primary_conninfo: connection, primary_slot_name: slot, synchronous_standby_names: "" };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  const files = { backup_label: label, "standby.signal": "", "postgresql.auto.conf": lines.join("") };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(data, name), text, { mode: 0o600 });
    await ownedByPostgres(join(data, name));
  }
  await made.process.start();

  await primary.ask(`ALTER SYSTEM SET synchronous_standby_names = '${slot}'`);
  await primary.ask("SELECT pg_reload_conf()");
  const postgres = postgresOf(made);
  await waitFor(
    async () => {
      const rows = await primary.ask(`SELECT sync_state FROM pg_stat_replication WHERE application_name = '${slot}'`);
      return rows[0]?.["sync_state"] === "sync";
    },
    { what: "the standby to be waited for", timeoutMs: 30_000, intervalMs: 50 },
  );
  return {
    postgres,
    async promote() {
      await postgres.ask("SELECT pg_promote(true, 60)");
    },
  };
}

/** Copies a data folder that is being written. Resolves with what the copy begins to recover from. */
async function backUp(primary: Postgres, to: string): Promise<string> {
  const from = join(primary.folder, "data");
  const client = new Client({ host: primary.folder, user: "restante", database: "postgres" });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('standby', true)");
    await copyFolder(from, to);
    const { rows } = await client.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
    return rows[0]!.labelfile;
  } finally {
    await client.end();
  }
}

/** What goes while it is copied is made again by what the copy recovers from. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await ownedByPostgres(to);
  if (emptied.has(basename(from))) return;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, copy);
    else if (!left.has(entry.name)) {
      try {
        await copyFile(source, copy);
        await ownedByPostgres(copy);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
  }
}
