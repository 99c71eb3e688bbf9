import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import test, { type TestContext } from "node:test";

import { ControlError, type ControlErrorCode } from "@restante/control";
import { createDevelopmentServer, type DevelopmentServerConfig } from "@restante/mesh-server/development";

import { type Development, inbox, recipient, send, startDevelopment, third } from "./development.ts";

const refused = (code: ControlErrorCode, words: RegExp) => (error: unknown) =>
  error instanceof ControlError && error.code === code && words.test(error.message);

/** A server with two snapshots of one message, and a second message since. */
async function startWithSnapshots(t: TestContext): Promise<Development & { root: string; folder: string }> {
  const development = await startDevelopment(t);
  const { control } = development.server;
  await send(development);
  await control.faults.add({ at: "handshake", do: "status", status: 503, mailbox: third });
  await control.snapshots.save({ name: "a" });
  await control.snapshots.save({ name: "b" });
  await send(development);
  const root = join(development.config.dataFolder, "snapshots");
  const folder = (await readdir(root)).find((entry) => /^a\.[0-9a-f]{16}$/.test(entry))!;
  return Object.assign(development, { root, folder });
}

test("a snapshot whose description was edited or cut short is refused, deletes nothing else, keeps no start, and can be removed", async (t) => {
  const development = await startWithSnapshots(t);
  const { root, folder, config } = development;
  const whole = JSON.parse(await readFile(join(root, "a.json"), "utf8")) as object;
  const other = JSON.parse(await readFile(join(root, "b.json"), "utf8")) as { folder: string };
  const edited = [{ folder: undefined }, { folder: ".." }, { folder: "" }, { folder: other.folder }, { name: "b" }];
  const damaged = ["", "null", "5", '{"name":"a"', ...edited.map((edit) => JSON.stringify({ ...whole, ...edit }))];

  for (const text of damaged) {
    await writeFile(join(root, "a.json"), text);
    for (const verb of ["restore", "save"] as const) {
      const { snapshots } = development.server.control;
      await assert.rejects(snapshots[verb]({ name: "a" }), refused("failed", /a\.json: .*remove/), text);
    }
    assert.equal((await inbox(development, recipient)).length, 2);
  }
  await rm(join(root, "a.json"));
  await mkdir(join(root, "a.json"));
  await assert.rejects(development.server.control.snapshots.list(), refused("failed", /a\.json/));

  await development.restart();
  const { snapshots } = development.server.control;
  assert.ok(existsSync(join(root, folder)), "what may be put right by hand is not swept away");
  await snapshots.remove({ name: "a" });
  assert.ok(!existsSync(join(root, folder)));
  assert.deepEqual(
    (await snapshots.list()).snapshots.map(({ name }) => name),
    ["b"],
  );
  assert.ok(existsSync(join(config.dataFolder, "store.sqlite")));
  await snapshots.restore({ name: "b" });
  assert.equal((await inbox(development, recipient)).length, 1);
});

test("a snapshot whose clock, faults or moved patients cannot be put back changes nothing, and the next start goes on", async (t) => {
  const development = await startWithSnapshots(t);
  const { root, folder } = development;
  const file = join(root, folder, "parts.json");
  const whole = JSON.parse(await readFile(file, "utf8")) as { faults: { standing: object[] } };
  const { standing } = whole.faults;
  const damaged = [
    "",
    "null",
    '{"clock":',
    JSON.stringify({ ...whole, clock: "soon" }),
    JSON.stringify({ ...whole, faults: "none" }),
    JSON.stringify({ ...whole, faults: { standing } }),
    JSON.stringify({ ...whole, faults: { added: 1, standing: [{ ...standing[0], fault: { at: "nowhere" } }] } }),
    JSON.stringify({ ...whole, demographics: 7 }),
    JSON.stringify({ ...whole, demographics: [{ nhsNumber: "1" }] }),
  ];

  for (const text of damaged) {
    await writeFile(file, text);
    const restored = development.server.control.snapshots.restore({ name: "a" });
    await assert.rejects(restored, refused("not-possible", /./), text);
    assert.equal((await inbox(development, recipient)).length, 2);
  }
  await rm(file);
  const restored = development.server.control.snapshots.restore({ name: "a" });
  await assert.rejects(restored, refused("failed", /parts\.json/));

  await development.restart();
  assert.equal((await inbox(development, recipient)).length, 2);
});

test("a snapshot with a fault of a mailbox that this server does not have is refused with the reason, and changes nothing", async (t) => {
  const development = await startWithSnapshots(t);
  await development.server.control.faults.clear();
  await development.server.close();
  const config: DevelopmentServerConfig = {
    ...development.config,
    mailboxes: development.config.mailboxes.filter(({ mailboxId }) => mailboxId !== third),
  };
  await using server = await createDevelopmentServer(config, development.services);

  const restored = server.control.snapshots.restore({ name: "a" });

  await assert.rejects(restored, refused("not-possible", /cannot stand on this server: there is no such mailbox/));
  const { messages } = await server.control.messages.list({ mailbox: recipient });
  assert.equal(messages.length, 2);
});

test("a restore that was cut off and that a server with fewer mailboxes cannot end is told at its start, and ended by one that has them", async (t) => {
  const development = await startWithSnapshots(t);
  const { config, services, folder, root } = development;
  const parts = await readFile(join(root, folder, "parts.json"), "utf8");
  await development.server.control.faults.clear();
  await development.server.close();
  // As a kill between the messages and the rest leaves it.
  const store = new DatabaseSync(join(config.dataFolder, "store.sqlite"));
  store.exec("CREATE TABLE unfinished_restore (parts TEXT NOT NULL)");
  store.prepare("INSERT INTO unfinished_restore VALUES (?)").run(parts);
  store.close();

  const mailboxes = config.mailboxes.filter(({ mailboxId }) => mailboxId !== third);
  await assert.rejects(createDevelopmentServer({ ...config, mailboxes }, services), {
    code: "unusable",
    message: /a restore was cut off, and must be ended by a server with the mailboxes and doors of then/,
  });

  await using server = await createDevelopmentServer(config, services);
  assert.equal((await server.control.faults.list()).faults[0]?.mailbox, third);
});
