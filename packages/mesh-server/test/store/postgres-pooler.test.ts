// The whole contract through PgBouncer in transaction mode, where each transaction may be in another session, and a node has many more
// connections than there are sessions.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";

import { ownedByPostgres, temporaryFolder, waitFor } from "@restante/testbed";
import { Client } from "pg";

import { testStore } from "./contract.ts";
import { openEmptied, skip, startForFile } from "./postgres-stores.ts";

const NOBODY = 65_534;
const missing = spawnSync("pgbouncer", ["--version"]).status !== 0 && "pgbouncer is not installed";

if (skip === false && missing === false) {
  const postgres = await startForFile();
  const direct = await postgres.createDatabase();
  const url = await startPooler(postgres.folder, new URL(direct).pathname.slice(1));
  testStore(await openEmptied(url, direct), { leastTurns: 1 });
} else {
  test("the store on PostgreSQL through PgBouncer", { skip: skip === false ? missing : skip }, () => undefined);
}

/** Resolves with the URL of the database through it. Three sessions are all it has. */
async function startPooler(host: string, database: string): Promise<string> {
  const folder = await temporaryFolder({ after: (end: () => unknown) => after(() => end()) });
  await ownedByPostgres(folder);
  const file = join(folder, "pgbouncer.ini");
  const settings = {
    pool_mode: "transaction",
    default_pool_size: "3",
    auth_type: "any",
    unix_socket_dir: folder,
    listen_port: "5432",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await writeFile(file, `[databases]\n* = host=${host} user=restante\n[pgbouncer]\n${lines.join("\n")}\n`);
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const pooler = spawn("pgbouncer", ["-q", file], { ...asNobody, stdio: "ignore" });
  const ended = once(pooler, "exit");
  after(async () => {
    pooler.kill("SIGKILL");
    await ended;
  });
  const url = `postgres://restante@localhost/${database}?host=${encodeURIComponent(folder)}`;
  await waitFor(
    async () => {
      const client = new Client({ connectionString: url });
      return await client.connect().then(
        () => client.end().then(() => true),
        () => false,
      );
    },
    { what: "pgbouncer to take connections" },
  );
  return url;
}
