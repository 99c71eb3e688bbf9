import assert from "node:assert/strict";
import { once } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { readMessage } from "@restante/itk3";
import { createReader, mostOnLoop } from "../../src/inbound/reader.ts";
import { readArrived } from "../../src/inbound/reading.ts";
import { openPages } from "../../../worklist/test/open-pages.ts";
import type { Worklist } from "../../src/worklist.ts";
import { consultation } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;

/** Synthetic bytes that no compression and no luck makes alike. */
function bytesOf(length: number, seed: string): Buffer {
  const pieces: Buffer[] = [];
  for (let made = 0; made < length; made += 64) pieces.push(createHash("sha512").update(`${seed} ${made}`).digest());
  return Buffer.concat(pieces).subarray(0, length);
}

function attachmentsOf(count: number, bytes: number): { title: string; contentType: string; bytes: Uint8Array }[] {
  return Array.from({ length: count }, (_, index) => ({
    title: `File ${index}`,
    contentType: "application/x-unheard-of",
    bytes: bytesOf(bytes, String(index)),
  }));
}

/** Sizes of the messages read on the loop from now on, and in the thread. */
function watchReading(t: TestContext): { loop: number[]; thread: number[] } {
  const read = { loop: [] as number[], thread: [] as number[] };
  const note = (data: unknown): void => {
    const { bytes, on } = data as { bytes: number; on: "loop" | "thread" };
    read[on].push(bytes);
  };
  subscribe("restante:practice:reading", note);
  t.after(() => unsubscribe("restante:practice:reading", note));
  return read;
}

/** Looks at every page of the task as a browser does. */
async function lookAtAll(t: TestContext, worklist: Worklist, paths: readonly string[]): Promise<void> {
  const organisation = { name: "Harbour Light Surgery", odsCode: receiver.odsCode };
  const pages = await openPages(t, { worklist, organisation });
  for (const path of paths) {
    const answer = await fetch(`${pages.url}${path}`);
    assert.equal(answer.status, 200, path);
    await answer.arrayBuffer();
  }
}

test("no more than 1 MB is parsed on the loop, to take a message in or to look at it", async (t) => {
  const read = watchReading(t);
  const to = await openPractice(t, receiver);
  const { xml } = message({ attachments: attachmentsOf(1, 2_000_000) });
  deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  const [task] = await person(to.practice.worklist).tasks();
  assert.equal(task?.kind, "document");
  assert.deepEqual(read, { loop: [], thread: [Buffer.byteLength(xml)] });
  await lookAtAll(t, to.practice.worklist, ["/", "/tasks/1", "/tasks/1/attachments/0", "/tasks/1/attachments/1"]);
  assert.deepEqual(
    Buffer.from((await person(to.practice.worklist).attachment(1, 1))?.bytes ?? []),
    bytesOf(2_000_000, "0"),
  );
  assert.deepEqual(read, { loop: [], thread: [Buffer.byteLength(xml)] });
});

test("a message of 3,000 attachments of an unknown kind is read once, and never to be looked at", async (t) => {
  const to = await openPractice(t, receiver);
  const attachments = attachmentsOf(3000, 60);
  deliver(to, message({ attachments }).xml, { from, workflowId });
  const read = watchReading(t);
  await to.practice.cycle();
  const { loop, thread } = { loop: read.loop.length, thread: read.thread.length };
  assert.equal(loop + thread, 1);
  await lookAtAll(t, to.practice.worklist, ["/tasks/1", "/tasks/1", "/tasks/1/attachments/2999"]);
  for (const index of [0, 1, 1500, 3000]) {
    const content = await person(to.practice.worklist).attachment(1, index);
    const expected = index === 0 ? Buffer.from("%PDF-1.7 report") : attachments[index - 1]?.bytes;
    assert.deepEqual(Buffer.from(content?.bytes ?? []), Buffer.from(expected ?? []));
  }
  assert.equal(await person(to.practice.worklist).attachment(1, 3001), undefined);
  assert.deepEqual([read.loop.length, read.thread.length], [loop, thread]);
});

test("no list and no page of what is in it reads a message, unmatched ones among them", async (t) => {
  const to = await openPractice(t, sender);
  deliver(to, message().xml, { from: receiver.mailboxId, workflowId });
  deliver(to, response("never-sent", "20013").xml, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
  deliver(to, "not XML", { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
  const { headerId } = await to.practice.sendConsultation(consultation());
  await to.practice.cycle();
  const { worklist } = to.practice;
  const strays = await person(worklist).strays();
  // Those of one millisecond come in either order.
  const texts = strays.map(({ code, text }) => `${code ?? "none"} ${text ?? "none"}`);
  assert.deepEqual(texts.toSorted(), ["20013 Success", "none none"]);

  const read = watchReading(t);
  const prepare = t.mock.method(DatabaseSync.prototype, "prepare");
  const pages = ["/tasks/1", `/reports/${headerId}`, ...strays.map(({ strayId }) => `/unmatched/${strayId}`)];
  const lists = ["/", "/reports", "/unmatched"].flatMap((list) => [list, `${list}?show=attention`, `${list}?show=all`]);
  await lookAtAll(t, worklist, [...lists, "/unmatched?show=dealt-with", ...pages]);
  assert.deepEqual(read, { loop: [], thread: [] });
  const asked = prepare.mock.calls.map(({ arguments: [sql] }) => sql);
  assert.ok(asked.length > 20);
  assert.deepEqual(
    asked.filter((sql) => /\bcontent\b/.test(sql)),
    [],
  );
});

test("bytes are served exactly however the message writes them: wrapped, escaped, alike, empty or short", async (t) => {
  const to = await openPractice(t, receiver);
  const contents = [bytesOf(500, "wrapped"), bytesOf(500, "alike"), bytesOf(500, "alike"), Buffer.from("short")];
  const { xml } = message({
    attachments: contents.map((bytes, index) => ({ title: String(index), contentType: "text/plain", bytes })),
  });
  const encoded = contents[0]?.toString("base64") ?? "";
  const wrapped = xml.replace(encoded, `${encoded.slice(0, 76)}\n${encoded.slice(76, 152)}&#10;${encoded.slice(152)}`);
  assert.notEqual(wrapped, xml);
  deliver(to, wrapped, { from, workflowId });
  await to.practice.cycle();
  const expected = readMessage(Buffer.from(wrapped)).message?.attachments.map(({ bytes }) => Buffer.from(bytes()));
  const served = await Promise.all(
    (expected ?? []).map(async (_, index) =>
      Buffer.from((await person(to.practice.worklist).attachment(1, index))?.bytes ?? []),
    ),
  );
  assert.deepEqual(served, expected);
  assert.deepEqual(served.slice(2), contents.slice(1));
});

test("what kind of file an attachment is, is decided by its bytes when it is taken in, whatever it claims", async (t) => {
  const to = await openPractice(t, receiver);
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const attachments = [
    { title: "A picture", contentType: "text/plain", bytes: png },
    { title: "No picture", contentType: "image/png", bytes: Buffer.from("<script>") },
  ];
  deliver(to, message({ attachments }).xml, { from, workflowId });
  await to.practice.cycle();
  const types = (await person(to.practice.worklist).task(1))?.attachments.map(({ fileType }) => fileType);
  assert.deepEqual(types, ["application/pdf", "image/png", "other"]);
});

test("a thread that runs out of memory or time fails its message alone", async () => {
  const content = Buffer.from(message({ attachments: attachmentsOf(1, mostOnLoop) }).xml);
  const toRead = { content, workflowId, subject: "" };
  for (const limits of [{ timeMs: 1 }, { memoryMb: 4 }]) {
    await using reader = createReader(limits);
    await assert.rejects(reader.read(toRead), { code: "message-unread" }, JSON.stringify(limits));
  }
  await using reader = createReader();
  assert.deepEqual((await reader.read(toRead)).document?.acceptable, true);
});

test("a thread that ended while it was idle costs the next message nothing", async () => {
  await using reader = createReader({ timeMs: 5000 });
  const started = once(process, "worker") as Promise<[Worker]>;
  const toRead = { content: Buffer.from(message().xml), workflowId, subject: "" };
  await reader.read(toRead, { elsewhere: true });
  const [thread] = await started;
  await thread.terminate();
  assert.ok((await reader.read(toRead, { elsewhere: true })).document?.isMessage);
});

test("what the thread reads is what the loop reads", async () => {
  await using reader = createReader();
  for (const text of [message().xml, response("one", "20013").xml, "not XML", ""]) {
    const toRead = { content: Buffer.from(text), workflowId, subject: "Subject", from };
    const elsewhere = await reader.read(toRead, { elsewhere: true });
    assert.deepEqual(elsewhere, structuredClone(readArrived(toRead)));
  }
});

/** Leaves a database as version 2 did: nothing that pages show of a message is decided. */
function undecide({ options }: DirectoryPractice): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  for (const table of ["task", "report"]) {
    database.exec(`UPDATE ${table} SET attachments = (
      SELECT json_group_array(json_remove(value, '$.fileType', '$.at', '$.length')) FROM json_each(attachments))`);
  }
  database.exec(`DELETE FROM attachment_content; DELETE FROM unbelieved;
    INSERT INTO reread (kind, owner) SELECT 'task', message_id FROM task;
    INSERT INTO reread (kind, owner) SELECT 'report', header_id FROM report;
    INSERT INTO reread (kind, owner) SELECT 'response', message_id FROM received WHERE kind = 'stray-response'`);
}

test("messages that an earlier version stored are read again in the thread, and shown as new ones are", async (t) => {
  const to = await openPractice(t, receiver);
  const large = bytesOf(2_000_000, "large");
  const attachments = [{ title: "Large", contentType: "application/x-unheard-of", bytes: large }];
  deliver(to, message({ attachments }).xml, { from, workflowId });
  deliver(to, response("never-sent", "20013").xml, { from, workflowId: `${workflowId}_ACK` });
  await to.practice.cycle();
  const { worklist } = to.practice;
  const asNew = (await person(worklist).task(1))?.attachments;
  undecide(to);
  assert.equal((await person(worklist).task(1))?.attachments[1]?.fileType, undefined);
  assert.equal((await person(worklist).strays())[0]?.code, undefined);
  await assert.rejects(person(worklist).attachment(1, 1), { code: "document-not-ready" });
  await lookAtAll(t, worklist, ["/tasks/1", "/unmatched"]);

  const read = watchReading(t);
  await to.practice.cycle();
  assert.deepEqual([read.loop.length, read.thread.length], [0, 2]);
  assert.deepEqual((await person(worklist).task(1))?.attachments, asNew);
  assert.deepEqual(Buffer.from((await person(worklist).attachment(1, 1))?.bytes ?? []), large);
  assert.equal((await person(worklist).strays())[0]?.code, "20013");
  await to.practice.cycle();
  assert.equal(read.thread.length, 2);
});

test("a report that was sent is served without being parsed, and one of an earlier version once it is read again", async (t) => {
  const of = await openPractice(t, sender);
  const { headerId } = await of.practice.sendConsultation(consultation());
  const { worklist } = of.practice;
  const served = (): Promise<Buffer[]> =>
    Promise.all(
      [0, 1].map(async (index) => Buffer.from((await person(worklist).reportAttachment(headerId, index))!.bytes)),
    );
  const pdf = await served();
  assert.equal(pdf[0]?.subarray(0, 5).toString(), "%PDF-");
  undecide(of);
  assert.deepEqual(await served(), pdf);
  await of.practice.cycle();
  assert.deepEqual(await served(), pdf);
  const types = (await person(worklist).report(headerId))?.attachments.map(({ fileType }) => fileType);
  assert.deepEqual(types, ["application/pdf", "image/png"]);
});
