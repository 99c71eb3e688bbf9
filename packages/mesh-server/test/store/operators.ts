// Of the contract (contract.ts): what operators do to messages and mailboxes.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { newMessageId } from "@restante/mesh";

import type { StoredBody } from "../../src/bodies/bodies.ts";
import { acknowledge, expire, finishUpload, giveUp, type Message, place, redeliver } from "../../src/message.ts";
import type { Store } from "../../src/store/store.ts";
import {
  acceptance,
  inline,
  later,
  listed,
  newMessage,
  newToken,
  now,
  periods,
  recipient,
  routedMessage,
  sender,
  type StoreUnderTest,
} from "./samples.ts";

const closure = { mailboxId: recipient, closedAt: now, reason: "moves to another system" };

async function accepted(store: Store, overrides: Partial<Message> = {}): Promise<Message> {
  const message = newMessage(overrides);
  assert.equal(await store.accept(acceptance(message)), "done");
  return message;
}

/** Its recipient has two chunks to be given. */
async function uploaded(store: Store): Promise<Message> {
  const { acceptedAt: _, ...message } = newMessage({ state: "uploading", totalChunks: 2 });
  await store.accept(acceptance(message));
  const { messageId } = message;
  const finish = finishUpload(message, later, periods);
  await store.addChunk({ mailboxId: sender, messageId, chunk: 2, body: inline("two"), token: newToken(), finish });
  return { ...message, state: "accepted" };
}

export function testOperators(open: (t: TestContext) => Promise<StoreUnderTest>): void {
  test("what no request brought is accepted without a token, a report without a body, in a closed mailbox too", async (t) => {
    const { store, reopen } = await open(t);
    const message = newMessage();
    const report = newMessage({ type: "REPORT", mailboxId: recipient, totalChunks: 0, bytes: 0 });
    assert.equal(await store.accept({ message, body: inline("hello") }), "done");
    await store.closeMailbox(closure);
    assert.equal(await store.accept({ message: newMessage(), body: inline("hello") }), "mailbox-closed");
    assert.equal(await store.accept({ message: report }), "done");
    const again = await reopen();
    assert.deepEqual(await listed(again), [message.messageId, report.messageId]);
    assert.deepEqual(await again.findDelivered(recipient, report.messageId), report);
    assert.equal(await again.body(report, 1), undefined);
    assert.deepEqual(await again.waitingIn(recipient), { messages: 2, bytes: 5 });
  });

  test("all messages of all mailboxes, in every state, are listed newest first, page by page", async (t) => {
    const { store } = await open(t);
    const messages = [
      await accepted(store),
      await uploaded(store),
      await accepted(store, { mailboxId: recipient, recipientId: sender, to: sender }),
    ];
    const routed = routedMessage();
    await store.accept({ ...acceptance(routed), routingAddress: "GPPROVIDER_1_2_3" });
    const ids = [...messages, routed]
      .map(({ messageId }) => messageId)
      .toSorted()
      .toReversed();
    const idsOf = async (limit: number, before?: (typeof ids)[number]): Promise<string[]> =>
      (await store.listAll(limit, before)).map(({ messageId }) => messageId);
    assert.deepEqual(await idsOf(10), ids);
    assert.deepEqual(await idsOf(3), ids.slice(0, 3));
    assert.deepEqual(await idsOf(3, ids[2]), ids.slice(3));
    assert.deepEqual(await idsOf(3, ids[3]), []);
  });

  test("a message put back keeps its new place, and expires a second time with a second report", async (t) => {
    const { store, reopen } = await open(t);
    const [first, second] = [await accepted(store), await accepted(store)];
    const reports = [newMessageId(later), newMessageId(later)] as const;
    await store.apply(expire(first, reports[0], later, periods));
    const before = await store.sequenceOf(recipient, second.messageId);
    const undelivered = (await store.findAnywhere(first.messageId)) as Message;
    assert.deepEqual(
      await Promise.all([
        store.apply(redeliver(undelivered, later, periods)),
        store.apply(redeliver(undelivered, later, periods)),
      ]),
      ["done", "not-in-state"],
    );

    const again = await reopen();

    assert.deepEqual(await listed(again), [second.messageId, first.messageId]);
    assert.ok(((await again.sequenceOf(recipient, first.messageId)) ?? 0) > (before ?? Infinity));
    assert.equal(await again.countInbox(recipient), 2);
    const back = (await again.findAnywhere(first.messageId)) as Message;
    assert.deepEqual(back.dueAt, new Date(later.getTime() + periods.collect));
    assert.equal(await again.apply(expire(back, reports[1], later, periods)), "done");
    assert.deepEqual([await listed(again), await listed(again, sender)], [[second.messageId], reports]);
  });

  test("a message put back while somebody was to delete it stays, listed, with its body", async (t) => {
    const { store, reopen } = await open(t);
    const body: StoredBody = { kind: "file", size: 100, fileName: "kept" };
    const message = newMessage();
    await store.accept(acceptance(message, { body }));
    await store.apply(expire(message, newMessageId(later), later, periods));
    const undelivered = (await store.findAnywhere(message.messageId)) as Message;

    const back = store.apply(redeliver(undelivered, later, periods));
    assert.deepEqual(await Promise.all([back, store.remove(undelivered)]), ["done", []]);

    const again = await reopen();
    assert.deepEqual(await listed(again), [message.messageId]);
    assert.deepEqual(await again.body(message, 1), body);
    assert.equal(await again.namesBodyFile("kept"), true);
  });

  test("a damaged message leaves the inbox in the transaction that puts the report in the sender's", async (t) => {
    const { store, reopen } = await open(t);
    const message = await accepted(store);
    const reportId = newMessageId(later);
    const change = giveUp(message, reportId, later, periods);

    assert.deepEqual(await Promise.all([store.apply(change), store.apply(change)]), ["done", "not-in-state"]);

    const again = await reopen();
    assert.deepEqual([await listed(again), await listed(again, sender)], [[], [reportId]]);
    assert.equal(await again.countInbox(recipient), 0);
    assert.equal((await again.find(sender, message.messageId))?.state, "damaged");
    assert.partialDeepStrictEqual(await again.findDelivered(sender, reportId), {
      type: "REPORT",
      linkedMessageId: message.messageId,
      status: { event: "SEND", code: "02" },
    });
    assert.equal(await again.apply(acknowledge(message, later, periods), newToken()), "not-in-state");
  });

  test("a message that was given whole, chunk by chunk in any order, does not become damaged; in part, it does", async (t) => {
    const { store, reopen } = await open(t);
    const [whole, part] = [await uploaded(store), await uploaded(store)];
    for (const chunk of [2, 2, 1]) await store.markGiven(whole, chunk);
    for (const chunk of [2, 2, 3]) await store.markGiven(part, chunk);

    const again = await reopen();

    assert.equal(await again.apply(giveUp(whole, newMessageId(later), later, periods)), "given-whole");
    assert.equal((await again.find(sender, whole.messageId))?.state, "accepted");
    assert.deepEqual(await listed(again, sender), []);
    assert.equal(await again.apply(giveUp(part, newMessageId(later), later, periods)), "done");
    assert.equal(await again.apply(expire(whole, newMessageId(later), later, periods)), "done");
    assert.equal((await listed(again, sender)).length, 2);
  });

  test("what is recorded as given goes with its message, and is not recorded of one that is gone", async (t) => {
    const { store } = await open(t);
    const message = await accepted(store);
    await store.markGiven(message, 1);
    await store.remove(message);
    await store.markGiven(message, 1);

    await accepted(store, { messageId: message.messageId });

    assert.equal(await store.apply(giveUp(message, newMessageId(later), later, periods)), "done");
  });

  test("a closed mailbox takes nothing in, by any way, and uses up no token; also after it is opened again", async (t) => {
    const { store, reopen } = await open(t);
    const undelivered = await accepted(store);
    await store.apply(expire(undelivered, newMessageId(later), later, periods));
    const routed = routedMessage();
    await store.accept(acceptance(routed, { routingAddress: "GPPROVIDER_address" }));
    const { acceptedAt: _, ...uploading } = newMessage({ state: "uploading", totalChunks: 2 });
    await store.accept(acceptance(uploading));
    const body: StoredBody = { kind: "file", size: 100, fileName: "refused" };
    assert.equal(await store.closeMailbox(closure), true);
    const token = newToken();
    const message = newMessage();
    const ways = (one: Store): Promise<string>[] => [
      one.accept(acceptance(message, { token, body })),
      one.accept(acceptance({ ...message, state: "uploading", totalChunks: 2 }, { token })),
      one.addChunk({
        mailboxId: sender,
        messageId: uploading.messageId,
        chunk: 2,
        body,
        token,
        finish: finishUpload(uploading, later, periods),
      }),
      one.apply(place(routed, recipient, later, periods)),
      one.apply(redeliver({ ...undelivered, state: "undelivered" }, later, periods)),
    ];
    const refused = ways(store).map(() => "mailbox-closed");
    assert.deepEqual(await Promise.all(ways(store)), refused);

    const again = await reopen();

    assert.deepEqual(await Promise.all(ways(again)), refused);
    assert.deepEqual([await listed(again), await again.countInbox(recipient)], [[], 0]);
    assert.deepEqual([await again.wasUsed(token), await again.namesBodyFile("refused")], [false, false]);
    assert.equal(await again.find(sender, message.messageId), undefined);
    assert.deepEqual(await again.closureOf(recipient), closure);
    assert.equal(await again.openMailbox(recipient), true);
    const [sent, , chunk, placed, back] = ways(again);
    assert.deepEqual(await Promise.all([sent, placed, back]), ["done", "done", "done"]);
    assert.equal(await chunk, "token-used", "the token of the send");
  });

  test("a closed mailbox keeps what it has: it is listed, acknowledged and expires; and it takes reports", async (t) => {
    const { store } = await open(t);
    const [first, second] = [await accepted(store), await accepted(store)];
    const own = await accepted(store, { mailboxId: recipient, recipientId: sender, to: sender });
    await store.closeMailbox(closure);

    assert.deepEqual(await listed(store), [first.messageId, second.messageId]);
    assert.equal(await store.apply(acknowledge(first, later, periods), newToken()), "done");
    assert.equal(await store.apply(expire(second, newMessageId(later), later, periods)), "done");
    const reportId = newMessageId(later);
    assert.equal(await store.apply(expire(own, reportId, later, periods)), "done");
    assert.deepEqual(await listed(store), [reportId]);
    const report = (await store.findAnywhere(reportId)) as Message;
    await store.apply(expire(report, newMessageId(later), later, periods));
    assert.equal(await store.apply(redeliver({ ...report, state: "undelivered" }, later, periods)), "done");
  });

  test("of sends and a closing that race, each is there or was refused; one closed before keeps its reason", async (t) => {
    const { store } = await open(t);
    const messages = Array.from({ length: 40 }, () => newMessage());
    const sends = (some: readonly Message[]): Promise<string>[] => some.map((each) => store.accept(acceptance(each)));

    const [outcomes, closed] = await Promise.all([
      Promise.all([...sends(messages.slice(0, 20)), store.closeMailbox(closure), ...sends(messages.slice(20))]),
      store.closeMailbox({ ...closure, reason: "another" }),
    ]);

    assert.equal(closed, false);
    assert.deepEqual(await store.listClosures(), [closure]);
    const done = messages.filter((_, index) => outcomes[index < 20 ? index : index + 1] === "done");
    assert.deepEqual(
      await listed(store),
      done.map(({ messageId }) => messageId),
    );
    assert.equal(await store.openMailbox(recipient), true);
    assert.equal(await store.openMailbox(recipient), false);
  });

  test("whether a mailbox is closed is told as it is from the answer of each change on, though it was asked before", async (t) => {
    const { store } = await open(t);

    assert.equal(await store.closureOf(recipient), undefined);
    await store.closeMailbox(closure);
    assert.deepEqual(await store.closureOf(recipient), closure);
    assert.equal(await store.closureOf(sender), undefined);
    await store.openMailbox(recipient);
    assert.equal(await store.closureOf(recipient), undefined);
  });
}
