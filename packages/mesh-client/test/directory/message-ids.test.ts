import assert from "node:assert/strict";
import { test } from "node:test";
import { messageFileName } from "@restante/mesh";
import { unusableIds } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import {
  recordEvents,
  settableClock,
  startTestServer,
  testClient,
  testMailboxes,
  testWorkflow,
} from "@restante/testbed";
import { parseMailboxId } from "@restante/mesh";
import { answer, clientOf, startFaultyPeer } from "../faulty-peer.ts";
import { startRenamingServer } from "../renaming-server.ts";
import { mailboxFolder, startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const ids = [
  "0f8b2c4d6e8a4c1f9b3d5e7f60718293",
  "0F8B2C4D6E8A4C1F9B3D5E7F60718293",
  "../../OUT/x",
  "CON",
  "a/b",
  "\u{1F48C}",
  "Y".repeat(255),
];

test("messages come into IN under any id: none leaves the folder, none shares a file, and the .ctl has the id", async (t) => {
  const real = await startTestServer(t);
  const server = await startRenamingServer(t, real, [sender, practice], ids);
  await using from = await testClient(server, sender);
  for (const [index] of ids.entries()) {
    await from.send({ to: practice, workflowId: testWorkflow, body: `message ${index}` });
  }
  const client = await testClient(server, practice);
  const folder = await startDirectory(t, real, practice, { client });
  assert.equal((await folder.directory.pollOnce()).received, ids.length);

  const names = ids.map(messageFileName);
  assert.equal(names[1], ids[1], "what is a file name everywhere stands as it is");
  assert.deepEqual(await folder.names("in"), names.flatMap((name) => [`${name}.ctl`, `${name}.dat`]).sort());
  for (const [index, id] of ids.entries()) {
    assert.equal((await folder.read("in", `${names[index]}.dat`)).toString(), `message ${index}`);
    assert.equal((await folder.control("in", `${names[index]}.ctl`)).messageId, id);
  }
  for (const other of ["out", "sent", "failed", "temp"] as const) assert.deepEqual(await folder.names(other), []);
  assert.deepEqual((await client.list()).messageIds, [], "all of them are acknowledged");
  assert.deepEqual(
    folder.events.of("message-saved").map(({ messageId }) => messageId as string),
    ids,
  );
});

test("a pair is filed once under whatever id its server gives", async (t) => {
  const real = await startTestServer(t);
  const server = await startRenamingServer(t, real, [sender], ids);
  const client = await testClient(server, sender);
  const folder = await startDirectory(t, real, sender, { client, onAmbiguous: "resend" });
  // Longer names leave no room for an id behind them.
  const long = "L".repeat(240);
  for (const base of ["A", "B", "C", "D", long]) await folder.drop(base);
  assert.equal((await folder.directory.pollOnce()).sent, 5);
  await folder.drop("A");
  await folder.drop(long);
  assert.equal((await folder.directory.pollOnce()).sent, 2);
  const filed = (await folder.names("sent")).filter((name) => name.endsWith(".ctl"));
  const filedIds = await Promise.all(filed.map(async (name) => (await folder.control("sent", name)).messageId ?? ""));
  assert.deepEqual(filedIds.sort(), Array.from(ids).sort());
  assert.ok(filed.includes(`A_${messageFileName("\u{1F48C}")}.ctl`));
  await using recipient = await testClient(real, practice);
  assert.equal((await recipient.list()).messageIds.length, 7, "each was sent once");
});

test("an entry that cannot be a message id is told and passed over, and the others are received", async (t) => {
  const listing = answer(200, { messages: ["a\nb", "ok", 7] });
  const body = answer(200, "the letter", { "mex-chunk-range": "1:1", "mex-from": sender });
  const over = answer(200, { messages: [] });
  const peer = await startFaultyPeer(t, [answer(200), listing, body, answer(200), over]);
  const client = await clientOf(t, peer.url);
  const events = recordEvents();
  const folder = await mailboxFolder(t, client.mailboxId);
  const clock = settableClock();
  await using directory = await createDirectoryClient({
    client,
    folder: folder.root,
    settleMs: 0,
    clock,
    emit: events.emit,
  });
  assert.equal((await directory.pollOnce()).received, 1);
  assert.deepEqual(await folder.names("in"), [`${messageFileName("ok")}.ctl`, `${messageFileName("ok")}.dat`]);
  const { mailboxId } = client;
  const since = clock.now();
  assert.deepEqual(events.of("listing-unreadable"), [
    { event: "listing-unreadable", mailboxId, ids: 2, times: 1, since },
  ]);
  await directory.pollOnce();
  assert.deepEqual(events.of("listing-readable"), [{ event: "listing-readable", mailboxId, times: 1, since }]);
});

test("entries that cannot be message ids are told at once, then at growing intervals, and their end once", () => {
  const clock = settableClock();
  const events = recordEvents();
  const tell = unusableIds({ mailboxId: parseMailboxId("A"), clock, emit: events.emit });
  tell(0);
  assert.deepEqual(events.all, []);
  for (let second = 0; second < 3600; second += 1) {
    tell(2);
    clock.advance(1000);
  }
  assert.deepEqual(
    events.of("listing-unreadable").map(({ times }) => times),
    [1, 61, 361, 2161],
  );
  tell(0);
  tell(0);
  assert.deepEqual(
    events.of("listing-readable").map(({ times }) => times),
    [3600],
  );
});
