import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { atEnd, temporaryFolder } from "./support/at-end.ts";
import { runCommand } from "./support/processes.ts";

test("a clock that is doubted is told in the terminal and at level 50 in the log; --accept-clock ends it", async (t) => {
  const folder = await temporaryFolder(t);
  const run = async (words: string[], awaited: RegExp): Promise<void> => {
    const command = runCommand(["up", "--data", folder, "--port-base", "0", "--no-samples", ...words]);
    atEnd(t, async () => command.end("SIGKILL"));
    await command.printed(awaited);
    assert.equal(await command.end("SIGINT"), 0, command.output());
  };
  await run([], /^Running\./m);
  // As if nobody had looked for 4 days.
  const db = new DatabaseSync(join(folder, "server", "store.sqlite"));
  db.exec("UPDATE machine_time SET wall = wall - 4 * 86400000");
  db.close();

  await run(
    [],
    /no server ran for 4 days, if the clock is right: nothing expires until .* 24 hours \(0 messages wait\)/,
  );
  await run(["--accept-clock"], /the clock is trusted again \(accepted\)/);

  const lines = (await readFile(join(folder, "restante.log"), "utf8")).trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as { event: string; level: number });
  assert.deepEqual(
    events.filter(({ event }) => event.startsWith("clock-")).map(({ event, level }) => [event, level]),
    [
      ["clock-doubted", 50],
      ["clock-trusted", 30],
    ],
  );
});
