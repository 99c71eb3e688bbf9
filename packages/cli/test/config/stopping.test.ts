import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { waitFor } from "@restante/testbed";
import { atEnd } from "../support/at-end.ts";
import { type RunningCommand, runCommand } from "../support/processes.ts";
import { environment, partsFolder } from "./parts-folder.ts";

interface Logged {
  readonly running: RunningCommand;
  told: (event: string) => Record<string, unknown>[];
}

/** @param keeps what stands in the place of `dataFolder` */
async function server(t: TestContext, keeps: (line: string) => string): Promise<Logged> {
  const folder = await partsFolder(t);
  const file = join(folder, "server.yaml");
  const log = join(folder, "stopping.log");
  const text = (await readFile(file, "utf8")).replace(/^log: .*$/m, "");
  await writeFile(file, `${text.replace(/^dataFolder: .*$/m, keeps)}\nlog: ${log}\n`);
  const running = runCommand(["server", "--config", file], environment);
  atEnd(t, async () => running.end("SIGKILL"));
  return {
    running,
    told: (event) =>
      (existsSync(log) ? readFileSync(log, "utf8") : "")
        .split("\n")
        .filter((line) => line.includes(`"event":"${event}"`))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test("a node whose start is refused tells it as what somebody should look at, and by its name", async (t) => {
  const { running, told } = await server(
    t,
    () => "store: postgres://restante@127.0.0.1:1/restante?sslmode=disable\nbodies: s3://bodies\nnode: one",
  );
  assert.equal(await running.ended, 1, running.output());
  const [stopping, ...others] = told("process-stopping");
  assert.partialDeepStrictEqual(stopping, { level: 50, node: "one", failed: true });
  assert.match(String(stopping?.["reason"]), /nothing listens there/);
  assert.deepEqual(others, []);
  assert.equal(told("process-started")[0]?.["node"], "one");
});

for (const [signal, status] of [
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const) {
  test(`a second ${signal} ends a server at once, with its own status`, async (t) => {
    const { running, told } = await server(t, (line) => `${line}\ndrainSeconds: 600`);
    await running.printed(/MESH server of/);
    process.kill(running.pid, signal);
    await waitFor(() => told("server-leaving").length > 0, { timeoutMs: 60_000, what: "the server to leave" });
    assert.equal(await running.end(signal), status, running.output());
    assert.partialDeepStrictEqual(told("process-stopping"), [{ level: 30, reason: `it was stopped by ${signal}` }]);
  });
}
