// All of control on one server: what its parts do together.

import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import type { ControlEvent } from "@restante/control";
import { createToken } from "@restante/mesh";
import { testPatients } from "@restante/testbed";

import { ask, inbox, recipient, send, sender, startDevelopment, third, workflow } from "./development.ts";

test("a reset leaves no message, body or used token, and keeps mailboxes and faults", async (t) => {
  const development = await startDevelopment(t);
  const { control, plainUrl } = development.server;
  await send(development);
  await send(development, {}, Buffer.alloc(300_000, "large"));
  await control.mailboxes.close({ mailbox: third, reason: "moves away" });
  await control.faults.add({ at: "send", do: "status", status: 503, mailbox: third });
  const authorization = createToken({
    mailboxId: recipient,
    password: "password",
    sharedKey: "TestKey",
    nonce: "nonce",
    nonceCount: 1,
    now: new Date(),
  });
  const list = async (): Promise<number> =>
    (await fetch(`${plainUrl!}/messageexchange/${recipient}/inbox`, { headers: { authorization } })).status;
  assert.deepEqual([await list(), await list()], [200, 403]);

  assert.deepEqual(await control.reset(), { messages: 2 });

  assert.equal(await list(), 200);
  assert.deepEqual(await inbox(development, recipient), []);
  assert.deepEqual((await control.messages.list({})).messages, []);
  assert.deepEqual(await readdir(join(development.config.dataFolder, "bodies")), []);
  const { mailboxes } = await control.mailboxes.list();
  assert.deepEqual(
    mailboxes.map(({ waiting, closed }) => [waiting.messages, closed !== undefined]),
    [
      [0, false],
      [0, false],
      [0, true],
    ],
  );
  assert.equal((await control.faults.list()).faults.length, 1);
  const messageId = await send(development);
  assert.deepEqual(await inbox(development, recipient), [messageId]);
});

test("a reset of one mailbox leaves the others; one that keeps nothing puts the clock, faults and patients right", async (t) => {
  const development = await startDevelopment(t);
  const { control } = development.server;
  await control.messages.inject({ mailbox: third, workflowId: workflow, text: "stays" });
  await control.messages.inject({ mailbox: recipient, workflowId: workflow, text: "goes" });
  assert.deepEqual(await control.reset({ mailbox: recipient.toLowerCase() }), { messages: 1 });
  assert.equal((await inbox(development, third)).length, 1);
  await assert.rejects(control.reset({ mailbox: "X26ABC9" }), { code: "mailbox-unknown" });
  await control.clock.advance({ by: "2d" });
  await control.faults.next({ at: "send", do: "status", status: 503 });
  await control.mailboxes.close({ mailbox: third, reason: "moves away" });
  assert.deepEqual(await control.reset({ keep: "nothing" }), { messages: 1 });
  assert.equal((await control.clock.read()).ahead, "0s");
  assert.deepEqual(await control.faults.list(), { faults: [] });
  assert.deepEqual(await control.demographics.read(), { moved: [] });
  assert.ok((await control.mailboxes.list()).mailboxes.every(({ closed }) => closed === undefined));
});

test("five days on, an uncollected message is reported to its sender, put back, and a wait is told of both", async (t) => {
  const development = await startDevelopment(t);
  const { control } = development.server;
  const messageId = await send(development);
  const reported = control.messages.wait({ mailbox: sender, type: "REPORT", linkedMessageId: messageId, within: "1m" });
  await control.clock.advance({ by: "5d1h" });
  assert.equal((await reported).messages[0]?.status?.code, "14");
  const undelivered = await control.messages.wait({ state: "undelivered" });
  assert.equal(undelivered.messages[0]?.messageId, messageId);
  const listed = control.messages.wait({ mailbox: recipient, state: "accepted", within: "1m" });
  assert.equal((await control.messages.putBack({ messageId })).messageId, messageId);
  assert.equal((await listed).messages[0]?.messageId, messageId);
  await assert.rejects(control.messages.putBack({ messageId }), { code: "not-possible", message: /accepted/ });
  assert.equal((await ask(development, recipient, `inbox/${messageId}`)).status, 200);
});

test("a snapshot brings back messages, faults and the clock, also on a server that was started again", async (t) => {
  const development = await startDevelopment(t);
  const messageId = await send(development);
  const { faultId } = await development.server.control.faults.add({ at: "track", do: "hang" });
  await development.server.control.clock.advance({ by: "1d" });
  await development.server.control.snapshots.save({ name: "one" });
  await development.restart();
  const { control } = development.server;
  await control.reset({ keep: "nothing" });
  assert.equal((await control.snapshots.restore({ name: "one" })).messages, 1);
  assert.deepEqual(await inbox(development, recipient), [messageId]);
  assert.deepEqual(
    (await control.faults.list()).faults.map((fault) => fault.faultId),
    [faultId],
  );
  assert.equal((await control.clock.read()).ahead, "1d");
});

test("what is asked of a server that is closed is refused, and changes nothing of the one that was started after it", async (t) => {
  const development = await startDevelopment(t);
  const { control: old } = development.server;
  await old.faults.add({ at: "list", do: "status", status: 503 });
  await old.clock.advance({ by: "5d" });
  await development.restart();
  const ended = { code: "unreachable" };

  await assert.rejects(old.faults.add({ at: "send", do: "reset" }), ended);
  await assert.rejects(old.faults.clear(), ended);
  await assert.rejects(old.clock.advance({ by: "1d" }), ended);
  await assert.rejects(old.reset({ keep: "nothing" }), ended);
  await assert.rejects(old.messages.list(), ended);

  await development.restart();
  const { faults, clock } = development.server.control;
  assert.deepEqual(
    (await faults.list()).faults.map(({ at, do: effect }) => [at, effect]),
    [["list", "status"]],
  );
  assert.equal((await clock.read()).ahead, "5d");
});

test("faults and patients who were moved stand over a restart, faults with what is left of them", async (t) => {
  const development = await startDevelopment(t);
  const moved = { nhsNumber: testPatients.registered.nhsNumber };
  await development.server.control.demographics.move(moved);
  await development.server.control.faults.add({ at: "send", do: "status", status: 503, times: 2 });
  await assert.rejects(send(development), /503/);
  await development.restart();
  const { control } = development.server;
  const { faults, demographics } = control;
  assert.deepEqual(await demographics.read(), { moved: [moved] });
  assert.equal((await faults.list()).faults[0]?.done, 1);
  await assert.rejects(send(development), /503/);
  await send(development);
  await control.reset({ keep: "nothing" });
  await development.restart();
  assert.deepEqual(await development.server.control.faults.list(), { faults: [] });
  assert.deepEqual(await development.server.control.demographics.read(), { moved: [] });
  await development.server.close();
  await writeFile(join(development.config.dataFolder, "standing.json"), "{");
  await assert.rejects(startDevelopment(t, { dataFolder: development.config.dataFolder }), { code: "damaged" });
});

test("what happens is told to who reads it: by name, from the call on, until it has enough or the server ends", async (t) => {
  const development = await startDevelopment(t);
  const { control } = development.server;
  const done = new AbortController();
  const some = await control.events({ names: ["message-placed"] }, { signal: done.signal });
  const all = await control.events();
  const messageId = await send(development);
  for await (const event of some) {
    assert.deepEqual([event.event, event["messageId"], event["mailboxId"]], ["message-placed", messageId, recipient]);
    assert.ok(!Number.isNaN(Date.parse(event.at)));
    done.abort();
  }
  const slow = await control.events({ names: ["fault-done"] });
  await control.faults.add({ at: "list", do: "content-type", contentType: "text/plain" });
  for (let index = 0; index < 1010; index += 1) await (await ask(development, recipient, "inbox")).arrayBuffer();
  await development.server.close();
  assert.ok((await readAll(all)).some(({ event }) => event === "message-accepted"));
  const told = await readAll(slow);
  assert.equal(told.length, 1001);
  assert.deepEqual([told.at(-1)?.event, told.at(-1)?.["count"]], ["events-dropped", 10]);
});

async function readAll(events: AsyncIterable<ControlEvent>): Promise<ControlEvent[]> {
  const all: ControlEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
