import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

for (const [name, code] of [
  ["sent", "GOOD"],
  ["failed", "BAD"],
] as const) {
  test(`a pair that waits for ${name.toUpperCase()} writes over nothing that is there when it is back`, async (t) => {
    const server = await startTestServer(t);
    const folder = await startDirectory(t, server);
    await folder.drop("LETTER", code === "BAD" ? { to: "NOBODY" } : {}, "ours");
    await rename(folder.path(name), `${folder.path(name)}.away`);
    await folder.directory.pollOnce();
    assert.deepEqual(await folder.names("out"), ["LETTER.ctl", "LETTER.dat"]);
    await rename(`${folder.path(name)}.away`, folder.path(name));
    await writeFile(folder.path(name, "LETTER.dat"), "another's");
    await folder.directory.pollOnce();
    assert.deepEqual(await folder.names("out"), []);
    assert.equal(String(await folder.read(name, "LETTER.dat")), "another's");
    const [control = "", data = "", ...others] = (await folder.names(name)).filter((one) => one !== "LETTER.dat");
    assert.deepEqual(others, []);
    assert.equal(control.replace(".ctl", ""), data.replace(".dat", ""));
    assert.equal(String(await folder.read(name, data)), "ours");
    assert.notEqual((await folder.control(name, control)).status, undefined);
    assert.deepEqual(await folder.names("temp"), []);
    assert.equal((await folder.directory.pollOnce()).error, undefined);
  });
}

test("a pair of which half is in SENT when the name of the other half is taken waits, is told, and is not sent again", async (t) => {
  const server = await startTestServer(t);
  await using to = await testClient(server, practice);
  const folder = await startDirectory(t, server);
  await folder.drop("LETTER", {}, "ours");
  await rename(folder.path("sent"), `${folder.path("sent")}.away`);
  await folder.directory.pollOnce();
  await rename(`${folder.path("sent")}.away`, folder.path("sent"));
  // As after a kill between the two moves.
  await rename(folder.path("out", "LETTER.dat"), folder.path("sent", "LETTER.dat"));
  await writeFile(folder.path("sent", "LETTER.ctl"), "another's");
  for (let times = 0; times < 2; times += 1) await folder.directory.pollOnce();
  assert.equal(String(await folder.read("sent", "LETTER.ctl")), "another's");
  assert.equal(
    folder.events.of("poll-failed").at(-1)?.reason,
    "SENT: another file has the name of one that belongs there; take it away.",
  );
  await rm(folder.path("sent", "LETTER.ctl"));
  assert.equal((await folder.directory.pollOnce()).error, undefined);
  assert.notEqual((await folder.control("sent", "LETTER.ctl")).messageId, undefined);
  assert.deepEqual(await folder.names("out"), []);
  assert.equal((await to.list()).messageIds.length, 1);
});

test("what has the name of a message in IN is not written over, and the message is acknowledged once it is in its place", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice);
  const [first = "", second = ""] = await Promise.all(
    ["one", "two"].map(async (body) => (await from.send({ to: practice, workflowId: testWorkflow, body })).messageId),
  );
  await writeFile(folder.path("in", `${first}.dat`), "a person's");
  for (let times = 0; times < 2; times += 1) await folder.directory.pollOnce();
  assert.equal(String(await folder.read("in", `${first}.dat`)), "a person's");
  assert.deepEqual(await folder.names("in"), [`${first}.dat`, `${second}.ctl`, `${second}.dat`].toSorted());
  assert.deepEqual((await folder.client.list()).messageIds, [first]);
  assert.deepEqual(
    folder.events.of("poll-failed").map(({ reason }) => reason),
    ["IN: another file has the name of one that belongs there; take it away."],
  );
  await rm(folder.path("in", `${first}.dat`));
  await folder.directory.pollOnce();
  assert.equal((await folder.read("in", `${first}.dat`)).length, 3);
  assert.ok((await folder.names("in")).includes(`${first}.ctl`));
  assert.deepEqual((await folder.client.list()).messageIds, []);
});

test("a message that comes a second time while the first is whole in IN, its journal lost, is there once", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const real = await testClient(server, practice);
  let isCut = true;
  const client = Object.create(real, {
    acknowledge: {
      value: async (...words: Parameters<typeof real.acknowledge>) => {
        if (isCut) throw new Error("cut");
        return real.acknowledge(...words);
      },
    },
  }) as typeof real;
  const folder = await startDirectory(t, server, practice, { client });
  const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: "one" });
  await folder.directory.pollOnce();
  const there = await folder.names("in");
  assert.deepEqual(there, [`${messageId}.ctl`, `${messageId}.dat`]);
  isCut = false;
  await folder.directory[Symbol.asyncDispose]();
  await rm(`${folder.root}/.restante`, { recursive: true });
  await folder.restart();
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("in"), there);
  assert.deepEqual((await real.list()).messageIds, []);
});
