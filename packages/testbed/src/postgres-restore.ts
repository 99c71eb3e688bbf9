// Backups of a test's PostgreSQL: its WAL in an archive, a base backup, and what is restored of both.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { type Postgres, postgresOf } from "./postgres.ts";
import { backUp, copyData, settingLines, writeData } from "./postgres-backup.ts";
import { ownedByPostgres, postgresFolder } from "./postgres-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitFor } from "./wait-for.ts";

export interface Backups {
  /** Makes the base backup, in the place of the last. */
  take(): Promise<void>;
  /** What the archive has, by the names that PostgreSQL gives: of WAL, and of its timelines. */
  archived(): Promise<string[]>;
  /** Has all that was written by now in the archive when it resolves. */
  archive(): Promise<void>;
  /**
   * Starts another PostgreSQL on a copy of the base backup, which recovers from the archive to its end, or to a target. Resolves once it
   * is a primary of its own.
   * @param settings before those of the base backup, in which are the ones of the primary
   */
  restore(t: Pick<TestContext, "after">, settings?: Readonly<Record<string, string>>): Promise<Postgres>;
}

/** Has PostgreSQL keep its WAL in an archive, for which it is started again. */
export async function startBackups(t: Pick<TestContext, "after">, primary: Postgres): Promise<Backups> {
  const archive = await temporaryFolder(t);
  const base = join(await temporaryFolder(t), "data");
  await ownedByPostgres(archive);
  const put = `test ! -f ${archive}/%f && cp %p ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f`;
  await primary.ask("ALTER SYSTEM SET archive_mode = 'on'");
  await primary.ask(`ALTER SYSTEM SET archive_command = '${put}'`);
  await primary.stop();
  await primary.start();

  const archived = (): Promise<string[]> => readdir(archive);
  return {
    async take() {
      await rm(base, { recursive: true, force: true });
      await backUp(primary, base);
    },
    archived,
    async archive() {
      const [row] = await primary.ask("SELECT pg_walfile_name(pg_switch_wal()) AS name");
      const name = row!["name"] as string;
      await waitFor(async () => (await archived()).includes(name), { what: `${name} in the archive` });
    },
    async restore(of, settings = {}) {
      const made = await postgresFolder(of, {});
      const data = join(made.folder, "data");
      await copyData(base, data);
      const all = { restore_command: `cp ${archive}/%f %p`, recovery_target_action: "promote", ...settings };
      await writeData(data, { "recovery.signal": "", "postgresql.auto.conf": settingLines(all) });
      await made.process.start();
      const postgres = postgresOf(made);
      await waitFor(async () => (await postgres.ask("SELECT pg_is_in_recovery() AS reads"))[0]!["reads"] === false, {
        what: "what is restored to be a primary",
        timeoutMs: 30_000,
        intervalMs: 50,
      });
      return postgres;
    },
  };
}
