// Any sequence of what can happen to messages, against a model of a few lines: two lists, a map, a set and a flag.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test, type TestContext } from "node:test";

import { type MailboxId, type MessageId, newMessageId } from "@restante/mesh";
import { atEnd, postgresMissing, startPostgres, temporaryFolder } from "@restante/testbed";
import * as fc from "fast-check";

import {
  acknowledge,
  type Change,
  expire,
  failRouting,
  giveUp,
  mayMove,
  type Message,
  place,
  redeliver,
} from "../../src/message.ts";
import { openPostgresStore } from "../../src/store/postgres/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import type { Store } from "../../src/store/store.ts";
import { storeOptions } from "./store-options.ts";

const now = new Date("2026-03-02T10:20:30.456Z");
const periods = { upload: 1000, collect: 10_000, keep: 100_000 };

const steps = [
  "send",
  "send to a patient",
  "place",
  "fail",
  "acknowledge",
  "expire",
  "redeliver",
  "give up",
  "give whole",
  "close",
  "open",
  "restart",
] as const;
type Step = { step: (typeof steps)[number]; which: number };

/** What must be so after each step. */
interface Model {
  sender: MailboxId;
  recipient: MailboxId;
  states: Map<MessageId, Message["state"]>;
  inbox: MessageId[];
  reports: MessageId[];
  /** Given to their recipient to the last byte. */
  given: Set<MessageId>;
  closed: boolean;
}

async function send(store: Store, model: Model, routed: boolean): Promise<void> {
  const message: Message = {
    messageId: newMessageId(now),
    mailboxId: model.sender,
    type: "DATA",
    state: routed ? "routing" : "accepted",
    to: routed ? "GPPROVIDER" : model.recipient,
    workflowId: "W",
    details: {},
    totalChunks: 1,
    bytes: 1,
    createdAt: now,
    changedAt: now,
    ...(!routed && { recipientId: model.recipient, acceptedAt: now }),
  };
  const outcome = await store.accept({
    message,
    ...(routed && { routingAddress: "GPPROVIDER_address" }),
    body: { kind: "inline", size: 1, bytes: new Uint8Array(1) },
    token: { mailboxId: model.sender, nonce: randomUUID(), nonceCount: 0, time: now, expiresAt: now },
  });
  const refused = model.closed && !routed;
  assert.equal(outcome, refused ? "mailbox-closed" : "done");
  if (refused) {
    assert.equal(await store.find(model.sender, message.messageId), undefined);
    return;
  }
  model.states.set(message.messageId, message.state);
  if (!routed) model.inbox.push(message.messageId);
}

function changeFor(step: Step["step"], message: Message, recipient: MailboxId): Change {
  const reportId = newMessageId(now);
  switch (step) {
    case "place":
      return place(message, recipient, now, periods);
    case "fail":
      return failRouting(message, "EPL-151", reportId, now, periods);
    case "acknowledge":
      return acknowledge(message, now, periods);
    case "expire":
      return expire(message, reportId, now, periods);
    case "redeliver":
      return redeliver(message, now, periods);
    case "give up":
      return giveUp(message, reportId, now, periods);
    case "give whole":
    case "close":
    case "open":
    case "restart":
    case "send":
    case "send to a patient":
      throw new Error(`no change of a message: ${step}`);
  }
}

const from: Readonly<Partial<Record<Step["step"], Message["state"]>>> = {
  place: "routing",
  fail: "routing",
  acknowledge: "accepted",
  expire: "accepted",
  redeliver: "undelivered",
  "give up": "accepted",
  "give whole": "accepted",
};

async function take(store: Store, model: Model, { step, which }: Step): Promise<void> {
  if (step === "send" || step === "send to a patient") return send(store, model, step !== "send");
  if (step === "close" || step === "open") {
    const { recipient: mailboxId } = model;
    const changed =
      step === "close"
        ? await store.closeMailbox({ mailboxId, closedAt: now, reason: "moves" })
        : await store.openMailbox(mailboxId);
    assert.equal(changed, model.closed === (step === "open"));
    model.closed = step === "close";
    return;
  }
  const candidates = [...model.states].filter(([, state]) => state === from[step]);
  const [messageId] = candidates[which % Math.max(candidates.length, 1)] ?? [];
  if (messageId === undefined) return;
  const message = await store.find(model.sender, messageId);
  assert.ok(message !== undefined);
  if (step === "give whole") {
    await store.markGiven(message, 1);
    model.given.add(messageId);
    return;
  }
  const change = changeFor(step, message, model.recipient);

  // The same change twice at once: it happens once.
  const outcomes = await Promise.all([store.apply(change), store.apply(change)]);

  const refused =
    change.to === "accepted" && model.closed
      ? "mailbox-closed"
      : change.to === "damaged" && model.given.has(messageId)
        ? "given-whole"
        : undefined;
  if (refused !== undefined) {
    assert.deepEqual(outcomes, [refused, refused]);
    return;
  }
  assert.deepEqual(outcomes, ["done", "not-in-state"]);
  assert.ok(mayMove(change.from, change.to));
  model.states.set(messageId, change.to);
  model.inbox = model.inbox.filter((other) => other !== messageId);
  if (change.to === "accepted") model.inbox.push(messageId);
  if (change.report !== undefined) model.reports.push(change.report.messageId);
}

async function list(store: Store, mailboxId: MailboxId): Promise<MessageId[]> {
  return (await store.listAfter(mailboxId, 0, 1000)).map(({ messageId }) => messageId);
}

const told = "whatever happens, each message is in one place, and each failure in one report";

test(told, async (t) => {
  const folder = await temporaryFolder(t);
  await follow(t, () => openSqliteStore(folder, storeOptions), 50);
});

test(`${told}, on PostgreSQL`, { skip: postgresMissing ?? false }, async (t) => {
  const url = await (await startPostgres(t)).createDatabase();
  await follow(t, () => openPostgresStore({ url, node: "one" }), 20);
});

async function follow(t: TestContext, open: () => Promise<Store>, numRuns: number): Promise<void> {
  let store = await open();
  atEnd(t, () => store[Symbol.asyncDispose]());
  const step = fc.record({ step: fc.constantFrom(...steps), which: fc.nat(100) });
  let run = 0;

  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (sequence) => {
    run += 1;
    const model: Model = {
      sender: `S${run}` as MailboxId,
      recipient: `R${run}` as MailboxId,
      states: new Map(),
      inbox: [],
      reports: [],
      given: new Set(),
      closed: false,
    };
    for (const each of sequence) {
      if (each.step !== "restart") {
        await take(store, model, each);
        continue;
      }
      await store[Symbol.asyncDispose]();
      store = await open();
    }

    assert.equal((await store.closureOf(model.recipient)) !== undefined, model.closed);

    assert.deepEqual(await list(store, model.recipient), model.inbox);
    assert.deepEqual(await list(store, model.sender), model.reports);
    const waiting = (await store.listRouting(now, 1000)).filter(({ message }) => message.mailboxId === model.sender);
    assert.deepEqual(
      new Set(waiting.map(({ message }) => message.messageId)),
      new Set([...model.states].filter(([, state]) => state === "routing").map(([messageId]) => messageId)),
    );
    for (const [messageId, state] of model.states) {
      assert.equal((await store.find(model.sender, messageId))?.state, state);
    }
  });

  await fc.assert(property, { numRuns });
}
