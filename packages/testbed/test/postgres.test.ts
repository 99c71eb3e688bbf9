import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { Client } from "pg";

import { postgresMissing, runProgram, startPostgres, startStandby, waitFor } from "@restante/testbed";

const skip = postgresMissing ?? false;

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  // Told on its own where the server ends while nothing is asked.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

test(
  "what a PostgreSQL of a test has committed is there after it was killed, and after it was stopped",
  { skip },
  async (t) => {
    const postgres = await startPostgres(t, { settings: { max_connections: "7" } });
    const [url, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
    assert.deepEqual(await ask(url, "SELECT setting FROM pg_settings WHERE name IN ('fsync', 'max_connections')"), [
      "on",
      "7",
    ]);
    await ask(url, "CREATE TABLE kept AS SELECT 'kept' AS word");

    await postgres.kill();
    await assert.rejects(ask(url, "SELECT 1"));
    await postgres.start();

    assert.deepEqual(await ask(url, "SELECT word FROM kept"), ["kept"]);
    await postgres.stop();
    await postgres.start();
    assert.deepEqual(await ask(url, "SELECT word FROM kept"), ["kept"]);
    assert.deepEqual(await ask(other, "SELECT count(*)::text FROM pg_tables WHERE tablename = 'kept'"), ["0"]);
  },
);

test(
  "what a PostgreSQL has committed is at its standby, which is promoted once it is killed, and has a standby then",
  { skip },
  async (t) => {
    let primary = await startPostgres(t);
    const database = new URL(await primary.createDatabase()).pathname;
    const urlOf = (folder: string): string => `postgres://restante@localhost${database}?host=${folder}`;
    await ask(urlOf(primary.folder), "CREATE TABLE kept (turn integer)");

    for (const turn of [1, 2]) {
      const over = new AbortController();
      let written = 0;
      const write = async (): Promise<void> => {
        for (; !over.signal.aborted; written += 1) await ask(urlOf(primary.folder), "INSERT INTO kept VALUES (0)");
      };
      const writer = write();
      const standby = await startStandby(t, primary);
      const before = written;
      await waitFor(() => written > before + 5, { what: "commits that wait for the standby" });
      over.abort();
      await writer;
      await ask(urlOf(primary.folder), `INSERT INTO kept VALUES (${turn})`);
      const kept = await ask(urlOf(primary.folder), "SELECT * FROM kept ORDER BY turn");
      await assert.rejects(ask(urlOf(standby.postgres.folder), "INSERT INTO kept VALUES (9)"), { code: "25006" });

      await primary.kill();
      await standby.promote();

      primary = standby.postgres;
      assert.deepEqual(await ask(urlOf(primary.folder), "SELECT * FROM kept ORDER BY turn"), kept);
      assert.deepEqual(kept.slice(-turn), [1, 2].slice(0, turn));
    }
  },
);

test("it ends, and its folder is gone, when the process of its test is killed", { skip }, async (t) => {
  const program = await runProgram(
    t,
    `import { startPostgres } from "@restante/testbed";
     const postgres = await startPostgres({ after() {} });
     console.log((await postgres.createDatabase()) + " is there");`,
    "is there",
  );
  const url = new URL(program.said().split(" ")[0]!);
  const folder = url.searchParams.get("host")!;
  assert.deepEqual(existsSync(folder), true);

  await program.kill();

  await waitFor(() => !existsSync(folder), { what: "the folder to be gone" });
});
