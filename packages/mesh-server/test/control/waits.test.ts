import assert from "node:assert/strict";
import { test } from "node:test";

import { ControlError, type ControlErrorCode } from "@restante/control";
import { waitFor } from "@restante/testbed";

import { ask, recipient, send, sender, startDevelopment, third, workflow } from "./development.ts";

async function failed(doing: Promise<unknown>, code: ControlErrorCode): Promise<string> {
  const error = await doing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ControlError, String(error));
  assert.equal(error.code, code);
  return error.message;
}

test("a wait is answered by what is there already, and by what comes, oldest first", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const first = await send(development);
  assert.deepEqual(
    (await messages.wait({ mailbox: recipient })).messages.map(({ messageId }) => messageId),
    [first],
  );
  const waiting = messages.wait({ mailbox: recipient, count: 3, within: "1m" });
  const [second, last] = [await send(development), await send(development)];
  assert.deepEqual(
    (await waiting).messages.map(({ messageId }) => messageId),
    [first, second, last],
  );
});

test("a message that comes between a wait's look and its waiting is not missed, nor counted twice", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  for (let round = 0; round < 30; round += 1) {
    // Begun at once, in every order that the disk makes of it.
    const [sent, found] = await Promise.all([
      send(development, { "mex-localid": `round ${round}` }),
      messages.wait({ localId: `round ${round}`, within: "1m" }),
    ]);
    assert.deepEqual(
      found.messages.map(({ messageId }) => messageId),
      [sent],
    );
  }
  const message = await failed(messages.wait({ mailbox: recipient, count: 31, within: "100ms" }), "not-in-time");
  assert.match(message, /^30 of 31 came within 100ms\./);
});

test("a message that was acknowledged before anybody looked has come all the same", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const messageId = await send(development);
  await ask(development, recipient, `inbox/${messageId}/status/acknowledged`, { method: "PUT" });
  assert.equal((await messages.wait({ mailbox: recipient })).messages[0]?.state, "acknowledged");
  const pending = messages.wait({ state: "acknowledged", count: 2, within: "1m" });
  const other = await send(development);
  await ask(development, recipient, `inbox/${other}/status/acknowledged`, { method: "PUT" });
  assert.equal((await pending).messages.length, 2);
});

test("a wait that comes to its end says what came instead, without a patient detail", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const subject = "PATIENT NAME";
  const told = await send(development, { "mex-subject": subject, "mex-localid": "PATIENT LOCAL" }, "PATIENT BODY");
  await messages.report({ mailbox: sender, workflowId: workflow, code: "14", description: "Undelivered message" });
  const mailbox = recipient;
  assert.match(
    await failed(messages.wait({ mailbox, workflowId: "OTHER", count: 3, within: "50ms" }), "not-in-time"),
    new RegExp(
      `^0 of 3 came within 50ms\\. Instead:\\n  ${told}: DATA in ${recipient}, workflow ${workflow} \\(workflowId is ${workflow}\\)\\n  \\S+: REPORT in ${sender}, .*\\(mailbox is ${sender}\\)$`,
    ),
  );
  for (const filter of [{ subject: "Other" }, { localId: "other" }, { containing: "OTHER" }, { fileName: "x" }]) {
    const words = await failed(messages.wait({ ...filter, within: "20ms" }), "not-in-time");
    assert.ok(words.includes(told));
    assert.doesNotMatch(words, /PATIENT/);
  }
  for (let index = 0; index < 15; index += 1) {
    await messages.inject({ mailbox: third, workflowId: workflow, text: "x" });
  }
  const many = await failed(messages.wait({ workflowId: "OTHER", within: "50ms" }), "not-in-time");
  assert.match(many, /and 7 more$/);
  assert.equal(many.split("\n").length, 12);
  const nearest = await failed(messages.wait({ mailbox, workflowId: "OTHER", within: "50ms" }), "not-in-time");
  assert.ok(nearest.includes(told), "what differs least is told, however much came after it");
});

test("only what is accepted after a message, or since a time, counts where that is asked for", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const first = await send(development);
  assert.match(await failed(messages.wait({ after: first, within: "50ms" }), "not-in-time"), /Nothing else came/);
  const pending = messages.wait({ after: first, within: "1m" });
  const second = await send(development);
  assert.deepEqual(
    (await pending).messages.map(({ messageId }) => messageId),
    [second],
  );
  assert.equal((await messages.wait({ after: first })).messages[0]?.messageId, second);
  const since = new Date(Date.now() + 60_000).toISOString();
  await failed(messages.wait({ since, within: "20ms" }), "not-in-time");
  assert.equal((await messages.wait({ since: new Date(0).toISOString() })).messages[0]?.messageId, first);
  await failed(messages.wait({ after: "20260302102030456123_ABCDEF" }), "message-unknown");
  await failed(messages.wait({ mailbox: "X26ABC9" }), "mailbox-unknown");
});

test("nothing is expected: what is there and what is done with it is left alone, what comes is told at once", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const before = await send(development);
  const quiet = messages.expectNone({ mailbox: recipient, within: "300ms" });
  await ask(development, recipient, `inbox/${before}`);
  await ask(development, recipient, `inbox/${before}/status/acknowledged`, { method: "PUT" });
  await messages.inject({ mailbox: third, workflowId: workflow, text: "elsewhere" });
  assert.ok((await quiet).waitedMs >= 300);
  const expecting = failed(messages.expectNone({ mailbox: recipient, within: "10m" }), "not-expected");
  const came = await send(development);
  const words = await expecting;
  assert.ok(words.includes(`${came}: DATA in ${recipient}, workflow ${workflow}`), words);
  assert.match(
    await failed(messages.expectNone({ mailbox: recipient, after: before }), "not-expected"),
    new RegExp(came),
  );
  assert.ok(
    (await messages.expectNone({ mailbox: recipient, after: before, count: 2, within: "20ms" })).waitedMs >= 20,
  );
});

test("a hundred waits are each answered by their own message, and those that nobody answers end with the server", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const waits = Array.from({ length: 100 }, (_, index) => messages.wait({ localId: `local ${index}`, within: "1m" }));
  const abandoned = Array.from({ length: 20 }, () =>
    failed(messages.wait({ code: "99", within: "10m" }), "unreachable"),
  );
  await Promise.all(
    waits.map((_, index) =>
      messages.inject({ mailbox: recipient, workflowId: workflow, localId: `local ${index}`, text: "x" }),
    ),
  );
  const found = await Promise.all(waits);
  assert.deepEqual(
    found.map(({ messages: [message] }) => message?.localId),
    waits.map((_, index) => `local ${index}`),
  );
  await development.server.close();
  await Promise.all(abandoned);
});

test("no more than 1,000 wait at once, and who goes away makes room", async (t) => {
  const development = await startDevelopment(t);
  const { messages } = development.server.control;
  const gone = new AbortController();
  const waits = Array.from({ length: 1000 }, () =>
    messages.wait({ code: "99", within: "10m" }, { signal: gone.signal }).catch((error: unknown) => error),
  );
  assert.match(await failed(messages.wait({ code: "99" }), "not-possible"), /1000 waits/);
  const reason = new Error("gone");
  gone.abort(reason);
  assert.deepEqual(new Set(await Promise.all(waits)), new Set([reason]));
  await send(development);
  await messages.wait({ mailbox: recipient });
});

test("a wait for a state is told of each that enters it, by an event or without one", async (t) => {
  const development = await startDevelopment(t);
  const { control } = development.server;
  const { messages } = control;
  const messageId = await send(development);
  const { messageId: reportId } = await messages.report({
    mailbox: sender,
    workflowId: workflow,
    code: "12",
    description: "None",
  });
  const undelivered = messages.wait({ state: "undelivered", count: 2, within: "1m" });
  const none = failed(messages.expectNone({ state: "undelivered", type: "REPORT", within: "1m" }), "not-expected");
  const uploading = messages.wait({ state: "uploading", within: "500ms" });
  const upload = await send(development, { "mex-chunk-range": "1:2" });
  assert.equal((await uploading).messages[0]?.messageId, upload);
  await control.clock.advance({ by: "5d1h" });
  assert.deepEqual(
    (await undelivered).messages.map((message) => message.messageId),
    [messageId, reportId],
  );
  assert.ok((await none).includes(reportId));
});

test("a wait is told at once of a state that mesh-sandbox's admin path put a message into", async (t) => {
  const development = await startDevelopment(t, { admin: {} });
  const { messages } = development.server.control;
  const messageId = await send(development);
  const put = async (status: string): Promise<void> => {
    const path = `${development.server.plainUrl!}/admin/message/${messageId}/event`;
    assert.equal((await fetch(path, { method: "POST", body: JSON.stringify({ status }) })).status, 200);
  };
  const undelivered = messages.wait({ state: "undelivered", within: "10m" });
  await put("undeliverable");
  assert.equal((await undelivered).messages[0]?.messageId, messageId);

  const came = failed(messages.expectNone({ mailbox: recipient, within: "10m" }), "not-expected");
  await put("accepted");
  assert.ok((await came).includes(messageId));
});

test("a snapshot's messages, restored, are waited for as those that come", async (t) => {
  const { control } = (await startDevelopment(t)).server;
  const { messageId } = await control.messages.inject({ mailbox: recipient, workflowId: workflow, text: "x" });
  await control.snapshots.save({ name: "one" });
  await control.reset();
  const waiting = control.messages.wait({ mailbox: recipient, within: "1m" });
  await control.snapshots.restore({ name: "one" });
  assert.equal((await waiting).messages[0]?.messageId, messageId);
});

test("a server that is started again has every message, and no wait", async (t) => {
  const development = await startDevelopment(t);
  const messageId = await send(development);
  const waiting = failed(development.server.control.messages.wait({ code: "99", within: "10m" }), "unreachable");
  await development.restart();
  await waiting;
  const { messages } = development.server.control;
  assert.equal((await messages.wait({ mailbox: recipient })).messages[0]?.messageId, messageId);
  await waitFor(() => development.events.of("server-started").length === 2);
});
