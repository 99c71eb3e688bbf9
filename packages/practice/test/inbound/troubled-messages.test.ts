import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { DemographicsError } from "@restante/demographics";
import type { Event, MessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { testMailboxes } from "@restante/testbed";
import { testClock } from "../support/clock.ts";
import { demographicsOf, record } from "../support/demographics.ts";
import { deliver, openPractice } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender as testSender } from "../support/organisations.ts";
import { openParty, organisations, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

const hour = 60 * 60 * 1000;
const { odsCode } = organisations.practice;

/** A practice by API on a real server, whose downloads of some messages fail. */
async function openFailing(
  t: TestContext,
  code: "server-failed" | "unavailable" | "timed-out" | "disk-full" = "server-failed",
) {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api");
  const plain = await openParty(t, server, "practice", "api");
  const failing = new Set<string>();
  const stolen = new Set<MessageId>();
  let downloads = 0;
  const client: MeshClient = {
    ...plain.client,
    async download(messageId, options) {
      downloads += 1;
      if (stolen.delete(messageId)) {
        await plain.client.acknowledge(messageId);
        throw new MeshClientError("gone", "The message is gone.");
      }
      if (failing.has(messageId) && code === "disk-full") {
        // Too long to be read, and more than there is room for.
        const { headers, ...message } = await plain.client.download(messageId, options);
        message.body.destroy();
        const full = options?.maxBytes === Number.MAX_SAFE_INTEGER;
        const error = full
          ? Object.assign(new Error("No room."), { code: "ENOSPC" })
          : new MeshClientError("too-large", "Too large.");
        const body = new Readable({ read: () => body.destroy(error) });
        return { headers, ...message, body };
      }
      if (failing.has(messageId) && code !== "disk-full") throw new MeshClientError(code, "Broken.", { retry: "safe" });
      return plain.client.download(messageId, options);
    },
  };
  const clock = testClock();
  const events: Event[] = [];
  const to = await openParty(t, server, "practice", "api", {
    transports: [{ kind: "api", client }],
    clock,
    emit: (event) => events.push(event),
    tuning: { batchSize: 10, importAttempts: 2 },
  });
  const send = async (): Promise<MessageId> => {
    const { messageId } = await sender.client.send({
      to: testMailboxes.practice,
      workflowId,
      body: Buffer.from(message().xml),
    });
    return messageId;
  };
  const told = (name: Event["event"]): Event[] => events.filter(({ event }) => event === name);
  return { to, clock, failing, stolen, send, told, downloads: () => downloads };
}

for (const code of ["server-failed", "unavailable", "timed-out"] as const) {
  test(`fifty messages that cannot be fetched (${code}) do not keep back those behind them, and none is acknowledged`, async (t) => {
    const { to, failing, send } = await openFailing(t, code);
    for (let count = 0; count < 50; count += 1) failing.add(await send());
    await send();
    for (let pass = 0; pass < 6; pass += 1) await to.practice.cycle();
    assert.equal((await person(to.practice.worklist).tasks()).length, 1);
    assert.equal((await person(to.practice.worklist).tasks())[0]?.kind, "document");
    assert.deepEqual(new Set((await to.client.list()).messageIds), failing);
  });
}

test("a message that cannot be let go of is told as held up, and as a repeat once, when it has gone", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api");
  const plain = await openParty(t, server, "practice", "api");
  let fails = true;
  const client: MeshClient = {
    ...plain.client,
    async acknowledge(messageId, options) {
      if (fails) throw new MeshClientError("server-failed", "Broken.", { retry: "safe" });
      await plain.client.acknowledge(messageId, options);
    },
  };
  const clock = testClock();
  const events: Event[] = [];
  const to = await openParty(t, server, "practice", "api", {
    transports: [{ kind: "api", client }],
    clock,
    emit: (event) => events.push(event),
  });
  await sender.client.send({ to: testMailboxes.practice, workflowId, body: Buffer.from(message().xml) });
  const told = (name: Event["event"]): number => events.filter(({ event }) => event === name).length;
  for (let pass = 0; pass < 5; pass += 1) {
    await to.practice.cycle();
    clock.advance(hour);
  }
  assert.deepEqual([told("message-imported"), told("message-repeated")], [1, 0]);
  assert.ok(told("work-held-up") > 0);
  fails = false;
  await to.practice.cycle();
  assert.deepEqual([told("message-imported"), told("message-repeated"), told("work-resumed")], [1, 1, 1]);
  assert.deepEqual((await plain.client.list()).messageIds, []);
});

test("a message that cannot be fetched is told at once, then with its count at growing intervals, and when it is fetched", async (t) => {
  const { to, clock, failing, send, told } = await openFailing(t);
  const messageId = await send();
  failing.add(messageId);
  await to.practice.cycle();
  const since = clock.now();
  const about = { odsCode, work: "collecting", mailboxId: testMailboxes.practice, messageId };
  const failure = { event: "work-held-up", ...about, code: "server-failed", reason: "Broken." };
  assert.deepEqual(told("work-held-up"), [{ ...failure, times: 1, since }]);
  for (let pass = 0; pass < 300; pass += 1) {
    clock.advance(60_000);
    await to.practice.cycle();
  }
  const counts = told("work-held-up").map((event) => event.event === "work-held-up" && event.times);
  assert.ok(counts.length > 3 && counts.length < 8, String(counts));
  assert.deepEqual(told("message-set-aside"), []);
  failing.clear();
  clock.advance(hour);
  await to.practice.cycle();
  const [over] = told("work-resumed");
  assert.ok(over?.event === "work-resumed");
  assert.deepEqual([over.messageId, over.since], [messageId, since]);
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
});

test("what cannot be fetched is tried again after a growing wait of at most an hour, also by a clock that was put back", async (t) => {
  const { to, clock, failing, send, downloads } = await openFailing(t);
  failing.add(await send());
  for (let pass = 0; pass < 50; pass += 1) {
    clock.advance(60_000);
    await to.practice.cycle();
  }
  assert.ok(downloads() < 20, String(downloads()));
  const before = downloads();
  clock.advance(-40 * 24 * hour);
  await to.practice.cycle();
  assert.equal(downloads(), before + 1);
});

test("a message for which the disk has no room does not keep back smaller ones behind it", async (t) => {
  const { to, failing, send, told } = await openFailing(t, "disk-full");
  const messageId = await send();
  failing.add(messageId);
  await send();
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  assert.deepEqual((await to.client.list()).messageIds, [messageId]);
  const kept = join(to.options.dataFolder, "kept");
  assert.deepEqual(readdirSync(kept), []);
  const [held] = told("work-held-up");
  assert.ok(held?.event === "work-held-up" && held.messageId === messageId);
  assert.match(held.reason, /the disk is full/);
});

test("a message that could not be fetched and is there no more is told as gone", async (t) => {
  const { to, failing, send, told } = await openFailing(t);
  const messageId = await send();
  failing.add(messageId);
  await to.practice.cycle();
  await to.client.acknowledge(messageId);
  await to.practice.cycle();
  const [gone] = told("message-gone");
  assert.ok(gone?.event === "message-gone");
  assert.equal(gone.messageId, messageId);
  assert.equal(told("message-gone").length, 1);
});

test("a message that another client takes between the listing and the download is no trouble", async (t) => {
  const { to, stolen, send, told } = await openFailing(t);
  stolen.add(await send());
  await send();
  await to.practice.cycle();
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  assert.deepEqual([...told("work-held-up"), ...told("message-gone")], []);
});

test("a server out of reach is told once for the mailbox, then at growing intervals, and when it answers again", async (t) => {
  const server = await startEconomy(t);
  const clock = testClock();
  const events: Event[] = [];
  const to = await openParty(t, server, "practice", "api", { clock, emit: (event) => events.push(event) });
  await server.close();
  for (let pass = 0; pass < 10; pass += 1) {
    await assert.rejects(to.practice.cycle());
    clock.advance(1000);
  }
  assert.deepEqual(
    events.map((event) => event.event === "work-held-up" && [event.work, event.code, event.times]),
    [["collecting", "unreachable", 1]],
  );
  await server.restart();
  await to.practice.cycle();
  const over = events.at(-1);
  assert.ok(over?.event === "work-resumed");
  assert.deepEqual([over.work, over.mailboxId, over.times], ["collecting", testMailboxes.practice, 10]);
});

test("a pair that can neither be read nor kept stays in IN, is told, and those behind it are taken in", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  writeFileSync(join(to.folder, "IN", "bad.ctl"), "not XML");
  writeFileSync(join(to.options.dataFolder, "kept"), "");
  deliver(to, message().xml, { from: testSender.mailboxId, workflowId, messageId: "z-later" });
  for (let pass = 0; pass < 20; pass += 1) await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  const told = to.events.filter((event) => event.event === "work-held-up");
  assert.equal(told.length, 1);
  assert.match(told[0]?.reason ?? "", /cannot be used/);
  rmSync(join(to.options.dataFolder, "kept"));
  to.clock.advance(hour);
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 2);
  assert.equal(to.events.filter(({ event }) => event === "work-resumed").length, 1);
});

test("patients who cannot be looked up do not keep back those behind them, and each is told and tried again", async (t) => {
  let broken = true;
  const patients = demographicsOf(record());
  let looked = 0;
  const to = await openPractice(t, receiver, {
    tuning: { batchSize: 5 },
    patients: {
      async find(nhsNumber, signal) {
        looked += 1;
        if (broken && looked <= 10) throw new Error("A record that cannot be read.");
        return patients.find(nhsNumber, signal);
      },
    },
  });
  for (let count = 0; count < 11; count += 1) deliver(to, message().xml, { from: testSender.mailboxId, workflowId });
  for (let pass = 0; pass < 5; pass += 1) await to.practice.cycle();
  const outcomes = async (): Promise<string[]> =>
    (await person(to.practice.worklist).tasks()).map(({ patient }) => patient.outcome);
  assert.equal((await outcomes()).filter((outcome) => outcome === "known").length, 1);
  const held = to.events.filter((event) => event.event === "work-held-up");
  assert.deepEqual(new Set(held.map(({ work, taskId }) => `${work} ${taskId}`)).size, 10);
  broken = false;
  to.clock.advance(hour);
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  assert.ok((await outcomes()).every((outcome) => outcome === "known"));
  assert.equal(to.events.filter(({ event }) => event === "work-resumed").length, 10);
});

test("demographics out of reach are told once and not for each patient or pass", async (t) => {
  const to = await openPractice(t, receiver, {
    patients: {
      async find() {
        throw new DemographicsError("unavailable", "Out of reach.", { retry: "safe" });
      },
    },
  });
  for (let count = 0; count < 5; count += 1) deliver(to, message().xml, { from: testSender.mailboxId, workflowId });
  for (let pass = 0; pass < 5; pass += 1) await assert.rejects(to.practice.cycle());
  const told = to.events.filter((event) => event.event === "work-held-up");
  assert.deepEqual(
    told.map(({ work, code }) => [work, code]),
    [["matching", "unavailable"]],
  );
});

test("a pass that waits for what never answers is told, ever less often, and when it goes on", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const answer = Promise.withResolvers<undefined>();
  const asked = Promise.withResolvers<void>();
  const to = await openPractice(t, receiver, {
    patients: {
      async find() {
        asked.resolve();
        return answer.promise;
      },
    },
  });
  deliver(to, message().xml, { from: testSender.mailboxId, workflowId });
  const pass = to.practice.cycle();
  await asked.promise;
  const told = (name: Event["event"]): Event[] => to.events.filter(({ event }) => event === name);
  for (let minutes = 0; minutes < 120; minutes += 1) {
    to.clock.advance(hour / 60);
    t.mock.timers.tick(60_000);
    assert.equal(told("work-held-up").length > 0, minutes >= 15, `after ${minutes + 1} minutes`);
  }
  assert.equal(told("work-held-up").length, 4, "at once, and after 1, 6 and 36 minutes more");
  const [first] = told("work-held-up");
  assert.ok(first?.event === "work-held-up" && first.work === "everything" && first.code === "pass-stuck");
  answer.resolve(undefined);
  await pass;
  assert.equal(told("work-resumed").length, 1);
});
