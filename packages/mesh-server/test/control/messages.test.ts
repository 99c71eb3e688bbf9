import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { ControlError, type ControlErrorCode } from "@restante/control";

import { ask, inbox, recipient, send, sender, startDevelopment, third, workflow } from "./development.ts";

async function refused(doing: Promise<unknown>, code: ControlErrorCode, words?: RegExp): Promise<void> {
  await assert.rejects(doing, (error) => {
    assert.ok(error instanceof ControlError, String(error));
    assert.equal(error.code, code);
    if (words !== undefined) assert.match(error.message, words);
    return true;
  });
}

test("a message that was injected is listed, downloaded byte for byte and acknowledged as one that was sent", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  for (const bytes of [Buffer.from([0, 255, 128, 7]), Buffer.alloc(300_000, "restante")]) {
    const { messageId } = await messages.inject({
      mailbox: recipient,
      from: sender,
      workflowId: "OF_NOBODY",
      body: bytes.toString("base64"),
      subject: "Łukasz",
      localId: "local",
      fileName: "a.dat",
      contentType: "application/fhir+xml",
      checksum: "md5 ab12",
    });
    assert.deepEqual(await inbox(development, recipient), [messageId]);
    const answer = await ask(development, recipient, `inbox/${messageId}`);
    assert.equal(answer.status, 200);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
    const given = Object.fromEntries(answer.headers);
    assert.equal(given["mex-from"], sender);
    assert.equal(given["mex-workflowid"], "OF_NOBODY");
    assert.equal(Buffer.from(given["mex-subject"] ?? "", "latin1").toString(), "Łukasz");
    assert.equal(given["content-type"], "application/fhir+xml");
    const peeked = await messages.peek({ messageId });
    assert.equal(peeked.isWhole, true);
    assert.deepEqual(Buffer.from(peeked.body, "base64"), bytes);
    const mexOnly = Object.entries(given).filter(([name]) => name.startsWith("mex-") && name !== "mex-subject");
    for (const [name, value] of mexOnly) assert.equal(peeked.headers[name], value, name);
    assert.equal(peeked.headers["mex-subject"], "Łukasz");
    for (const name of ["content-type", "content-length", "last-modified"]) {
      assert.equal(peeked.headers[name], given[name], name);
    }
    const done = await ask(development, recipient, `inbox/${messageId}/status/acknowledged`, { method: "PUT" });
    assert.equal(done.status, 200);
    assert.deepEqual((await messages.list({ state: "acknowledged" })).messages[0]?.messageId, messageId);
  }
  assert.doesNotMatch(JSON.stringify(development.events.all), /Łukasz|local"|a\.dat/);
});

test("spaces at the ends of what becomes a header are no part of it, as of what is sent", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const texts = { subject: " A letter ", localId: "local ", fileName: "  ", contentType: " text/plain" };
  const { messageId } = await messages.inject({ mailbox: recipient, workflowId: " W ", text: "letter", ...texts });

  const { headers, ...peeked } = await messages.peek({ messageId });
  const answer = await ask(development, recipient, `inbox/${messageId}`);
  const given = Object.fromEntries([...answer.headers].filter(([name]) => name in headers));
  assert.deepEqual(given, headers);
  assert.deepEqual(
    [peeked.workflowId, peeked.subject, peeked.localId, peeked.fileName],
    ["W", "A letter", "local", undefined],
  );
  const about = { mailbox: third, workflowId: "W", description: "Of ours" };
  await refused(messages.report({ ...about, code: " " }), "input-invalid", /code/);
});

test("what cannot be injected is refused, and leaves nothing behind", async (t) => {
  const development = await startDevelopment(t, { maxWaitingMessages: 2, maxRequestBytes: 100 });
  const { control } = development.server;
  const { messages } = control;
  const input = { mailbox: recipient, workflowId: workflow, text: "letter" };
  await refused(messages.inject({ ...input, mailbox: "X26ABC9" }), "mailbox-unknown");
  await refused(messages.inject({ ...input, from: "X26ABC9" }), "mailbox-unknown");
  await refused(messages.inject({ ...input, body: "bGV0dGVy" }), "input-invalid");
  await refused(messages.inject({ mailbox: recipient, workflowId: workflow }), "input-invalid");
  await refused(messages.inject({ ...input, subject: "two\nlines" }), "input-invalid");
  await refused(messages.inject({ ...input, checksum: "(none)" }), "input-invalid", /checksum/);
  await refused(messages.inject({ ...input, text: "x".repeat(101) }), "input-invalid", /100 bytes/);
  await control.mailboxes.close({ mailbox: recipient, reason: "moves away" });
  await refused(messages.inject(input), "not-possible", /closed/);
  const report = { mailbox: recipient, workflowId: workflow, code: "14", description: "Undelivered" };
  await messages.report(report);
  await control.mailboxes.open({ mailbox: recipient });
  await messages.inject(input);
  await refused(messages.inject(input), "not-possible", /full/);
  assert.equal((await inbox(development, recipient)).length, 2);
});

test("a report of any code is given out as the server's own are", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const linkedMessageId = await send(development);
  const { messageId } = await messages.report({
    mailbox: sender,
    workflowId: workflow,
    code: "EPL-151",
    description: "No mailbox matched",
    linkedMessageId: linkedMessageId.toLowerCase(),
    localId: "local",
  });
  assert.deepEqual(await inbox(development, sender), [messageId]);
  const answer = await ask(development, sender, `inbox/${messageId}`);
  assert.equal(answer.status, 200);
  assert.equal((await answer.arrayBuffer()).byteLength, 0);
  const given = Object.fromEntries(answer.headers);
  assert.deepEqual(
    ["messagetype", "to", "linkedmsgid", "localid", "statusevent", "statuscode", "statussuccess"].map(
      (name) => given[`mex-${name}`],
    ),
    ["REPORT", recipient, linkedMessageId, "local", "SEND", "EPL-151", "ERROR"],
  );
  assert.equal(given["mex-from"], undefined);
  const own = await messages.report({
    mailbox: third,
    workflowId: workflow,
    code: "99",
    description: "Of ours",
    event: "transfer",
  });
  const { messages: found } = await messages.list({ mailbox: third, type: "REPORT", code: "99" });
  assert.deepEqual(
    found.map(({ messageId: id, status }) => [id, status]),
    [[own.messageId, { event: "TRANSFER", code: "99", description: "Of ours" }]],
  );
  const wrong = { mailbox: third, workflowId: workflow, code: "99", description: "Of ours", event: "LOST" };
  await refused(messages.report(wrong), "input-invalid", /event/);
  const placed = development.events.of("report-placed").map(({ reportId, code }) => [reportId, code]);
  assert.deepEqual(placed, [[messageId, "EPL-151"]]);
});

test("a report about a message that is here has the same head as the server's own about it", async (t) => {
  const development = await startDevelopment(t);
  const { messages, clock } = development.server.control;
  // The subject in a byte of Latin-1, the local id in UTF-8, both as they went.
  const texts = { "mex-subject": "Caf\u00E9", "mex-localid": Buffer.from("Łocal").toString("latin1") };
  const linkedMessageId = await send(development, { ...texts, "mex-filename": "letter.xml" });
  await clock.advance({ by: "5d1m" });
  const [own] = await inbox(development, sender);
  const { status } = (await messages.peek({ messageId: own! })) as { status: { code: string; description: string } };
  const { code, description } = status;
  const about = { mailbox: sender, workflowId: workflow, code, description, linkedMessageId };
  const made = await messages.report(about);
  const renamed = await messages.report({ ...about, subject: "Łukasz" });

  const headOf = async (messageId: string): Promise<Record<string, string>> => {
    const { headers } = await ask(development, sender, `inbox/${messageId}`);
    const isOfItself = /^(?:mex-messageid|mex-statustimestamp|last-modified|date|x-request-id)$/;
    return Object.fromEntries([...headers].filter(([name]) => !isOfItself.test(name)));
  };
  const expected = await headOf(own!);
  assert.deepEqual([expected["mex-subject"], expected["mex-localid"]], Object.values(texts));
  assert.deepEqual(await headOf(made.messageId), expected);
  const other = { ...expected, "mex-subject": Buffer.from("Łukasz").toString("latin1") };
  assert.deepEqual(await headOf(renamed.messageId), other);
});

test("messages are listed newest first, page by page, and found by whatever is said of them", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const sent: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    sent.push(await send(development, { "mex-localid": `local ${index}`, "mex-subject": `Subject ${index % 2}` }));
  }
  const packed = await messages.inject({
    mailbox: third,
    workflowId: "OTHER",
    body: gzipSync("a needle in it").toString("base64"),
    contentEncoding: "gzip",
  });
  const ids = async (input: Parameters<typeof messages.list>[0]): Promise<string[]> =>
    (await messages.list(input)).messages.map(({ messageId }) => messageId).toSorted();
  const all = await messages.list({});
  assert.deepEqual(
    all.messages.map(({ messageId }) => messageId),
    [...sent, packed.messageId].toSorted().toReversed(),
  );
  assert.equal(all.next, undefined);
  const first = await messages.list({ limit: 4 });
  const second = await messages.list({ limit: 4, before: first.next! });
  assert.deepEqual([...first.messages, ...second.messages], all.messages);
  assert.equal(second.next, undefined);
  assert.deepEqual(await ids({ localId: "local 3" }), [sent[3]]);
  assert.deepEqual(await ids({ localId: "local*", subject: "Subject 1" }), [sent[1]!, sent[3]!].toSorted());
  assert.deepEqual(await ids({ mailbox: "x26abc3" }), [packed.messageId]);
  assert.deepEqual(await ids({ containing: "needle" }), [packed.messageId]);
  assert.deepEqual(await ids({ containing: "letter", from: sender }), sent.toSorted());
  assert.deepEqual(await ids({ workflowId: "test_workflow" }), []);
  assert.equal((await messages.peek({ messageId: "latest", filter: { mailbox: third } })).text, "a needle in it");
  const half = await messages.peek({ messageId: sent[0]!, bytes: 3 });
  assert.deepEqual([Buffer.from(half.body, "base64").toString(), half.isWhole], ["let", false]);
  await refused(messages.peek({ messageId: "latest", filter: { workflowId: "NONE" } }), "message-unknown");
  await refused(messages.list({ mailbox: "X26ABC9" }), "mailbox-unknown");
});

test("the latest of many that came at once is the one that came last, and pages are in the order in which they came", async (t) => {
  const { messages } = (await startDevelopment(t)).server.control;
  const letter = { mailbox: recipient, workflowId: workflow, text: "letter" };
  const injected = await Promise.all(Array.from({ length: 100 }, () => messages.inject(letter)));
  const last = injected.at(-1)!.messageId;
  assert.equal((await messages.peek({ messageId: "latest" })).messageId, last);
  const { messages: listed } = await messages.list({ limit: 100 });
  assert.deepEqual(
    listed.map(({ messageId }) => messageId),
    injected.map(({ messageId }) => messageId).toReversed(),
  );
});

test("mailboxes are listed with what waits in them, closed and opened", async (t) => {
  const development = await startDevelopment(t);
  const { mailboxes } = development.server.control;
  await send(development);
  const closed = await mailboxes.close({ mailbox: recipient.toLowerCase(), reason: "moves away" });
  assert.equal(closed.closed?.reason, "moves away");
  const { mailboxes: listed } = await mailboxes.list();
  assert.deepEqual(
    listed.map(({ mailbox, waiting, closed: closure }) => [mailbox, waiting.messages, closure !== undefined]),
    [
      [sender, 0, false],
      [recipient, 1, true],
      [third, 0, false],
    ],
  );
  assert.equal((await mailboxes.open({ mailbox: recipient })).closed, undefined);
  await refused(mailboxes.open({ mailbox: "X26ABC9" }), "mailbox-unknown");
  await refused(development.server.control.messages.putBack({ messageId: "X" }), "message-unknown");
});
