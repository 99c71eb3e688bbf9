import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { Client } from "pg";

import { postgresMissing, runProgram, startPostgres, waitFor } from "@restante/testbed";

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
