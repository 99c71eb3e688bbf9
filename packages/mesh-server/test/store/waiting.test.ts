// The bytes that wait in a mailbox, as the embedded store keeps them: src/store/sqlite/numbers.ts.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { type MailboxId, newMessageId } from "@restante/mesh";
import { temporaryFolder } from "@restante/testbed";
import * as fc from "fast-check";

import {
  acknowledge,
  type Change,
  expire,
  finishUpload,
  giveUp,
  type Message,
  place,
  redeliver,
} from "../../src/message.ts";
import { LAST_ARRIVAL, LAST_DEPARTURE } from "../../src/store/sqlite/numbers.ts";
import { INSERT_MESSAGE, writeMessage } from "../../src/store/sqlite/rows.ts";
import { migrations } from "../../src/store/sqlite/schema.ts";
import { openSqliteStore, type SqliteStore } from "../../src/store/sqlite/store.ts";
import type { Waiting } from "../../src/store/store.ts";
import {
  acceptance,
  inline,
  later,
  newMessage,
  newToken,
  periods,
  recipient,
  routedMessage,
  sender,
} from "./samples.ts";
import { storeOptions } from "./store-options.ts";

const steps = ["send", "acknowledge", "expire", "give up", "put back", "remove", "close", "open"] as const;
type Step = { step: (typeof steps)[number]; which: number; bytes: number };

function changeOf(step: Step["step"], message: Message): Change | undefined {
  if (step === "put back") return message.state === "undelivered" ? redeliver(message, later, periods) : undefined;
  if (message.state !== "accepted") return undefined;
  if (step === "acknowledge") return acknowledge(message, later, periods);
  if (step === "expire") return expire(message, newMessageId(later), later, periods);
  if (step === "give up") return giveUp(message, newMessageId(later), later, periods);
  return undefined;
}

/** Any life of a few messages of one mailbox, beside what must wait in it. */
async function live(store: SqliteStore, run: readonly Step[]) {
  const mailboxId = `M${newMessageId(later)}` as MailboxId;
  const messages: Message[] = [];
  let isClosed = false;
  for (const { step, which, bytes } of run) {
    const index = messages.length === 0 ? -1 : which % messages.length;
    const message = messages[index];
    if (step === "send") {
      const sent = newMessage({ messageId: newMessageId(later), recipientId: mailboxId, to: mailboxId, bytes });
      assert.equal(await store.accept(acceptance(sent)), isClosed ? "mailbox-closed" : "done");
      if (!isClosed) messages.push(sent);
    } else if (step === "close") {
      assert.equal(await store.closeMailbox({ mailboxId, closedAt: later, reason: "moves" }), !isClosed);
      isClosed = true;
    } else if (step === "open") {
      assert.equal(await store.openMailbox(mailboxId), isClosed);
      isClosed = false;
    } else if (message !== undefined && step === "remove") {
      await store.remove(message);
      messages.splice(index, 1);
    } else if (message !== undefined) {
      const change = changeOf(step, message);
      const refused: boolean = isClosed && change?.to === "accepted";
      if (change !== undefined) assert.equal(await store.apply(change), refused ? "mailbox-closed" : "done");
      if (change !== undefined && !refused) message.state = change.to;
    }
    const waiting: Message[] = messages.filter(({ state }) => state === "accepted");
    const expected: Waiting = { messages: waiting.length, bytes: waiting.reduce((sum, one) => sum + one.bytes, 0) };
    assert.deepEqual(await store.waitingIn(mailboxId), expected);
    assert.equal(await store.countInbox(mailboxId), expected.messages);
  }
}

test("what waits in a mailbox is known to the byte, whatever was acknowledged, expired, given up, put back or deleted", async (t) => {
  await using store = await openSqliteStore(await temporaryFolder(t), storeOptions);
  const step = fc.record({ step: fc.constantFrom(...steps), which: fc.nat(20), bytes: fc.nat(1_000_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), (run) => live(store, run)),
    { numRuns: 30 },
  );
});

test("what waits is found at the ends of two indexes, at any depth", async (t) => {
  const folder = await temporaryFolder(t);
  await using _store = await openSqliteStore(folder, storeOptions);
  using db = new DatabaseSync(join(folder, "store.sqlite"), { readOnly: true });

  for (const sql of [LAST_ARRIVAL, LAST_DEPARTURE]) {
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(recipient);
    assert.equal(steps.length, 1, "no sorting");
    assert.match(String(steps[0]?.["detail"]), /^SEARCH delivery USING INDEX (arrivals|departures) \(recipient_id=\?/);
  }
});

test("a store of before knows what waits, and goes on from there", async (t) => {
  const folder = await temporaryFolder(t);
  const of = (state: Message["state"], bytes: number): Message =>
    newMessage({ messageId: newMessageId(later), state, bytes });
  const messages = [of("accepted", 10), of("acknowledged", 100), of("accepted", 1000)];
  {
    using db = new DatabaseSync(join(folder, "store.sqlite"));
    db.exec(`${migrations.slice(0, 3).join("")} PRAGMA user_version = 3`);
    for (const [index, message] of messages.entries()) {
      db.prepare(INSERT_MESSAGE).run(...writeMessage(message));
      const isListed = message.state === "accepted";
      db.prepare(
        `INSERT INTO delivery (recipient_id, message_id, mailbox_id, workflow_id, sequence, listed, departure)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(recipient, message.messageId, sender, message.workflowId, index + 1, isListed ? 1 : 0, isListed ? null : 1);
    }
  }
  const [first, second, third] = messages as [Message, Message, Message];

  await using store = await openSqliteStore(folder, storeOptions);

  assert.deepEqual(await store.waitingIn(recipient), { messages: 2, bytes: 1010 });
  await store.apply(acknowledge(first, later, periods));
  await store.remove(second);
  assert.deepEqual(await store.waitingIn(recipient), { messages: 1, bytes: 1000 });
  const fresh = newMessage({ messageId: newMessageId(later), bytes: 1 });
  await store.accept(acceptance(fresh));
  await store.apply(acknowledge(third, later, periods));
  await store.remove({ ...third, state: "acknowledged" });
  await store.remove({ ...first, state: "acknowledged" });
  assert.deepEqual(await store.waitingIn(recipient), { messages: 1, bytes: 1 });
});

test("a full mailbox refuses what is sent and what is placed, and takes reports and what is put back", async (t) => {
  await using store = await openSqliteStore(await temporaryFolder(t), { ...storeOptions, limits: { messages: 1 } });
  const mailbox = { recipientId: recipient, to: recipient };
  const first = newMessage(mailbox);
  assert.equal(await store.accept(acceptance(first)), "done");
  const token = newToken();
  const refused = newMessage({ ...mailbox, messageId: newMessageId(later) });

  assert.equal(await store.accept(acceptance(refused, { token })), "mailbox-full");
  assert.equal(await store.find(sender, refused.messageId), undefined);
  assert.equal(await store.wasUsed(token), false);
  const routed = routedMessage({ messageId: newMessageId(later) });
  assert.equal(await store.accept(acceptance(routed, { routingAddress: "GPPROVIDER_address" })), "done");
  assert.equal(await store.apply(place(routed, recipient, later, periods)), "mailbox-full");
  assert.equal((await store.find(sender, routed.messageId))?.state, "routing");

  const own = newMessage({ messageId: newMessageId(later), mailboxId: recipient, recipientId: sender, to: sender });
  await store.accept(acceptance(own));
  assert.equal(await store.apply(expire(own, newMessageId(later), later, periods)), "done");
  await store.apply(expire(first, newMessageId(later), later, periods));
  assert.equal(await store.apply(redeliver({ ...first, state: "undelivered" }, later, periods)), "done");
  assert.equal((await store.waitingIn(recipient)).messages, 2, "a report, and what was put back");
});

test("a mailbox that is full and closed refuses as closed, by every way in, and as full when it is opened", async (t) => {
  await using store = await openSqliteStore(await temporaryFolder(t), { ...storeOptions, limits: { messages: 1 } });
  const mailbox = { recipientId: recipient, to: recipient };
  const { acceptedAt: _, ...uploading } = newMessage({ ...mailbox, state: "uploading", totalChunks: 2 });
  await store.accept(acceptance(uploading));
  const undelivered = newMessage({ ...mailbox, messageId: newMessageId(later) });
  await store.accept(acceptance(undelivered));
  await store.apply(expire(undelivered, newMessageId(later), later, periods));
  await store.accept(acceptance(newMessage({ ...mailbox, messageId: newMessageId(later) })));
  const routed = routedMessage({ messageId: newMessageId(later) });
  await store.accept(acceptance(routed, { routingAddress: "GPPROVIDER_address" }));
  const finish = finishUpload(uploading, later, periods);
  const { mailboxId, messageId } = uploading;
  const ways = (): Promise<string[]> =>
    Promise.all([
      store.accept(acceptance(newMessage({ ...mailbox, messageId: newMessageId(later) }))),
      store.addChunk({ mailboxId, messageId, chunk: 2, body: inline("two"), token: newToken(), finish }),
      store.apply(place(routed, recipient, later, periods)),
      store.apply(redeliver({ ...undelivered, state: "undelivered" }, later, periods)),
    ]);
  await store.closeMailbox({ mailboxId: recipient, closedAt: later, reason: "moves" });

  assert.deepEqual(
    await ways(),
    Array.from({ length: 4 }, () => "mailbox-closed"),
  );
  assert.equal((await store.waitingIn(recipient)).messages, 1);

  await store.openMailbox(recipient);
  assert.deepEqual(await ways(), ["mailbox-full", "mailbox-full", "mailbox-full", "done"]);
  assert.equal((await store.waitingIn(recipient)).messages, 2, "what was put back");
});
