import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFile, utimes } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "node:test";
import { parseMessageId } from "@restante/mesh";
import { pairName } from "@restante/mesh-client/directory";
import { addressOf, startTestServer, testClient, testMailboxes, testPatients, testWorkflow } from "@restante/testbed";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

test("a pair in OUT is sent, and is then in SENT with its message id and a status record", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  await folder.drop("A", { subject: "Łódź", localId: "L1", allowChunking: true }, "the letter");

  const result = await folder.directory.pollOnce();
  assert.deepEqual(result, { sent: 1, received: 0, failed: 0, waiting: 0, held: [], unfetched: 0, error: undefined });
  assert.deepEqual(await folder.names("out"), []);
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  assert.deepEqual(await folder.names("temp"), []);
  assert.equal((await folder.read("sent", "A.dat")).toString(), "the letter");

  const control = await folder.control("sent", "A.ctl");
  const messageId = parseMessageId(control.messageId ?? "");
  assert.deepEqual(
    { ...control, status: { ...control.status, at: "" } },
    {
      version: "1.0",
      addressType: "DTS",
      messageType: "Data",
      from: sender,
      to: practice,
      workflowId: testWorkflow,
      subject: "Łódź",
      localId: "L1",
      messageId,
      isCompressed: false,
      allowChunking: true,
      status: {
        at: "",
        event: "TRANSFER",
        success: true,
        code: "00",
        description: "Data Transfer success confirmation.",
      },
    },
  );

  const tracked = await folder.client.track(messageId);
  assert.equal(tracked.status, "accepted");
  assert.equal(tracked.localId, "L1");
  assert.equal(tracked.fileName, "A.dat");
  await using recipient = await testClient(server, practice);
  const received = await recipient.download(messageId);
  assert.equal((await buffer(received.body)).toString(), "the letter");
  assert.equal(received.headers.subject, "Łódź");

  await folder.directory.pollOnce();
  assert.equal((await recipient.list()).messageIds.length, 1, "and is not sent again");
});

test("events tell what happens to a pair without naming its files", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  await folder.drop("Smith-9990000018", { localId: "LOCAL", subject: "SUBJECT" });
  await folder.directory.pollOnce();
  const pair = pairName("Smith-9990000018");
  const { messageId } = await folder.control("sent", "Smith-9990000018.ctl");
  assert.deepEqual(folder.events.all, [
    { event: "pair-found", mailboxId: sender, pair, bytes: 28 },
    { event: "pair-sent", mailboxId: sender, pair, messageId },
    { event: "poll-succeeded", mailboxId: sender, sent: 1, received: 0 },
  ]);
});

test("reports of success appear in IN as the settings say", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, sender, { reports: { transfer: true, poll: true } });
  await folder.drop("A", { localId: "L1", subject: "S" });
  await folder.directory.pollOnce();
  const { messageId } = await folder.control("sent", "A.ctl");
  const reports = await folder.inbox();
  const shown = reports.map(({ messageType, messageId, localId, status }) => ({
    messageType,
    messageId,
    localId,
    status: `${status?.event} ${status?.success} ${status?.code}`,
  }));
  const about = { messageType: "Report", messageId, localId: "L1" };
  const polled = { messageType: "Report", messageId: undefined, localId: undefined, status: "RECEIVE true 00" };
  assert.deepEqual(
    shown.sort((one, other) => (one.status < other.status ? -1 : 1)),
    [{ ...about, status: "COLLECT true 00" }, polled, { ...about, status: "TRANSFER true 00" }],
  );
  assert.ok((await folder.names("in")).every((name) => /^\d{20}_[0-9A-F]{6}\.ctl$/.test(name)));
});

test("data is sent compressed where that makes it smaller and Compress is not N", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  await using recipient = await testClient(server, practice);
  const text = Buffer.from("again and ".repeat(10_000));
  const noise = randomBytes(100_000);
  const cases = [
    { base: "TEXT", data: text, compress: undefined, compressed: true },
    { base: "TEXT-Y", data: text, compress: true, compressed: true },
    { base: "TEXT-N", data: text, compress: false, compressed: false },
    { base: "NOISE", data: noise, compress: true, compressed: false },
  ];
  for (const { base, data, compress, compressed } of cases) {
    await folder.drop(base, { compress }, data);
    assert.equal((await folder.directory.pollOnce()).sent, 1);
    const { messageId, isCompressed } = await folder.control("sent", `${base}.ctl`);
    assert.equal(isCompressed, compressed, base);
    const id = parseMessageId(messageId ?? "");
    const raw = await recipient.download(id, { decode: false });
    assert.equal((await buffer(raw.body)).length < data.length, compressed, base);
    assert.equal(raw.contentEncoding, compressed ? "gzip" : undefined);
    assert.deepEqual(await buffer((await recipient.download(id)).body), data);
    assert.deepEqual(await folder.read("sent", `${base}.dat`), data);
  }
});

test("a file that is still being written is left alone", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, sender, { settleMs: 400 });
  await folder.drop("A", {}, "first half");
  const polling = folder.directory.pollOnce();
  await delay(200);
  await appendFile(folder.path("out", "A.dat"), ", second half");
  const result = await polling;
  assert.equal(result.sent, 0);
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);

  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal((await folder.read("sent", "A.dat")).toString(), "first half, second half");
});

test("pairs are sent in the order of their control files", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  for (const [index, base] of ["C", "A", "B"].entries()) {
    await folder.drop(base);
    await utimes(folder.path("out", `${base}.ctl`), 1000 + index, 1000 + index);
  }
  assert.equal((await folder.directory.pollOnce()).sent, 3);
  assert.deepEqual(
    folder.events.of("pair-sent").map(({ pair }) => pair),
    ["C", "A", "B"].map((base) => pairName(base)),
  );
});

test("a name used again is another pair, and neither is overwritten in SENT", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  for (const data of ["one", "two"]) {
    await folder.drop("A", {}, data);
    assert.equal((await folder.directory.pollOnce()).sent, 1);
  }
  const names = await folder.names("sent");
  const { messageId } = await folder.control("sent", names[2] ?? "");
  assert.deepEqual(names, ["A.ctl", "A.dat", `A_${messageId}.ctl`, `A_${messageId}.dat`]);
  assert.equal((await folder.read("sent", "A.dat")).toString(), "one");
  assert.equal((await folder.read("sent", `A_${messageId}.dat`)).toString(), "two");
});

test("names in upper case, with spaces or with other letters are names too", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  for (const base of ["Łódź report (1)", "a.dat", "..", "%2e%2e%2f", "x".repeat(250)]) {
    await folder.drop(base);
    const result = await folder.directory.pollOnce();
    assert.equal(result.sent, 1, base);
    assert.ok((await folder.names("sent")).includes(`${base}.dat`), base);
  }
});

test("a message routed by patient reaches the practice, and one that cannot be routed comes back as a report", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  const workflowId = "GPFED_CONSULT_REPORT";
  await folder.drop("KNOWN", { to: addressOf(testPatients.accented), workflowId, localId: "Y90001" });
  await folder.drop("UNKNOWN", { to: addressOf(testPatients.unknown), workflowId, localId: "Y90001" });
  assert.equal((await folder.directory.pollOnce()).sent, 2);

  await using recipient = await testClient(server, practice);
  const { messageId } = await folder.control("sent", "KNOWN.ctl");
  await server.events.next("message-placed");
  assert.deepEqual((await recipient.list()).messageIds, [messageId]);

  await server.events.next("report-placed");
  assert.equal((await folder.directory.pollOnce()).received, 1);
  const names = await folder.names("in");
  assert.equal(names.length, 1);
  const report = await folder.control("in", names[0] ?? "");
  assert.equal(report.messageType, "Report");
  assert.equal(report.messageId, (await folder.control("sent", "UNKNOWN.ctl")).messageId);
  assert.notEqual(`${report.messageId}.ctl`, names[0], "its own id is its file name");
  assert.equal(`${report.status?.event} ${report.status?.success} ${report.status?.code}`, "SEND false EPL-153");
  assert.equal(report.localId, "Y90001");
  assert.equal(report.workflowId, workflowId);
});
