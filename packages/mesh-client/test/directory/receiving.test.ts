import assert from "node:assert/strict";
import { mkdir, rm, rmdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { test } from "node:test";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { formatTimestamp, writeControlFile } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { settableClock, startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const envelope = { to: practice, workflowId: testWorkflow };
const lost = new MeshClientError("answer-lost", "The connection broke.", { retry: "safe" });

test("a received message is in IN under its id, with a control file like the NHS client's, and is acknowledged", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice);
  const { messageId } = await from.send({
    ...envelope,
    body: Buffer.from("the letter"),
    subject: "<Łódź & co>",
    localId: "L1",
    fileName: "letter.dat",
  });

  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`]);
  assert.deepEqual(await folder.names("temp"), []);
  assert.equal((await folder.read("in", `${messageId}.dat`)).toString(), "the letter");

  const control = await folder.control("in", `${messageId}.ctl`);
  assert.equal((await folder.read("in", `${messageId}.ctl`)).toString(), writeControlFile(control));
  assert.match(control.status?.at ?? "", /^\d{14}$/);
  assert.deepEqual(control, {
    version: "1.0",
    addressType: "ALL",
    messageType: "Data",
    from: sender,
    to: practice,
    fromSmtp: `${sender.toLowerCase()}@dts.nhs.uk`,
    toSmtp: `${practice.toLowerCase()}@dts.nhs.uk`,
    subject: "<Łódź & co>",
    localId: "L1",
    messageId,
    compress: false,
    encrypted: false,
    workflowId: testWorkflow,
    isCompressed: false,
    status: {
      at: control.status?.at,
      event: "TRANSFER",
      success: true,
      code: "00",
      description: "Transferred to recipient mailbox",
    },
  });

  assert.deepEqual((await folder.client.list()).messageIds, []);
  assert.equal((await from.track(messageId)).status, "acknowledged");
  assert.deepEqual(folder.events.all, [
    { event: "message-saved", mailboxId: practice, messageId, messageType: "DATA", bytes: 10 },
    { event: "message-cleared", mailboxId: practice, messageId },
    { event: "poll-succeeded", mailboxId: practice, sent: 0, received: 1 },
  ]);
});

for (const isPacked of [false, true]) {
  test(`a report is a .ctl alone, and what a server puts into one all the same${isPacked ? ", compressed," : ""} is kept beside it`, async (t) => {
    const server = await startTestServer(t);
    await using from = await testClient(server, sender);
    const real = await testClient(server, practice);
    const download: MeshClient["download"] = async (messageId, options) => {
      const message = await real.download(messageId, options);
      const headers = { ...message.headers, messageType: "Report" };
      if (messageId !== empty) return { ...message, headers };
      message.body.destroy();
      return { ...message, headers, body: Readable.from([]) };
    };
    const folder = await startDirectory(t, server, practice, { client: { ...real, download } });
    const contentEncoding = isPacked ? "gzip" : undefined;
    const body = isPacked ? gzipSync("why") : Buffer.from("why");
    const { messageId: empty } = await from.send({ ...envelope, body, contentEncoding });
    const { messageId: full } = await from.send({ ...envelope, body, contentEncoding });
    await folder.directory.pollOnce();
    assert.deepEqual(await folder.names("in"), [`${empty}.ctl`, `${full}.ctl`, `${full}.dat`].toSorted());
    assert.equal(String(await folder.read("in", `${full}.dat`)), "why");
    assert.equal((await folder.control("in", `${full}.ctl`)).messageType, "Report");
    assert.deepEqual(await folder.names("temp"), []);
    const saved = folder.events.of("message-saved").map(({ messageType, bytes }) => `${messageType} ${bytes}`);
    assert.deepEqual(saved.toSorted(), ["REPORT 0", "REPORT 3"]);
    assert.deepEqual(folder.events.of("message-not-decompressed"), []);
    assert.deepEqual((await folder.client.list()).messageIds, []);
  });
}

test("messages come in the order of acceptance, more than a page of them in one poll", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const real = await testClient(server, practice);
  const client: MeshClient = { ...real, listAll: (options) => real.listAll({ ...options, maxResults: 10 }) };
  const folder = await startDirectory(t, server, practice, { client });
  const sent: string[] = [];
  for (let count = 0; count < 25; count += 1) {
    const { messageId } = await from.send({ ...envelope, body: Buffer.from(`message ${count}`) });
    sent.push(messageId);
  }
  assert.equal((await folder.directory.pollOnce()).received, 25);
  assert.deepEqual(
    folder.events.of("message-saved").map(({ messageId }) => messageId as string),
    sent,
  );
});

test("the sender's file name is never a path here", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice);
  for (const fileName of ["../../escape.dat", "/etc/passwd", "..\\escape.dat", "C:\\escape.dat"]) {
    const { messageId } = await from.send({ ...envelope, body: Buffer.from("x"), fileName });
    await folder.directory.pollOnce();
    assert.ok((await folder.names("in")).includes(`${messageId}.dat`));
  }
  assert.equal((await folder.names("in")).length, 8);
});

test("compressed content is in IN as it was before", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice);
  const content = Buffer.from("again and ".repeat(1000));
  const { messageId } = await from.send({
    ...envelope,
    body: gzipSync(content),
    contentEncoding: "gzip",
    compressed: "Y",
  });
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.read("in", `${messageId}.dat`), content);
  assert.equal((await folder.control("in", `${messageId}.ctl`)).isCompressed, false);
  assert.deepEqual(await folder.names("temp"), []);
});

test("content that cannot be decompressed, or to too much, is handed over as it came", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice, { maxMessageBytes: 100_000 });
  for (const body of [Buffer.from("not gzip"), gzipSync(Buffer.alloc(100_001)), gzipSync("short").subarray(0, -4)]) {
    const { messageId } = await from.send({ ...envelope, body, contentEncoding: "gzip" });
    assert.equal((await folder.directory.pollOnce()).received, 1);
    assert.deepEqual(await folder.read("in", `${messageId}.dat`), body);
    assert.equal((await folder.control("in", `${messageId}.ctl`)).isCompressed, true);
  }
  assert.deepEqual((await folder.client.list()).messageIds, []);
});

test("a message that was handed over is not written again when its acknowledgement was lost, whatever the clock says by then", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const real = await testClient(server, practice);
  let failing = true;
  const acknowledge: MeshClient["acknowledge"] = async (messageId, options) => {
    if (failing) throw lost;
    return real.acknowledge(messageId, options);
  };
  const clock = settableClock();
  const folder = await startDirectory(t, server, practice, { client: { ...real, acknowledge }, clock });
  const { messageId } = await from.send({ ...envelope, body: Buffer.from("x") });

  const { received, error } = await folder.directory.pollOnce();
  assert.deepEqual({ received, code: error?.code }, { received: 0, code: "answer-lost" });
  assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`]);

  // Its owner takes it away.
  for (const name of await folder.names("in")) await rm(folder.path("in", name));
  clock.advance(40 * 24 * 60 * 60 * 1000);
  await folder.directory.pollOnce();
  failing = false;
  await folder.restart();
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("in"), []);
  assert.deepEqual((await real.list()).messageIds, []);
  assert.equal(folder.events.of("message-saved").length, 1);
});

test("a download that breaks off leaves nothing in IN, and does not hold up the others", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const real = await testClient(server, practice);
  const { messageId: first } = await from.send({ ...envelope, body: Buffer.from("first") });
  const { messageId: second } = await from.send({ ...envelope, body: Buffer.from("second") });
  let failing = true;
  const download: MeshClient["download"] = async (messageId, options) => {
    const message = await real.download(messageId, options);
    if (messageId !== first || !failing) return message;
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from("fi");
        throw lost;
      })(),
    );
    return { ...message, body: broken };
  };
  const folder = await startDirectory(t, server, practice, { client: { ...real, download } });
  const result = await folder.directory.pollOnce();
  assert.equal(result.received, 1);
  assert.equal(result.error?.code, "answer-lost");
  assert.deepEqual(await folder.names("in"), [`${second}.ctl`, `${second}.dat`]);
  assert.deepEqual((await real.list()).messageIds, [first]);

  failing = false;
  await folder.restart();
  await folder.directory.pollOnce();
  assert.equal((await folder.read("in", `${first}.dat`)).toString(), "first");
});

test("a message that cannot be moved into IN is not acknowledged, and comes when it can", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice);
  const { messageId } = await from.send({ ...envelope, body: Buffer.from("x") });
  await mkdir(folder.path("in", `${messageId}.dat`));

  for (let count = 0; count < 2; count += 1) {
    const { error } = await folder.directory.pollOnce();
    assert.equal(error?.code, "folder-unusable");
    assert.ok(!inspect(error, { depth: 20 }).includes(messageId), "an error names no file");
  }
  assert.deepEqual(await folder.names("in"), [`${messageId}.dat`], "no .ctl without its .dat");
  assert.deepEqual((await folder.client.list()).messageIds, [messageId]);

  await rmdir(folder.path("in", `${messageId}.dat`));
  assert.equal((await folder.directory.pollOnce()).error, undefined);
  assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`]);
  assert.deepEqual((await folder.client.list()).messageIds, []);
});

test("a message that was collected by somebody else meanwhile is passed over", async (t) => {
  const server = await startTestServer(t);
  const real = await testClient(server, practice);
  const client: MeshClient = {
    ...real,
    listAll: async function* () {
      yield `${formatTimestamp(new Date())}000000_ABCDEF` as Awaited<ReturnType<MeshClient["send"]>>["messageId"];
    },
  };
  const folder = await startDirectory(t, server, practice, { client });
  assert.deepEqual(await folder.directory.pollOnce(), {
    sent: 0,
    received: 0,
    failed: 0,
    waiting: 0,
    held: [],
    unfetched: 0,
    error: undefined,
  });
});
