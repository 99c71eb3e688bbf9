import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { waitFor } from "@restante/testbed";
import { openAccess } from "@restante/web";
import { partsFolder, secretFile } from "../config/parts-folder.ts";
import { atEnd } from "../support/at-end.ts";
import { follow, runCommand } from "../support/processes.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const phrase = "three blind dormice";

test("users are added before the system has been started, and while it runs, and it and the command write one audit", async (t) => {
  const home = await partsFolder(t);
  const config = join(home, "practice.yaml");
  await writeFile(config, (await readFile(config, "utf8")).replace("port: 8701", "port: 0"));
  const passwordFile = await secretFile(home, "password", phrase);
  const add = async (name: string): Promise<void> => {
    const words = ["user", "add", name, "--role", "administrator", "--password-file", passwordFile, "--config", config];
    const adding = runCommand(words);
    assert.equal(await adding.ended, 0, adding.output());
  };
  await add("before");
  const system = runCommand(["practice", "--config", config]);
  atEnd(t, () => system.end("SIGKILL"));
  const [, url = ""] = await system.printed(/Worklist of .* at (\S+)/);
  const look = async (): Promise<void> => assert.equal((await fetch(url)).status, 200);
  await look();
  await Promise.all([add("meanwhile"), add("beside"), look()]);
  await look();
  assert.equal(await system.end("SIGTERM"), 0);
  using access = await openAccess({ folder: join(home, "practice-data") });
  assert.deepEqual(
    access.users.list().map(({ signInName }) => signInName),
    ["before", "beside", "meanwhile"],
  );
  const acts = access.audit.find({ limit: 10 }).rows.map(({ act }) => act);
  assert.deepEqual(acts.toSorted(), ["add-user", "add-user", "add-user", "list", "list", "list"]);
  assert.deepEqual((await access.audit.verify()).problems, []);
});

const script = "/usr/bin/script";

test(
  "at a terminal neither of the two passwords is shown, and the command ends by itself",
  { skip: existsSync(script) ? false : "there is no script(1), which makes a terminal" },
  async (t) => {
    const home = await partsFolder(t);
    const command = [process.execPath, "--conditions=@restante/source", "--disable-warning=ExperimentalWarning", main];
    const words = ["user", "add", "amina", "--role", "auditor", "--config", join(home, "practice.yaml")];
    const line = [...command, ...words].map((word) => `'${word}'`).join(" ");
    const child = spawn(script, ["-qec", line, "/dev/null"], { stdio: ["pipe", "pipe", "pipe"] });
    const typing = follow(child);
    atEnd(t, () => typing.end("SIGKILL"));
    await typing.printed(/Password of amina/);
    child.stdin.write(`${phrase}\r`);
    await typing.printed(/The same once more/);
    child.stdin.write(`${phrase}\r`);
    await typing.printed(/Added amina/);
    assert.equal(await typing.ended, 0);
    assert.equal(typing.output().includes("dormice"), false, typing.output());
    using access = await openAccess({ folder: join(home, "practice-data") });
    assert.ok(await access.users.checkPassword("amina", phrase));
  },
);

test("a command that waits for a password ends when it is told to stop, and does nothing with what has come", async (t) => {
  const home = await partsFolder(t);
  const words = ["user", "add", "amina", "--role", "auditor", "--config", join(home, "practice.yaml")];
  const options = ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...options, main, ...words], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting = follow(child);
  atEnd(t, () => waiting.end("SIGKILL"));
  child.stdin.write(phrase);
  // It reads what it is given only once it has all else.
  await waitFor(() => existsSync(join(home, "practice-data", "audit.key")) && child.stdin.writableLength === 0);
  assert.equal(await waiting.end("SIGTERM"), 2);
  assert.equal(waiting.standardError(), "restante: the command was stopped; nothing was done\n");
});
