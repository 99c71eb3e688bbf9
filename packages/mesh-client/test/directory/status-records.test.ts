import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMessageId } from "@restante/mesh";
import { settableClock, startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { receivedTime } from "../../src/directory/status-times.ts";
import { startDirectory } from "./mailbox-folder.ts";

const { sender } = testMailboxes;
const summer = new Date("2026-07-01T23:30:00Z");

for (const [statusTimes, at] of [
  ["uk", "20260702003000"],
  ["utc", "20260701233000"],
] as const) {
  test(`status records are dated ${statusTimes === "uk" ? "as clocks in the UK show it" : "in UTC where that is set"}, in SENT, FAILED, IN and reports`, async (t) => {
    const clock = settableClock(summer);
    const server = await startTestServer(t, { clock });
    const client = await testClient(server, sender);
    await client.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("x") });
    const folder = await startDirectory(t, server, sender, {
      client,
      clock,
      ...(statusTimes === "utc" && { statusTimes }),
      reports: { collect: true, transfer: true, poll: true },
    });
    await folder.drop("GOOD");
    await folder.drop("BAD", { to: "NOBODY" });
    const { sent, failed, received } = await folder.directory.pollOnce();
    assert.deepEqual({ sent, failed, received }, { sent: 1, failed: 1, received: 1 });
    const controls = [
      await folder.control("sent", "GOOD.ctl"),
      await folder.control("failed", "BAD.ctl"),
      ...(await folder.inbox()),
    ];
    assert.deepEqual(
      controls.map(({ status }) => `${status?.event} ${status?.code} ${status?.at}`).sort(),
      [
        `COLLECT 00 ${at}`,
        `RECEIVE 00 ${at}`,
        `SEND 12 ${at}`,
        `SEND 12 ${at}`,
        `TRANSFER 00 ${at}`,
        `TRANSFER 00 ${at}`,
        `TRANSFER 00 ${at}`,
      ].sort(),
    );
  });
}

test("the time of a received message is the same whether its server says it in UTC or in UK time", () => {
  const id = parseMessageId("20260701233000123456_ABCDEF");
  for (const header of ["20260701233000", "20260702003000", "20260702003059"]) {
    const seconds = header.slice(-2);
    assert.equal(receivedTime(header, id, "uk"), `202607020030${seconds}`);
    assert.equal(receivedTime(header, id, "utc"), `202607012330${seconds}`);
  }
  // The hour that comes twice: its first half is summer's, and its second is not.
  assert.equal(receivedTime("20261025013000", parseMessageId("20261025003000123456_ABCDEF"), "utc"), "20261025003000");
  assert.equal(receivedTime("20261025013000", parseMessageId("20261025013000123456_ABCDEF"), "utc"), "20261025013000");
  // Accepted long after it was begun, or under an id that tells nothing: UTC, as our own server has it.
  assert.equal(receivedTime("20260702004500", id, "uk"), "20260702014500");
  assert.equal(receivedTime("20260701233000", parseMessageId("another id"), "uk"), "20260702003000");
  assert.equal(receivedTime("yesterday", id, "uk"), "yesterday");
});

test("each report that may be switched off is, and that of a pair that failed never", async (t) => {
  const server = await startTestServer(t);
  const none = { collect: false, transfer: false, delay: false, authentication: false, poll: false };
  const folder = await startDirectory(t, server, sender, { reports: none, missingPairAfterMs: 0 });
  await folder.drop("SENT");
  await folder.drop("REFUSED", { to: "NOBODY", localId: "L1" });
  await folder.drop("INVALID", { subject: "S".repeat(501), localId: "L2" });
  await folder.directory.pollOnce();
  const statuses = async (): Promise<string[]> =>
    (await folder.inbox()).map(({ status }) => `${status?.event} ${status?.code}`).sort();
  assert.deepEqual(await statuses(), ["SEND 12", "TRANSFER 06"]);

  const client = await testClient(server, sender, { password: "wrong" });
  await folder.restart({ client });
  await folder.drop("WAITS");
  await folder.directory.pollOnce();
  assert.deepEqual(await statuses(), ["SEND 12", "TRANSFER 06"]);

  await folder.restart({ client, reports: { ...none, authentication: true, pollFailures: true } });
  await folder.directory.pollOnce();
  assert.deepEqual(await statuses(), ["RECEIVE 17", "SEND 12", "TRANSFER 04", "TRANSFER 06"]);

  await folder.restart({ reports: { ...none, pollFailures: true } });
  await folder.directory.pollOnce();
  assert.deepEqual(
    await statuses(),
    ["RECEIVE 17", "SEND 12", "TRANSFER 04", "TRANSFER 06"],
    "a poll that succeeds has none",
  );
  await folder.restart({ reports: { ...none, poll: true, pollFailures: false }, client });
  await folder.directory.pollOnce();
  await folder.restart({ reports: { ...none, poll: true, pollFailures: false } });
  await folder.directory.pollOnce();
  assert.deepEqual(await statuses(), ["RECEIVE 00", "RECEIVE 17", "SEND 12", "TRANSFER 04", "TRANSFER 06"]);
  await client[Symbol.asyncDispose]();
});
