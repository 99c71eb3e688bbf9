import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes, busyFile } from "@restante/testbed";
import { freeName } from "../../src/directory/taken-names.ts";
import { namesInHand } from "../../src/directory/names-in-hand.ts";
import { foldNames } from "./folding-disk.ts";
import { mailboxFolder, startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

async function bodies(client: Awaited<ReturnType<typeof testClient>>): Promise<string[]> {
  const texts: string[] = [];
  for await (const id of client.listAll()) {
    const { body } = await client.download(id);
    texts.push((await body.toArray()).join(""));
  }
  return texts.toSorted();
}

test("pairs whose names a disk takes for one are each sent, and each kept in SENT", async (t) => {
  const server = await startTestServer(t);
  await using to = await testClient(server, practice);
  const folder = await startDirectory(t, server);
  for (const name of ["sent", "in", "temp"] as const) foldNames(t, folder.path(name));
  for (const base of ["Letter", "LETTER", "Ren\u00e9e", "Rene\u0301e"]) await folder.drop(base);
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("out"), []);
  const kept = (await folder.names("sent")).filter((name) => name.endsWith(".dat"));
  assert.equal(kept.length, 4, kept.join());
  const texts = await Promise.all(kept.map(async (name) => String(await folder.read("sent", name))));
  assert.deepEqual(texts.toSorted(), await bodies(to));
});

for (const folds of [true, false]) {
  test(`a control file and its data whose names differ in case are ${folds ? "a pair where the disk takes them for one" : "two halves on any other disk"}`, async (t) => {
    const server = await startTestServer(t);
    await using to = await testClient(server, practice);
    const folder = await startDirectory(t, server);
    await folder.drop("letter");
    await rename(folder.path("out", "letter.dat"), folder.path("out", "LETTER.dat"));
    if (folds) foldNames(t, folder.path("out"));
    const { sent, waiting } = await folder.directory.pollOnce();
    assert.deepEqual({ sent, waiting }, folds ? { sent: 1, waiting: 0 } : { sent: 0, waiting: 2 });
    assert.deepEqual(await folder.names("out"), folds ? [] : ["LETTER.dat", "letter.ctl"]);
    assert.deepEqual(await bodies(to), folds ? ["the data of letter"] : []);
  });
}

test("the same name dropped twice is two messages, and both are kept, also where the first still waits for its folder", async (t) => {
  const server = await startTestServer(t);
  await using to = await testClient(server, practice);
  const folder = await startDirectory(t, server);
  for (const data of ["one", "two", "three"]) {
    await folder.drop("letter", {}, data);
    await folder.directory.pollOnce();
  }
  assert.deepEqual(await bodies(to), ["one", "three", "two"]);
  const kept = (await folder.names("sent")).filter((name) => name.endsWith(".dat"));
  assert.equal(kept.length, 3);
});

test("of two pairs that are filed at the same moment neither gets the other's name", async (t) => {
  const folder = await mailboxFolder(t, sender);
  const names = namesInHand([
    {
      id: 1,
      subject: "stuck",
      steps: [{ from: { folder: "temp", name: "x" }, to: { folder: "sent", name: "Waiting.ctl" } }],
      tells: [],
      stuck: true,
    },
  ]);
  const choose = async (base: string, key: string): Promise<string> =>
    freeName(folder.root, base, key, (chosen) => names.take("sent", chosen, key));
  assert.deepEqual(await Promise.all([choose("Letter", "1"), choose("LETTER", "2"), choose("letters", "3")]), [
    "Letter",
    "LETTER_2",
    "letters",
  ]);
  assert.equal(await choose("letter", "1"), "letter", "its own, when it is tried again");
  assert.equal(await choose("waiting", "4"), "waiting_4", "that was decided before a kill");
  names.retain(["2", "3"]);
  assert.equal(await choose("letter", "5"), "letter");
});

test("a pair of which a file cannot be moved for a while holds up no other, is not sent again, is told, and comes to SENT then", async (t) => {
  const server = await startTestServer(t);
  await using to = await testClient(server, practice);
  const folder = await startDirectory(t, server);
  await folder.drop("A");
  await folder.drop("B");
  const end = busyFile(t, folder.path("out", "A.dat"));
  if (end === undefined) return;
  for (let times = 0; times < 2; times += 1) await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("sent"), ["B.ctl", "B.dat"]);
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);
  const told = folder.events.of("poll-failed");
  assert.deepEqual(
    told.map(({ folder: place, reason }) => `${place} ${reason}`),
    ["SENT SENT: it is busy."],
    "once, at the first poll",
  );
  end();
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat", "B.ctl", "B.dat"]);
  assert.deepEqual(await folder.names("out"), []);
  assert.equal(folder.events.of("poll-recovered").length, 1);
  assert.deepEqual(await bodies(to), ["the data of A", "the data of B"]);
});
