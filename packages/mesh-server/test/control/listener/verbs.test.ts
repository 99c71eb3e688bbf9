// Control over real HTTP, at a port and at a socket, through its own client: the same as in process.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type Control, ControlError, createControlClient, everyOperation, readControlFolder } from "@restante/control";
import { waitFor } from "@restante/testbed";

import {
  ask,
  type Development,
  inbox,
  recipient,
  send,
  sender,
  startDevelopment,
  third,
  workflow,
} from "../development.ts";

async function client(development: Development): Promise<Control> {
  return createControlClient(await readControlFolder(development.config.dataFolder));
}

for (const [name, control] of [
  ["a port", { port: 0 }],
  ["a socket", { socket: true }],
] as const) {
  test(`each verb does over HTTP, at ${name}, what it does in process`, async (t) => {
    const development = await startDevelopment(t, { control });
    const there = await client(development);
    const body = Buffer.from([0, 1, 254, 255]);
    const { messageId } = await there.messages.inject({
      mailbox: recipient,
      from: sender,
      workflowId: workflow,
      body: body.toString("base64"),
    });
    const downloaded = await ask(development, recipient, `inbox/${messageId}`);
    assert.deepEqual(Buffer.from(await downloaded.arrayBuffer()), body);
    const peeked = await there.messages.peek({ messageId });
    assert.deepEqual(peeked, await development.server.control.messages.peek({ messageId }));
    assert.equal(Buffer.from(peeked.body, "base64").compare(body), 0);
    assert.deepEqual(
      (await there.messages.list({ mailbox: recipient })).messages.map((message) => message.messageId),
      [messageId],
    );
    const report = await there.messages.report({
      mailbox: sender,
      workflowId: workflow,
      code: "12",
      description: "None",
    });
    assert.deepEqual(await inbox(development, sender), [report.messageId]);
    assert.equal(
      (await there.messages.wait({ mailbox: sender, type: "REPORT" })).messages[0]?.messageId,
      report.messageId,
    );
    assert.ok((await there.messages.expectNone({ mailbox: third, within: "20ms" })).waitedMs >= 20);
    await assert.rejects(there.messages.putBack({ messageId }), { code: "not-possible" });
    assert.equal((await there.mailboxes.list()).mailboxes.length, 3);
    assert.equal((await there.mailboxes.close({ mailbox: third, reason: "moves" })).closed?.reason, "moves");
    assert.equal((await there.mailboxes.open({ mailbox: third })).closed, undefined);
    const { faultId } = await there.faults.next({ at: "send", do: "status", status: 503 });
    await assert.rejects(send(development), /503/);
    await there.faults.add({ at: "list", do: "mixed-case" });
    assert.ok((await there.faults.list()).faults.length >= 1);
    await assert.rejects(there.faults.clear({ faultId }), { code: "fault-unknown" });
    assert.equal((await there.faults.clear()).cleared, 1);
    assert.equal((await there.clock.advance({ by: "1h" })).ahead, "1h");
    assert.equal((await there.clock.read()).ahead, "1h");
    assert.deepEqual(await there.demographics.read(), { moved: [] });
    await assert.rejects(there.demographics.move({ nhsNumber: "9956281948" }), { code: "patient-unknown" });
    assert.equal((await there.snapshots.save({ name: "one" })).messages, 2);
    assert.deepEqual(await there.reset({ keep: "nothing" }), { messages: 2 });
    assert.equal((await there.snapshots.restore({ name: "one" })).messages, 2);
    assert.deepEqual(
      (await there.snapshots.list()).snapshots.map((snapshot) => snapshot.name),
      ["one"],
    );
    assert.deepEqual(await there.snapshots.remove({ name: "one" }), { name: "one" });
    await assert.rejects(there.snapshots.restore({ name: "one" }), { code: "snapshot-unknown" });
  });
}

test("the table of operations has no verb that the server has not", async (t) => {
  const { server } = await startDevelopment(t, { control: { port: 0 } });
  for (const { name, path } of everyOperation) {
    const answer = await fetch(server.controlUrl! + path, {
      method: "POST",
      headers: { authorization: `Bearer ${server.controlToken!}`, "content-type": "application/json" },
      body: '{"nothingOfThis":1}',
    });
    assert.equal(answer.status, 400, name);
  }
});

test("a hundred waits over HTTP are answered each by its own message; the rest end as the server does", async (t) => {
  const development = await startDevelopment(t, { control: { port: 0 } });
  const there = await client(development);
  const waits = Array.from({ length: 100 }, (_, index) =>
    there.messages.wait({ localId: `local ${index}`, within: "1m" }),
  );
  const ended = there.messages.wait({ code: "99", within: "10m" }).then(
    () => undefined,
    (error: unknown) => error,
  );
  await Promise.all(
    waits.map((_, index) =>
      development.server.control.messages.inject({
        mailbox: recipient,
        workflowId: workflow,
        localId: `local ${index}`,
        text: "x",
      }),
    ),
  );
  const found = await Promise.all(waits);
  assert.deepEqual(
    found.map(({ messages: [message] }) => message?.localId),
    waits.map((_, index) => `local ${index}`),
  );
  await development.server.close();
  const error = await ended;
  assert.ok(error instanceof ControlError && ["failed", "unreachable"].includes(error.code), String(error));
});

test("whoever goes away while waiting waits no longer", async (t) => {
  const development = await startDevelopment(t, { control: { port: 0 } });
  const { messages } = development.server.control;
  const there = await client(development);
  const ended = new AbortController();
  const none = { code: "99", within: "10m" };
  const here = Array.from({ length: 990 }, () => messages.wait(none, { signal: ended.signal }).catch(() => "gone"));
  const gone = new AbortController();
  // More than there is room for: whoever asks below whether it is full has a place for a moment, and may keep one of them out.
  const far = Array.from({ length: 40 }, () => there.messages.wait(none, { signal: gone.signal }).catch(() => "gone"));
  const isFull = async (): Promise<boolean> => {
    const refused: unknown = await messages.wait({ ...none, within: "0s" }).catch((error: unknown) => error);
    return refused instanceof ControlError && refused.code === "not-possible";
  };
  await waitFor(isFull, { timeoutMs: 60_000 });
  gone.abort();
  assert.deepEqual(new Set(await Promise.all(far)), new Set(["gone"]));
  await waitFor(async () => !(await isFull()), { timeoutMs: 60_000 });
  ended.abort();
  await Promise.all(here);
});

test("events are streamed as they happen, by name, until the reader or the server ends", async (t) => {
  const development = await startDevelopment(t, { control: { port: 0 } });
  const there = await client(development);
  const events = await there.events({ names: ["message-placed"] });
  const sent = await send(development);
  const told: unknown[] = [];
  for await (const { event, messageId } of events) {
    told.push([event, messageId]);
    break;
  }
  assert.deepEqual(told, [["message-placed", sent]]);
  const answer = await fetch(`${development.server.controlUrl!}/v1/events`, {
    headers: { authorization: `Bearer ${development.server.controlToken!}` },
  });
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const last = await send(development);
  await development.server.close();
  const text = await answer.text();
  assert.ok(text.startsWith(": still here\n\ndata: {"), text);
  assert.ok(text.includes(`"messageId":"${last}"`));
  const wrong = await startDevelopment(t, { control: { port: 0 } });
  const refused = await fetch(`${wrong.server.controlUrl!}/v1/events?names=a%20b`, {
    headers: { authorization: `Bearer ${wrong.server.controlToken!}` },
  });
  assert.equal(refused.status, 400);
});
