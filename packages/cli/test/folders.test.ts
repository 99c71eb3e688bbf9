import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { openEconomy } from "../src/economy/economy.ts";
import { atEnd, temporaryFolder } from "./support/at-end.ts";
import { type RunningCommand, runCommand } from "./support/processes.ts";

const example = fileURLToPath(new URL("../../../examples/consultation.json", import.meta.url));

/** The one line of a command that refuses. */
async function refusal(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = runCommand(words, env);
  assert.equal(await command.ended, 1, command.output());
  assert.equal(command.output().trim().split("\n").length, 1, command.output());
  return command.output();
}

const up = (data: string): string[] => ["up", "--data", data, "--port-base", "0", "--no-samples"];

async function running(t: TestContext, words: readonly string[]): Promise<RunningCommand> {
  const command = runCommand(words);
  atEnd(t, async () => command.end("SIGKILL"));
  await command.printed(/^Running\./m);
  return command;
}

/** A folder that has been in use, and that nobody uses now. */
async function usedFolder(t: TestContext): Promise<string> {
  const data = join(await temporaryFolder(t), "data");
  await (await running(t, up(data))).end("SIGINT");
  return data;
}

test("a command that starts no part refuses a folder without an economy, makes nothing, and names the one that runs", async (t) => {
  const folder = await temporaryFolder(t);
  const data = join(folder, "clinic");
  const mistyped = join(folder, "clinc");
  assert.match(
    await refusal(["send", example, "--data", mistyped]),
    new RegExp(`${mistyped} holds no economy; start one there with: restante up --data ${mistyped}`),
  );
  const command = await running(t, up(data));
  assert.match(command.output(), new RegExp(`A new economy, with keys and passwords of its own, in ${data}\n`));
  for (const words of [
    ["send", example],
    ["pair", example, "--into", folder],
  ]) {
    assert.match(
      await refusal([...words, "--data", mistyped]),
      new RegExp(`${mistyped} holds no economy; there is one in ${data}, and it is running: --data ${data}`),
    );
  }
  assert.deepEqual(readdirSync(folder), ["clinic"]);
});

test("who sends from a system whose journal was removed after a kill is told so: its next start has nothing to tell", async (t) => {
  const data = await usedFolder(t);
  await (await running(t, up(data))).end("SIGKILL");
  const journal = join(data, "practices", "Y99001", "practice.sqlite-wal");
  await rm(journal);

  const told = `Y99001 system: ${journal} is gone, after an end that was not in order: what was written last may be lost.`;
  for (const isTold of [true, false]) {
    const command = runCommand(["send", example, "--data", data]);
    assert.equal(await command.ended, 0, command.output());
    assert.equal(command.output().includes(told), isTold, command.output());
  }
});

test("a data folder that is a file, that cannot be made, or whose lock is damaged is told as what it is", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "file");
  await writeFile(file, "");
  for (const words of [up(file), ["send", example, "--data", file]]) {
    assert.match(await refusal(words), new RegExp(`${file} is no folder: name another with --data`));
  }
  assert.match(await refusal(up(join(file, "data"))), /a part of its path is no folder/);
  // A file system that takes no folders, and on which the system's own way to make them never ends.
  if (existsSync("/proc/self")) assert.match(await refusal(up("/proc/x")), /\/proc\/x: this folder cannot be made/);
  const data = join(folder, "data");
  await mkdir(data);
  await writeFile(join(data, "setup.lock"), "no lock at all ".repeat(100));
  assert.match(await refusal(up(data)), /setup\.lock: the lock file is damaged: remove it/);
});

test(
  "a data folder that may not be written is told as that",
  { skip: process.getuid?.() === 0 && "root may write everywhere" },
  async (t) => {
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o500);
    atEnd(t, async () => chmod(folder, 0o700));
    assert.match(await refusal(up(join(folder, "data"))), /cannot be made: permission denied/);
  },
);

test("what runs on a folder that is moved away stops and says so, and makes no other in its place", async (t) => {
  const data = join(await temporaryFolder(t), "data");
  const command = await running(t, up(data));
  await rename(data, `${data}.away`);
  assert.equal(await command.ended, 1, command.output());
  assert.match(command.standardError(), /^restante: .*: it was removed or replaced while it was in use\n$/);
  assert.ok(!existsSync(join(data, "server", "server.lock")));
  const log = await readFile(join(`${data}.away`, "restante.log"), "utf8");
  assert.match(log, /"level":50,.*"event":"folder-lost"/);
});

test("a MESH client alone whose folder is moved away ends with status 1 and says so", async (t) => {
  const data = join(await temporaryFolder(t), "data");
  const command = runCommand(["client", "--data", data, "--organisation", "Y99002", "--port-base", "1"]);
  atEnd(t, async () => command.end("SIGKILL"));
  await command.printed(/^MESH client of Y99002OT001/m);
  await rename(data, `${data}.away`);
  assert.equal(await command.ended, 1, command.output());
  assert.match(command.output(), /^.*Y99002OT001 client .*stops: .*it was removed or replaced while it was in use$/m);
  assert.match(
    command.standardError(),
    /^restante: .*Y99002OT001.*: it was removed or replaced while it was in use\n$/,
  );
  const log = await readFile(join(`${data}.away`, "restante-client.log"), "utf8");
  assert.match(
    log,
    /"level":50,.*"event":"folder-lost".*"mailboxId":"Y99002OT001"|"level":50,.*"mailboxId":"Y99002OT001".*"event":"folder-lost"/,
  );
});

test("settings that are not what was written are refused by their file", async (t) => {
  for (const text of ["{", "[]", "null", '{"portBase":"8700"}', '{"patients":7}']) {
    const data = await temporaryFolder(t);
    await writeFile(join(data, "setup.json"), text);
    assert.match(await refusal(up(data)), /setup\.json is not what Restante wrote there: correct it, or remove it/);
  }
});

test("a lost key, certificate or password file beside data is refused, and made anew only for who says so", async (t) => {
  const data = await usedFolder(t);
  for (const [name, says] of [
    ["secrets.json", /secrets\.json is missing: put it back from a backup, or make new passwords with --new-authority/],
    [
      "authority/ca.key",
      /ca\.key or ca\.crt beside it is missing: put both back from a backup, or make a new authority/,
    ],
    ["authority/ca.crt", /ca\.key or ca\.crt beside it is missing/],
  ] as const) {
    const file = join(data, name);
    await rename(file, `${file}.away`);
    assert.match(await refusal(up(data)), says);
    assert.ok(!existsSync(file), "nothing is made in its place");
    await rename(`${file}.away`, file);
  }
  const before = await readFile(join(data, "authority", "ca.crt"), "utf8");
  await rm(join(data, "authority", "ca.key"));
  await (await running(t, [...up(data), "--new-authority"])).end("SIGINT");
  assert.notEqual(await readFile(join(data, "authority", "ca.crt"), "utf8"), before);
  await (await running(t, up(data))).end("SIGINT");
});

test("a damaged authority is refused by its file; a damaged certificate that it issued is issued anew", async (t) => {
  const data = await usedFolder(t);
  const leaf = readdirSync(join(data, "authority")).find((name) => /^client-.*\.crt$/.test(name))!;
  await writeFile(join(data, "authority", leaf), "not a certificate");
  await (await running(t, up(data))).end("SIGINT");
  await writeFile(join(data, "authority", "ca.crt"), "not a certificate");
  assert.match(
    await refusal(up(data)),
    /authority\/ca\.crt and ca\.key are not a certificate and its key: put both back/,
  );
});

test("secrets that other users could read are refused; a folder that they may look into keeps its mode, and it is told", async (t) => {
  const data = join(await temporaryFolder(t), "data");
  await mkdir(data, { mode: 0o755 });
  await chmod(data, 0o755);
  const command = await running(t, up(data));
  assert.match(command.output(), new RegExp(`${data} is open to other users of this machine: to close it, chmod 700`));
  await command.end("SIGINT");
  assert.equal((await stat(data)).mode & 0o777, 0o755);
  const secrets = join(data, "secrets.json");
  await chmod(secrets, 0o644);
  assert.match(
    await refusal(up(data)),
    new RegExp(`${secrets}: other users of this machine may open it \\(mode 0644\\)`),
  );
  await chmod(secrets, 0o600);
  await chmod(join(data, "authority"), 0o755);
  await chmod(join(data, "authority", "ca.key"), 0o640);
  assert.match(await refusal(up(data)), /ca\.key: other users of this machine may open it \(mode 0640\)/);
});

test("a first start that was cut off is made whole by the next, whatever it had made", async (t) => {
  const data = await temporaryFolder(t);
  await openEconomy({ data });
  await rm(join(data, "secrets.json"));
  await rm(join(data, "authority", "ca.crt"));
  const { made } = await openEconomy({ data });
  assert.ok(made);
  assert.ok(existsSync(join(data, "secrets.json")));
});
