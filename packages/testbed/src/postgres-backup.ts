// A base backup of a test's PostgreSQL, made as pg_basebackup would, which npm does not bring: by SQL's functions and a copy of the folder.

import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Client } from "pg";

import type { Postgres } from "./postgres.ts";
import { ownedByPostgres } from "./postgres-process.ts";

/** What is of the primary's process alone. */
const left: ReadonlySet<string> = new Set(["postmaster.pid", "postmaster.opts"]);
const emptied: ReadonlySet<string> = new Set(["pg_wal", "pg_replslot"]);

/** Copies a data folder that is being written. The copy has what it begins to recover from, and its settings, and must recover before it is used. */
export async function backUp(primary: Postgres, to: string): Promise<void> {
  const client = new Client({ host: primary.folder, user: "restante", database: "postgres" });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('test', true)");
    await copyData(join(primary.folder, "data"), to);
    const { rows } = await client.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
    await writeData(to, { backup_label: rows[0]!.labelfile });
  } finally {
    await client.end();
  }
}

/** What goes while it is copied is made again by what the copy recovers from. */
export async function copyData(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await ownedByPostgres(to);
  if (emptied.has(basename(from))) return;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyData(source, copy);
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

/** Puts files into a data folder, behind what is in them. */
export async function writeData(data: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(data, name), text, { mode: 0o600, flag: "a" });
    await ownedByPostgres(join(data, name));
  }
}

/** As postgresql.auto.conf has them, in which the last word counts. */
export function settingLines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'\n`)
    .join("");
}
