import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { atEnd, temporaryFolder } from "./support/at-end.ts";
import { follow, freePortBase, runCommand } from "./support/processes.ts";

const bin = fileURLToPath(new URL("../bin/restante.mjs", import.meta.url));
const example = fileURLToPath(new URL("../../../examples/consultation.json", import.meta.url));

/** What is refused: the words, the exit status, and what the one line on the error stream must say. */
const refusals: readonly { words: string[]; status: number; says: RegExp }[] = [
  { words: ["dispatch"], status: 2, says: /no command 'dispatch'.*--help/ },
  {
    words: ["up", "--dta", "x"],
    status: 2,
    says: /there is no option --dta: did you mean --data\? Try: restante up --help/,
  },
  { words: ["up", "now"], status: 2, says: /'now' is one word too many/ },
  { words: ["up", "--port-base", "many"], status: 2, says: /--port-base is a number from 0 to 65000, not 'many'/ },
  { words: ["up", "--port-base", "70000"], status: 2, says: /--port-base is a number/ },
  { words: ["up", "--data"], status: 2, says: /--data/ },
  {
    words: ["up", "--patients", "nowhere.json"],
    status: 1,
    says: /nowhere\.json cannot be read: there is no such file/,
  },
  { words: ["send"], status: 2, says: /FILE is missing/ },
  { words: ["send", "nowhere.json"], status: 1, says: /nowhere\.json/ },
  { words: ["send", example, "--wait", "soon"], status: 2, says: /--wait is a number of seconds/ },
  { words: ["practice"], status: 2, says: /which organisation\? --organisation is one of Y99001, Y99002, FX999/ },
  { words: ["practice", "--organisation", "X1"], status: 2, says: /no organisation X1 here: there are Y99001/ },
  { words: ["client", "--organisation", "FX999"], status: 2, says: /works by API/ },
];

for (const { words, status, says } of refusals) {
  test(`'restante ${words.map((word) => word.split("/").at(-1)).join(" ")}' is refused in one clear line`, async (t) => {
    const folder = await temporaryFolder(t);
    const data = words.includes("--data") ? [] : ["--data", join(folder, "data")];
    const command = runCommand([...words, ...(words[0] === "dispatch" ? [] : data)]);
    assert.equal(await command.ended, status, command.output());
    assert.match(command.output(), says);
    assert.equal(command.output().trim().split("\n").length, 1, command.output());
  });
}

test("every command explains itself with --help", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bin, "--help"]);
  const names = Array.from(stdout.matchAll(/^ {2}([\w-]+) {2}/gm), ([, name]) => name!);
  assert.ok(names.includes("up"));
  for (const name of names) {
    const help = await promisify(execFile)(process.execPath, [bin, name, "--help"]);
    assert.match(help.stdout, new RegExp(`^Usage: restante ${name} `));
  }
});

test("a folder that holds something else is not filled with keys", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "thesis.txt"), "");
  const command = runCommand(["up", "--data", folder, "--port-base", "0"]);
  assert.equal(await command.ended, 1);
  assert.match(command.output(), /neither empty nor a folder of Restante \(it holds 'thesis\.txt'\)/);
});

test("a folder in which a first start has half written its settings is one of ours", async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of [".setup.json.04849d6f", "setup.lock", "setup.pid"]) await writeFile(join(folder, name), "");
  const command = runCommand(["up", "--data", folder, "--port-base", "0", "--no-samples"]);
  atEnd(t, async () => command.end("SIGKILL"));
  await command.printed(/^Running\./m);
});

test("a folder in use is refused by the pid of its user", async (t) => {
  const folder = await temporaryFolder(t);
  const first = runCommand(["up", "--data", folder, "--port-base", "0", "--no-samples"]);
  atEnd(t, async () => first.end("SIGKILL"));
  await first.printed(/^Running\./m);
  const second = runCommand(["up", "--data", folder, "--port-base", "0", "--no-samples"]);
  assert.equal(await second.ended, 1);
  assert.match(second.output(), new RegExp(`in use by process ${first.pid}: stop it first`));
});

test("a port in use is refused by its number and the option that changes it", async (t) => {
  const folder = await temporaryFolder(t);
  const base = await freePortBase();
  const occupant = createServer().listen(base + 1, "127.0.0.1");
  atEnd(t, async () => occupant.close());
  await once(occupant, "listening");
  const command = runCommand(["up", "--data", folder, "--port-base", String(base)]);
  assert.equal(await command.ended, 1);
  assert.match(command.output(), new RegExp(`port ${base + 1}, for the worklist of Y99001, is in use.*--port-base`));
});

test("Ctrl-C stops everything cleanly, and the next start continues", async (t) => {
  const folder = await temporaryFolder(t);
  for (const _start of [1, 2]) {
    const command = runCommand(["up", "--data", folder, "--port-base", "0", "--no-samples"]);
    atEnd(t, async () => command.end("SIGKILL"));
    await command.printed(/^Running\./m);
    assert.equal(await command.end("SIGINT"), 0, command.output());
    assert.match(command.output(), /the next start continues from here/);
  }
});

test("started by npm, it stops by itself when npm is gone", async (t) => {
  const folder = await temporaryFolder(t);
  // A stand-in for npm: starts the bin in the background, tells its pid, and ends when its standard input does.
  const script = `const child = require("node:child_process").spawn(process.execPath,
    [${JSON.stringify(bin)}, "up", "--data", ${JSON.stringify(folder)}, "--port-base", "0", "--no-samples"],
    { stdio: ["ignore", "inherit", "inherit"] }); console.log("pid " + child.pid + ".");
    process.stdin.on("end", () => process.exit()).resume();`;
  const parent = spawn(process.execPath, ["--eval", script], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, npm_lifecycle_event: "start" },
  });
  const command = follow(parent);
  const [, pid] = await command.printed(/pid (\d+)\./);
  atEnd(t, async () => isAlive(Number(pid)) && process.kill(Number(pid), "SIGKILL"));
  await command.printed(/^Running\./m);
  parent.stdin.end();
  // The streams close only when the orphan, which shares them, has ended as well.
  await command.ended;
  assert.match(command.output(), /Stopping\./);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
