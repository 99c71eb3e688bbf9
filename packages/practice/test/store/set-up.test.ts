import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { DurableError } from "@restante/durable";
import { openDatabase } from "../../src/store/database.ts";
import { deliver, openPractice, temporaryFolder } from "../support/economy.ts";
import { killablePractice } from "../support/killable.ts";
import { receiver, sender } from "../support/organisations.ts";

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

async function refusal(folder: string): Promise<DurableError> {
  let refused: unknown;
  try {
    (await openDatabase(folder)).close();
  } catch (error) {
    refused = error;
  }
  assert.ok(refused instanceof DurableError, "It was opened.");
  assert.doesNotMatch(refused.message, /\n/);
  return refused;
}

for (const [how, lose] of [
  ["missing", (file: string) => rmSync(file)],
  ["empty", (file: string) => truncateSync(file)],
] as const) {
  test(`a system that was set up and whose database is ${how} is refused, and nothing is made in its place`, async (t) => {
    const folder = join(temporaryFolder(t), "practice");
    (await openDatabase(folder)).close();
    const file = join(folder, "practice.sqlite");
    lose(file);
    const before = readdirSync(folder);
    const { code, message } = await refusal(folder);
    assert.equal(code, "damaged");
    assert.match(
      message,
      new RegExp(`practice\\.sqlite: it is ${how}, but this system was set up before: put back a copy`),
    );
    assert.deepEqual(readdirSync(folder), before);
  });
}

test("a database that is missing beside kept messages is refused", async (t) => {
  const folder = join(temporaryFolder(t), "practice");
  mkdirSync(join(folder, "kept"), { recursive: true, mode: 0o700 });
  (await openDatabase(folder)).close();
  for (const name of readdirSync(folder).filter((name) => name !== "kept")) rmSync(join(folder, name));
  writeFileSync(join(folder, "kept", "message.dat"), "x");
  assert.match((await refusal(folder)).message, /messages are kept in/);
});

test("killed before the first start had made the database, the next one makes it", async (t) => {
  const folder = join(temporaryFolder(t), "practice");
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, "practice.sqlite"), "", { mode: 0o600 });
  (await openDatabase(folder)).close();
});

test("a system of an earlier version, which has no sign of having been set up, gets it", async (t) => {
  const folder = join(temporaryFolder(t), "practice");
  (await openDatabase(folder)).close();
  rmSync(join(folder, "set-up.txt"));
  (await openDatabase(folder)).close();
  rmSync(join(folder, "practice.sqlite"));
  await refusal(folder);
});

test("a damaged database, a newer one and a data folder that is a file are told in one line that names the file", async (t) => {
  const home = temporaryFolder(t);
  const damaged = join(home, "damaged");
  mkdirSync(damaged, { mode: 0o700 });
  writeFileSync(join(damaged, "practice.sqlite"), "no database".repeat(1000), { mode: 0o600 });
  const first = await refusal(damaged);
  assert.equal(first.code, "damaged");
  assert.match(first.message, /practice\.sqlite: /);

  const newer = join(home, "newer");
  (await openDatabase(newer)).close();
  {
    using database = new DatabaseSync(join(newer, "practice.sqlite"));
    database.exec("PRAGMA user_version = 1000");
  }
  assert.equal((await refusal(newer)).code, "too-new");

  writeFileSync(join(home, "file"), "");
  assert.match((await refusal(join(home, "file"))).message, /file: /);
});

test("what a practice makes is its owner's alone", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { maxMessageBytes: 10 } });
  const messageId = deliver(to, "longer than is read", { from: sender.mailboxId, workflowId: "W" });
  chmodSync(join(to.folder, "IN", `${messageId}.dat`), 0o644);
  await to.practice.cycle();
  const { dataFolder } = to.options;
  assert.equal(modeOf(dataFolder), "700");
  assert.equal(modeOf(join(dataFolder, "kept")), "700");
  const files = [...readdirSync(dataFolder), ...readdirSync(join(dataFolder, "kept")).map((name) => `kept/${name}`)];
  for (const name of files.filter((name) => name !== "kept")) assert.equal(modeOf(join(dataFolder, name)), "600", name);
  assert.ok(files.includes("practice.sqlite-wal") && files.includes(`kept/${messageId}.dat`));
});

test("a data folder that others may open keeps its mode, and that is told; a database that they may open is refused", async (t) => {
  const to = await openPractice(t, receiver);
  const { dataFolder } = to.options;
  await to.practice[Symbol.asyncDispose]();
  chmodSync(dataFolder, 0o755);
  await to.reopen();
  assert.equal(modeOf(dataFolder), "755");
  assert.deepEqual(
    to.events.filter(({ event }) => event === "folder-open-to-others"),
    [{ event: "folder-open-to-others", odsCode: receiver.odsCode, folder: to.options.dataFolder }],
  );
  await to.practice[Symbol.asyncDispose]();
  chmodSync(join(dataFolder, "practice.sqlite"), 0o644);
  await assert.rejects(to.reopen(), { code: "not-private" });
});

test("a database whose -wal is removed after a kill is told at the next start, once, and one that is there is not", async (t) => {
  const to = await openPractice(t, receiver);
  const { organisation, role, businessResponse, dataFolder } = to.options;
  const told = (): unknown[] => to.events.splice(0).filter(({ event }) => event === "journal-missing");
  const file = join(dataFolder, "practice.sqlite-wal");
  const running = killablePractice(t, join(to.folder, ".."), {
    options: { organisation, role, businessResponse, dataFolder },
    transport: { kind: "directory", mailboxId: to.organisation.mailboxId, folder: to.folder },
  });
  await to.practice[Symbol.asyncDispose]();
  await running.start();
  await running.kill();
  await to.reopen();
  assert.deepEqual(told(), []);
  await to.practice[Symbol.asyncDispose]();
  await running.start();
  await running.kill();
  rmSync(file);
  await to.reopen();
  assert.deepEqual(told(), [{ event: "journal-missing", odsCode: organisation.odsCode, file }]);
  await to.reopen();
  assert.deepEqual(told(), []);
});
