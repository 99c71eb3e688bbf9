import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { atEnd, temporaryFolder } from "./support/at-end.ts";
import { follow, type RunningCommand } from "./support/processes.ts";

const bin = fileURLToPath(new URL("../bin/restante.mjs", import.meta.url));
/** A Node.js that cannot become another process, such as 20: the launcher stays, and its child does the work. */
const asOlderNode = ["--import", "data:text/javascript,delete process.execve"];

async function launch(t: TestContext): Promise<RunningCommand> {
  const folder = await temporaryFolder(t);
  const launcher = spawn(
    process.execPath,
    [...asOlderNode, bin, "up", "--data", folder, "--port-base", "0", "--no-samples"],
    { stdio: ["ignore", "pipe", "pipe"], detached: true, env: { ...process.env, npm_lifecycle_event: undefined } },
  );
  const command = follow(launcher);
  atEnd(t, async () => {
    try {
      process.kill(-launcher.pid!, "SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  });
  await command.printed(/^Running\./m);
  return command;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  for (const whom of ["the launcher alone", "the process group"] as const) {
    test(`through the launcher, one ${signal} to ${whom} stops it cleanly`, async (t) => {
      const command = await launch(t);
      process.kill(whom === "the process group" ? -command.pid : command.pid, signal);
      assert.equal(await command.ended, 0, command.output());
      assert.match(command.output(), /the next start continues from here/);
    });
  }
}

test("through the launcher, it stops cleanly when the launcher is killed", async (t) => {
  const command = await launch(t);
  process.kill(command.pid, "SIGKILL");
  await command.ended;
  assert.match(command.output(), /the next start continues from here/);
});

test("a checkout keeps its compiled code for the next start, or where the person says", async (t) => {
  const folder = await temporaryFolder(t);
  const { NODE_COMPILE_CACHE: _, ...environment } = process.env;
  for (const by of [asOlderNode, []]) {
    const env = { ...environment, NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
    const { stderr } = spawnSync(process.execPath, [...by, bin, "--version"], { env, encoding: "utf8" });
    assert.match(stderr, /node_modules.\.cache.compiled/);
  }
  spawnSync(process.execPath, [bin, "--version"], { env: { ...environment, NODE_COMPILE_CACHE: folder } });
  assert.notEqual(readdirSync(folder).length, 0);
});
