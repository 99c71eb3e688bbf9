import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { atEnd } from "../support/at-end.ts";
import { follow } from "../support/processes.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** As a program does that was begun and does not end. */
const leftRunning = "data:text/javascript,setInterval(() => undefined, 1000)";

test("what a command has begun and cannot end does not keep its process", async (t) => {
  const options = ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", "--import", leftRunning];
  const child = spawn(process.execPath, [...options, main, "sned"], { stdio: ["ignore", "pipe", "pipe"] });
  atEnd(t, () => child.kill("SIGKILL"));
  assert.equal(await follow(child).ended, 2);
});
