// docs/how-to/test-what-goes-wrong.md, command by command. Its program is run by code.test.ts.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { shippedScenarios } from "@restante/control/scenario";
import { temporaryFolder } from "@restante/testbed";
import { runCommand } from "../support/processes.ts";
import { codeBlocks, readPage, top } from "./pages.ts";
import { bashOf, withoutShell } from "./shell.ts";

const run = promisify(execFile);
const guide = "docs/how-to/test-what-goes-wrong.md";

test("the guide names every scenario that is shipped, and no other", async () => {
  const rows = Array.from(readPage(guide).matchAll(/^\| `([a-z0-9-]+)` /gm), ([, name]) => name ?? "");
  assert.deepEqual(rows.toSorted(), await shippedScenarios());
});

test("a scenario of one's own is run by the guide's commands, at a server that is started as it says", async (t) => {
  if (withoutShell !== false) return t.skip(withoutShell);
  const folder = await temporaryFolder(t);
  const start = codeBlocks(guide).find(({ code }) => code.startsWith("npx restante server"))?.code ?? "";
  const words = start.trim().replace("--control 8701", "--control 0 --port 0").split(" ").slice(2);
  const server = runCommand(words.map((word) => (word === "my-mesh" ? join(folder, word) : word)));
  t.after(() => server.end("SIGTERM"));
  await server.printed(/control/i);
  const shell = async (code: string): Promise<string> => {
    const path = [join(top, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
    const before = `npx() { "$@"; }\n${code}`;
    const options = { cwd: folder, env: { ...env, PATH: path }, timeout: 120_000 };
    return (await run("bash", ["-euo", "pipefail", "-c", before], options)).stdout;
  };
  const [list = "", own = ""] = bashOf(guide);
  assert.match(await shell(list), /^lost-answer: /m);
  assert.match(await shell(own), /A message waits in X26ABC3\. Collect it\.\n[^]*\nPassed, in /);
  assert.ok(readdirSync(folder).includes("my-scenario.yaml"));
});
