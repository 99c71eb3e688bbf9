// A standby of a test's PostgreSQL.

import { join } from "node:path";
import type { TestContext } from "node:test";

import { type Postgres, postgresOf } from "./postgres.ts";
import { backUp, settingLines, writeData } from "./postgres-backup.ts";
import { postgresFolder } from "./postgres-process.ts";
import { waitFor } from "./wait-for.ts";

export interface Standby {
  /** It only reads until it is promoted, and is then the one that is written. */
  readonly postgres: Postgres;
  /** The primary must be ended before: two would be written otherwise. Resolves when it can be written. */
  promote(): Promise<void>;
}

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
  await backUp(primary, data);
  const [host = primary.folder, port = "5432"] = through?.split(":") ?? [];
  const connection = `host=${host} port=${port} user=restante application_name=${slot}`;
  // Once promoted it waits for nobody.
  const settings = { primary_conninfo: connection, primary_slot_name: slot, synchronous_standby_names: "" };
  await writeData(data, { "standby.signal": "", "postgresql.auto.conf": settingLines(settings) });
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
