import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes } from "@restante/testbed";
import { startDirectory } from "./mailbox-folder.ts";

test("without keepSent a pair that was sent is in no folder, its reports are in IN, and it is not sent again", async (t) => {
  const server = await startTestServer(t);
  const reports = { collect: true, transfer: true };
  const folder = await startDirectory(t, server, testMailboxes.sender, { keepSent: false, reports });
  await folder.drop("A", { localId: "L1" });
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  for (const name of ["out", "sent", "failed", "temp"] as const) assert.deepEqual(await folder.names(name), [], name);
  const event = folder.events.all.find((told) => told.event === "pair-sent");
  assert.ok(event?.event === "pair-sent");
  const told = (await folder.inbox()).map(({ localId, messageId, status }) => [localId, messageId, status?.event]);
  assert.deepEqual(
    new Set(told.map((words) => words.join(" "))),
    new Set([`L1 ${event.messageId} COLLECT`, `L1 ${event.messageId} TRANSFER`]),
  );
  await folder.restart();
  assert.equal((await folder.directory.pollOnce()).sent, 0);

  await folder.drop("A", { localId: "L2" });
  assert.equal((await folder.directory.pollOnce()).sent, 1, "another under the same name is another pair");
  await using recipient = await testClient(server, testMailboxes.practice);
  assert.equal((await recipient.list()).messageIds.length, 2);
});

test("without keepSent a pair that was not sent is in FAILED all the same", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, testMailboxes.sender, { keepSent: false });
  await folder.drop("A", { to: "NOBODY" });
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
});
