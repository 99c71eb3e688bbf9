import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import type { Event } from "@restante/mesh";
import { strangeAuthority, waitFor } from "@restante/testbed";
import { localHosts } from "@restante/authority";
import { thisComputer } from "../../src/actor.ts";
import { practiceDefaults } from "../../src/defaults.ts";
import type { HeldNotices, WebhookOptions } from "../../src/unread.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { killablePractice } from "../support/killable.ts";
import { message, workflowId } from "../support/messages.ts";
import { patient } from "../support/consultations.ts";
import { receiver, sender } from "../support/organisations.ts";
import { type WebhookReceiver, webhookReceiver } from "../support/webhook-receiver.ts";

const hour = 3_600_000;
const secret = "a secret of sixteen and more";
const address = "https://worklist.example";

test("a webhook is told of new, unread and overdue tasks, signed, by an id that says nothing of a patient, and of each once", async (t) => {
  const other = await webhookReceiver(t);
  const news = await webhookReceiver(t);
  const { to } = await telling(t, [hookOf(other), { ...hookOf(news), events: ["task-new"] }]);
  const messageId = receive(to);
  await to.practice.cycle();
  await waitFor(() => other.told.length === 1 && news.told.length === 1);
  const { worklist } = to.practice;
  const task = await worklist.task(1, thisComputer);
  await worklist.prioritise(1, { dueOn: "2026-03-02" }, { actor: thisComputer, version: task?.version ?? 0 });
  to.clock.advance(24 * hour);
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  await waitFor(() => other.told.length === 3);
  assert.deepEqual(
    other.told.map(({ body: { event, odsCode, task } }) => ({ event, odsCode, task })),
    ["task-new", "task-unread", "task-overdue"].map((event) => ({
      event,
      odsCode: receiver.odsCode,
      task: { id: 1, href: `${address}/api/tasks/1` },
    })),
  );
  assert.equal(other.told[0]?.body.at, task?.receivedAt.toISOString());
  assert.equal(new Set([...other.told, ...news.told].map(({ body }) => body.id)).size, 4);
  for (const { text, signature } of other.told) {
    const [, time = "", signed = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    assert.equal(signed, createHmac("sha256", secret).update(`${time}.${text}`).digest("hex"));
    for (const word of [patient.family, patient.nhsNumber, messageId]) assert.ok(!text.includes(word), word);
  }
  const [first] = other.told;
  assert.equal(Number(/t=(\d+)/.exec(first?.signature ?? "")?.[1]), Date.parse("2026-03-02T11:00:00Z") / 1000);
  await waitFor(() => sent(to) === 4);
  assert.deepEqual([queued(to), news.told.length], [0, 1]);
  // After a restart there is nothing to tell again.
  await to.reopen();
  await to.practice.cycle();
  assert.deepEqual([other.told.length, news.told.length], [3, 1]);
});

test("one that hangs, leads elsewhere, is unwell, has a strange certificate or is not there holds up no other, nor messages", async (t) => {
  const well = await webhookReceiver(t);
  const [hanging, leading, unwell] = [await webhookReceiver(t), await webhookReceiver(t), await webhookReceiver(t)];
  hanging.answer = () => undefined;
  leading.answer = (response) => response.writeHead(307, { location: well.url }).end();
  unwell.answer = 503;
  const stranger = await strangeAuthority();
  const strange = await webhookReceiver(
    t,
    await stranger.issue({ commonName: "x", hosts: localHosts, kind: "server" }),
  );
  const nobody = { ...hookOf(well), url: "http://127.0.0.1:1/" };
  const { to } = await telling(t, [...[hanging, leading, unwell, strange].map(hookOf), nobody, hookOf(well)]);
  receive(to);
  await to.practice.cycle();
  receive(to);
  await to.practice.cycle();
  await waitFor(() => well.told.length === 2);
  const told = await waitFor(() => {
    const events = eventsOf(to, "notices-held-up");
    return events.length === 4 && events;
  });
  assert.deepEqual(
    new Map(told.map(({ place, code }) => [place, code])),
    new Map([
      [2, "http-307"],
      [3, "http-503"],
      [4, "certificate"],
      [5, "unreachable"],
    ]),
  );
  assert.deepEqual([hanging.told.length, strange.told.length], [1, 0]);
  // An unwell one is not asked for each: both wait, until it is well.
  assert.equal(unwell.told.length, 1);
  unwell.answer = 200;
  to.clock.advance(6000);
  await to.practice.cycle();
  await waitFor(() => eventsOf(to, "notices-resumed").length === 1 && unwell.told.length === 3);
  assert.equal(new Set(unwell.told.map(({ body }) => body.id)).size, 2);
  // What hangs is let go of when the system ends.
  await to.practice[Symbol.asyncDispose]();
});

test("one that wants to speak another protocol is let go of as one that does not answer is", async (t) => {
  const other = await webhookReceiver(t);
  let isLeft = false;
  other.answer = ({ socket }) => {
    socket?.once("close", () => (isLeft = true));
    socket?.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n");
  };
  const { to } = await telling(t, [hookOf(other)]);
  receive(to);
  await to.practice.cycle();
  await waitFor(() => isLeft);
  await to.practice[Symbol.asyncDispose]();
});

test("a notice that is refused waits behind the others, is given up after 3 days of tries, and a person has it sent again or ends it", async (t) => {
  const other = await webhookReceiver(t);
  other.answer = (response, { body }) => response.writeHead(body.task.id === 1 ? 400 : 200).end();
  const { to } = await telling(t, [hookOf(other)]);
  const { worklist } = to.practice;
  receive(to);
  receive(to);
  await to.practice.cycle();
  await waitFor(() => sent(to) === 1 && eventsOf(to, "notices-held-up").length === 1);
  assert.deepEqual(await worklist.heldNotices(), []);
  // It is tried for as long as 3 days have not passed, whatever else is told in the meantime.
  for (const [hours, given] of [
    [1, 0],
    [70, 0],
    [1, 1],
  ] as const) {
    to.clock.advance(hours * hour);
    const before = other.told.length;
    await to.practice.cycle();
    await waitFor(() => other.told.length > before && eventsSettled(to));
    assert.equal((await worklist.heldNotices()).length, given);
  }
  const held = (await worklist.heldNotices())[0] as HeldNotices;
  assert.deepEqual(
    { ...held, to: undefined },
    {
      receiver: held.receiver,
      kind: "webhook",
      to: undefined,
      notices: 1,
      since: new Date("2026-03-02T11:00:00Z"),
      upTo: held.upTo,
      reason: "It answered 400.",
      notKept: 0,
    },
  );
  // Nothing of its path, in which a secret may be.
  assert.equal(held.to, new URL(other.url).origin);
  assert.deepEqual(
    eventsOf(to, "notices-given-up").map(({ notices, code }) => [notices, code]),
    [[1, "http-400"]],
  );
  assert.equal((await worklist.counts()).unread, 1);
  const asked = other.told.length;
  to.clock.advance(24 * hour);
  await to.practice.cycle();
  assert.equal(other.told.length, asked);

  // Sent again under its id; and given up once more it is ended. What the person has not seen is not theirs to decide.
  await worklist.sendNoticesAgain(held.receiver, held.upTo - 1, thisComputer);
  assert.equal((await worklist.heldNotices()).length, 1);
  await worklist.sendNoticesAgain(held.receiver, held.upTo, thisComputer);
  await to.practice.cycle();
  await waitFor(() => other.told.length === asked + 1 && eventsSettled(to));
  assert.equal(other.told.at(-1)?.body.id, other.told.find(({ body }) => body.task.id === 1)?.body.id);
  to.clock.advance(73 * hour);
  await to.practice.cycle();
  await waitFor(async () => (await worklist.heldNotices()).length === 1);
  await worklist.endNotices(held.receiver, held.upTo - 1, thisComputer);
  assert.equal((await worklist.heldNotices()).length, 1);
  await worklist.endNotices(held.receiver, held.upTo, thisComputer);
  assert.deepEqual([await worklist.heldNotices(), (await worklist.counts()).unread, queued(to)], [[], undefined, 0]);
});

test("after days in which the system was not at work a notice is given up by no first try", async (t) => {
  const other = await webhookReceiver(t);
  other.answer = () => undefined;
  const { to } = await telling(t, [hookOf(other)]);
  receive(to);
  receive(to);
  await to.practice.cycle();
  await waitFor(() => other.told.length === 1);
  await to.practice[Symbol.asyncDispose]();
  to.clock.advance(96 * hour);
  other.answer = 503;
  await to.reopen();
  await to.practice.cycle();
  await waitFor(() => eventsOf(to, "notices-held-up").length === 1);
  assert.deepEqual(await to.practice.worklist.heldNotices(), []);
  to.clock.advance(73 * hour);
  await to.practice.cycle();
  await waitFor(async () => (await to.practice.worklist.heldNotices())[0]?.notices === 2);
});

test("what waits for a webhook that the settings have no more is for a person to end, and can be sent to nobody", async (t) => {
  const gone = await webhookReceiver(t);
  gone.answer = 500;
  const { to } = await telling(t, [hookOf(gone)]);
  receive(to);
  await to.practice.cycle();
  await waitFor(() => eventsOf(to, "notices-held-up").length === 1);
  delete to.options.notices;
  await to.reopen();
  receive(to);
  await to.practice.cycle();
  const { worklist } = to.practice;
  const [held] = await worklist.heldNotices();
  assert.ok(held);
  assert.deepEqual([held.notices, held.unknown, held.reason], [1, true, "It is not in the settings any more."]);
  await worklist.sendNoticesAgain(held.receiver, held.upTo, thisComputer);
  assert.equal((await worklist.heldNotices()).length, 1);
  await worklist.endNotices(held.receiver, held.upTo, thisComputer);
  assert.deepEqual(await worklist.heldNotices(), []);
});

test("10,000 wait for one receiver at most: they are kept, and what comes then is told not to be", async (t) => {
  const full = await webhookReceiver(t);
  full.answer = 500;
  const { to } = await telling(t, [hookOf(full)]);
  receive(to);
  await to.practice.cycle();
  await waitFor(() => eventsOf(to, "notices-held-up").length === 1);
  using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"));
  database.exec("UPDATE notice_receiver SET queued = 10000");
  receive(to);
  await to.practice.cycle();
  await waitFor(() => eventsOf(to, "notices-not-kept").length === 1);
  const [held] = await to.practice.worklist.heldNotices();
  assert.deepEqual([held?.notices, held?.notKept, queued(to)], [0, 1, 1]);
  await to.practice.worklist.endNotices(held?.receiver ?? 0, held?.upTo ?? 0, thisComputer);
  assert.deepEqual(await to.practice.worklist.heldNotices(), []);
});

test("killed while a notice is sent, before others are, it is sent again under its id, and none is lost", async (t) => {
  const other = await webhookReceiver(t);
  other.answer = () => undefined;
  const to = await openPractice(t, receiver);
  const { organisation, role, businessResponse, dataFolder } = to.options;
  await to.practice[Symbol.asyncDispose]();
  const running = killablePractice(t, join(to.folder, ".."), {
    options: { organisation, role, businessResponse, dataFolder, notices: { webhooks: [hookOf(other)] } },
    transport: { kind: "directory", mailboxId: to.organisation.mailboxId, folder: to.folder },
  });
  const patiently = { timeoutMs: 60_000 };
  for (let count = 0; count < 3; count += 1) receive(to);
  await running.start();
  await waitFor(() => other.told.length > 0, patiently);
  await running.kill();
  assert.equal(queued(to), 3);
  other.answer = 200;
  await running.start();
  await waitFor(() => queued(to) === 0, patiently);
  await running.kill();
  const ids = new Map(other.told.map(({ body }) => [body.id, body.task.id]));
  assert.deepEqual(new Set(ids.values()), new Set([1, 2, 3]));
  assert.equal(ids.size, 3);
  assert.equal(other.told.length, 4);
});

test("a secret that can be guessed, and what is not encrypted, are refused", async (t) => {
  for (const hook of [
    { url: "https://hooks.example/", secret: "short" },
    { url: "http://hooks.example/", secret },
  ]) {
    await assert.rejects(openPractice(t, receiver, { notices: { webhooks: [hook] } }), { code: "notices-unusable" });
  }
});

function hookOf({ url, ca }: Pick<WebhookReceiver, "url" | "ca">): WebhookOptions {
  return { url, ca, secret };
}

async function telling(t: TestContext, webhooks: WebhookOptions[]): Promise<{ to: DirectoryPractice }> {
  const notices = { address, webhooks };
  const isUnread = webhooks.length === 2;
  return {
    to: await openPractice(t, receiver, { notices, ...(isUnread && { unread: practiceDefaults.unread }) }),
  };
}

function receive(to: DirectoryPractice): string {
  return deliver(to, message().xml, { from: sender.mailboxId, workflowId });
}

function eventsOf<Name extends Event["event"]>(
  { events }: DirectoryPractice,
  name: Name,
): Extract<Event, { event: Name }>[] {
  return events.filter((event): event is Extract<Event, { event: Name }> => event.event === name);
}

function sent(to: DirectoryPractice): number {
  return eventsOf(to, "notices-sent").length;
}

function queued({ options }: DirectoryPractice): number {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"), { readOnly: true });
  return database.prepare("SELECT notice_id FROM notice").all().length;
}

/** Nothing is due: what failed has been put off. */
function eventsSettled({ options, clock }: DirectoryPractice): boolean {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"), { readOnly: true });
  const due = database.prepare("SELECT 1 FROM notice WHERE state = 'waiting' AND due_at <= ?");
  return due.get(clock.now().toISOString()) === undefined;
}
