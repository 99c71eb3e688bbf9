// What every Store must keep, whatever engine it is. An engine's own test calls this with a way to open it.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { type MailboxId, newMessageId } from "@restante/mesh";

import type { StoredBody } from "../../src/bodies/bodies.ts";
import {
  abandon,
  acknowledge,
  expire,
  failRouting,
  finishUpload,
  type Message,
  type MessageState,
  place,
  redeliver,
} from "../../src/message.ts";
import type { ApplyOutcome, Store, TokenUse } from "../../src/store/store.ts";
import { testOperators } from "./operators.ts";
import { testOrder } from "./order.ts";
import { testTokens } from "./tokens.ts";
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

/** @param leastTurns of the event loop, while a filter looks through 3,500 messages: 3 where reads are done on this thread */
export function testStore(
  open: (t: TestContext) => Promise<StoreUnderTest>,
  { leastTurns }: { leastTurns: number },
): void {
  testOrder(open);
  testOperators(open);
  testTokens(open);

  test("what was accepted is there after it is opened again: message, body and place", async (t) => {
    const { store, reopen } = await open(t);
    const message = newMessage();
    assert.equal(await store.accept(acceptance(message)), "done");

    const again = await reopen();

    assert.deepEqual(await again.find(sender, message.messageId), message);
    assert.deepEqual(await again.findDelivered(recipient, message.messageId), message);
    const body = await again.body(message, 1);
    assert.equal(body?.kind === "inline" && new TextDecoder().decode(body.bytes), "hello");
    assert.deepEqual(await listed(again), [message.messageId]);
  });

  test("a filter that lets little through of a deep inbox finds it, and others have their turn meanwhile", async (t) => {
    const { store } = await open(t);
    const depth = 3500;
    const odd = new Set([0, 999, 1000, 2500, depth - 1]);
    const messages = Array.from({ length: depth }, (_, index) =>
      newMessage({ messageId: newMessageId(now), workflowId: odd.has(index) ? "ODD" : "WORKFLOW" }),
    );
    const outcomes = await Promise.all(messages.map((message) => store.accept(acceptance(message))));
    assert.deepEqual(new Set(outcomes), new Set(["done"]));
    const expected = messages.filter((_, index) => odd.has(index)).map(({ messageId }) => messageId);
    let turns = 0;
    let ticking = setImmediate(function tick() {
      turns += 1;
      ticking = setImmediate(tick);
    });
    t.after(() => clearImmediate(ticking));
    const filter = { match: "equals", text: "ODD", negated: false } as const;
    const found = await store.listAfter(recipient, 0, 100, filter);
    assert.ok(turns >= leastTurns, `${turns} turns`);
    assert.deepEqual(
      found.map(({ messageId }) => messageId),
      expected,
    );
    const [first, ...others] = found;
    assert.deepEqual(await store.listAfter(recipient, first?.sequence ?? 0, 2, filter), others.slice(0, 2));
    assert.deepEqual(await store.listAfter(recipient, 0, 100, { ...filter, text: "NONE" }), []);
    assert.equal((await store.listAfter(recipient, 0, 5000, { ...filter, negated: true })).length, depth - odd.size);
  });

  test("an inbox lists in the order of acceptance, not of ids, and goes on so after it is opened again", async (t) => {
    const { store, reopen } = await open(t);
    const messages = Array.from({ length: 50 }, () => newMessage({ messageId: newMessageId(now) }));
    const [first, second] = [messages.slice(0, 25), messages.slice(25)];

    await Promise.all(first.map((message) => store.accept(acceptance(message))));
    const again = await reopen();
    for (const message of second) await again.accept(acceptance(message));

    assert.deepEqual(
      await listed(again),
      messages.map(({ messageId }) => messageId),
    );
    const page = await again.listAfter(recipient, 0, 10);
    const next = await again.listAfter(recipient, page.at(-1)?.sequence ?? 0, 10);
    assert.deepEqual(
      next.map(({ messageId }) => messageId),
      messages.slice(10, 20).map(({ messageId }) => messageId),
    );
  });

  test("a token used before stops the whole operation, whatever recorded it", async (t) => {
    const { store, reopen } = await open(t);
    const read = newToken();
    await store.useToken(read);
    const message = newMessage();
    const change = acknowledge(message, later, periods);

    assert.equal(await store.accept(acceptance(message, { token: read })), "token-used");
    assert.equal(await store.find(sender, message.messageId), undefined);
    assert.deepEqual(await listed(store), []);
    const write = newToken();
    await store.accept(acceptance(message, { token: write }));
    assert.equal(await store.apply(change, write), "token-used");
    assert.equal((await store.find(sender, message.messageId))?.state, "accepted");

    const again = await reopen();
    assert.deepEqual([await again.wasUsed(read), await again.wasUsed(write)], [true, true]);
    assert.equal(await again.apply(change, read), "token-used");
    assert.equal(await again.wasUsed(newToken()), false);
  });

  test("a token is known as used from its answer on, whatever recorded it, though only a lower count was asked for", async (t) => {
    const { store } = await open(t);
    const { acceptedAt: _, ...uploading } = newMessage({ state: "uploading", totalChunks: 3 });
    const { messageId } = uploading;
    const message = newMessage();
    await Promise.all([store.accept(acceptance(uploading)), store.accept(acceptance(message))]);
    const finish = finishUpload(uploading, later, periods);
    const ways: Record<string, (token: TokenUse) => Promise<unknown>> = {
      accept: (token) => store.accept(acceptance(newMessage(), { token })),
      chunk: (token) => store.addChunk({ mailboxId: sender, messageId, chunk: 2, body: inline("two"), token, finish }),
      apply: (token) => store.apply(acknowledge(message, later, periods), token),
      token: (token) => store.useToken(token),
    };
    for (const [nonce, record] of Object.entries(ways)) {
      const isUsed = (nonceCount: number): Promise<boolean> => store.wasUsed(newToken({ nonce, nonceCount }));
      assert.equal(await isUsed(1), false);
      await record(newToken({ nonce, nonceCount: 5 }));
      assert.deepEqual([await isUsed(4), await isUsed(5), await isUsed(6)], [false, true, false], nonce);
    }
  });

  test("of two that race with one token, exactly one happens", async (t) => {
    const { store } = await open(t);
    const token = newToken();

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => store.accept(acceptance(newMessage(), { token }))),
    );

    assert.deepEqual(outcomes.toSorted(), ["done", ...Array.from({ length: 9 }, () => "token-used")]);
    assert.equal((await listed(store)).length, 1);
  });

  test("a token is forgotten once its time is over, and known until then", async (t) => {
    const { store } = await open(t);
    const after = (hours: number): Date => new Date(now.getTime() + hours * 60 * 60 * 1000);
    const short = Array.from({ length: 5 }, () => newToken({ expiresAt: now }));
    const long = newToken({ time: after(2), expiresAt: after(5) });
    await Promise.all([...short, long].map((token) => store.useToken(token)));

    let forgotten = 0;
    for (let last = 1; last > 0; forgotten += last) last = await store.forgetTokens(after(3), 2);

    assert.equal(forgotten, 5);
    assert.deepEqual(await Promise.all([...short, long].map((token) => store.wasUsed(token))), [
      ...short.map(() => false),
      true,
    ]);
  });

  test("a change happens only from the state it starts in, and of two that race only one", async (t) => {
    const { store } = await open(t);
    const message = newMessage();
    await store.accept(acceptance(message));
    const acknowledged = acknowledge(message, later, periods);
    const expired = expire(message, newMessageId(later), later, periods);

    const outcomes = await Promise.all([store.apply(acknowledged, newToken()), store.apply(expired)]);

    assert.deepEqual(outcomes, ["done", "not-in-state"]);
    assert.deepEqual(await listed(store), []);
    assert.deepEqual(await listed(store, sender), [], "the change that did not happen left no report");
    assert.equal((await store.find(sender, message.messageId))?.state, "acknowledged");
  });

  test("a message keeps its place after it is acknowledged", async (t) => {
    const { store } = await open(t);
    const [first, second] = [newMessage(), newMessage()];
    await store.accept(acceptance(first));
    await store.accept(acceptance(second));
    await store.apply(acknowledge(first, later, periods));

    const after = await store.sequenceOf(recipient, first.messageId);

    assert.ok(after !== undefined);
    assert.deepEqual(
      (await store.listAfter(recipient, after, 10)).map(({ messageId }) => messageId),
      [second.messageId],
    );
    assert.equal((await store.findDelivered(recipient, first.messageId))?.state, "acknowledged");
  });

  test("an undelivered message leaves the inbox in the transaction that puts the report in the sender's", async (t) => {
    const { store, reopen } = await open(t);
    const message = newMessage();
    await store.accept(acceptance(message));
    const reportId = newMessageId(later);

    await store.apply(expire(message, reportId, later, periods));

    const again = await reopen();
    assert.deepEqual([await listed(again), await listed(again, sender)], [[], [reportId]]);
    const report = await again.findDelivered(sender, reportId);
    assert.partialDeepStrictEqual(report, {
      type: "REPORT",
      state: "accepted",
      to: recipient,
      linkedMessageId: message.messageId,
      status: { event: "SEND", code: "14" },
    });
    await again.apply(acknowledge(report as Message, later, periods));
    assert.deepEqual((await again.findDelivered(sender, reportId))?.status, report?.status, "it keeps what it says");
  });

  test("a message that is put back is listed last, with nothing left of its failure", async (t) => {
    const { store } = await open(t);
    const [first, second] = [newMessage(), newMessage()];
    await store.accept(acceptance(first));
    await store.accept(acceptance(second));
    await store.apply(expire(first, newMessageId(later), later, periods));
    const undelivered = (await store.find(sender, first.messageId)) as Message;
    assert.equal(undelivered.status?.code, "14");

    await store.apply(redeliver(undelivered, later, periods));

    assert.deepEqual(await listed(store), [second.messageId, first.messageId]);
    assert.equal((await store.find(sender, first.messageId))?.status, undefined);
  });

  test("put by hand, a message goes between the states that it has in a mailbox, and the order and count go with it", async (t) => {
    const { store, reopen } = await open(t);
    const [first, second] = [newMessage(), newMessage()];
    await store.accept(acceptance(first));
    await store.accept(acceptance(second));
    const { mailboxId, messageId } = first;
    const status = { event: "SEND", code: "21", description: "by hand" } as const;
    const put = (from: MessageState, to: MessageState): Promise<ApplyOutcome> =>
      store.put({ mailboxId, messageId, from, to, at: later, ...(to === "failed" && { status }) });

    assert.equal(await put("accepted", "acknowledged"), "done");
    assert.equal(await put("accepted", "acknowledged"), "not-in-state");
    assert.equal(await put("acknowledged", "failed"), "done");
    assert.deepEqual((await store.find(sender, messageId))?.status, status);
    assert.equal(await put("failed", "uploading"), "not-in-state");
    assert.equal(await store.countInbox(recipient), 1);
    assert.equal(await put("failed", "accepted"), "done");

    const again = await reopen();
    assert.deepEqual(await listed(again), [second.messageId, messageId]);
    assert.equal(await again.countInbox(recipient), 2);
    assert.equal((await again.find(sender, messageId))?.status, undefined);
    assert.deepEqual(await listed(again, sender), [], "nobody is told");

    const routed = routedMessage();
    await again.accept({ ...acceptance(routed), routingAddress: "GPPROVIDER_1" });
    const change = { mailboxId: routed.mailboxId, messageId: routed.messageId, at: later } as const;
    assert.equal(await again.put({ ...change, from: "routing", to: "failed" }), "not-in-state");
  });

  test("a routed message is found until it is placed, and then its address is gone", async (t) => {
    const { store, reopen } = await open(t);
    const message = routedMessage();
    await store.accept(acceptance(message, { routingAddress: "GPPROVIDER_address" }));
    assert.equal(await store.findDelivered(recipient, message.messageId), undefined);

    const again = await reopen();
    const tasks = await again.listRouting(now, 10);
    assert.partialDeepStrictEqual(tasks, [{ message, routingAddress: "GPPROVIDER_address", tries: 0 }]);
    await again.apply(place(message, recipient, later, periods));

    assert.deepEqual(await again.listRouting(later, 10), []);
    assert.partialDeepStrictEqual(await again.findDelivered(recipient, message.messageId), {
      state: "accepted",
      recipientId: recipient,
      to: recipient,
      acceptedAt: later,
    });
    assert.deepEqual(await listed(again), [message.messageId]);
  });

  test("a routed message that fails leaves one report, addressed as it was: to GPPROVIDER", async (t) => {
    const { store } = await open(t);
    const message = routedMessage();
    await store.accept(acceptance(message, { routingAddress: "GPPROVIDER_address" }));
    const reportId = newMessageId(later);
    const change = failRouting(message, "EPL-151", reportId, later, periods);

    const outcomes = await Promise.all([store.apply(change), store.apply(change)]);

    assert.deepEqual(outcomes, ["done", "not-in-state"]);
    assert.deepEqual(await listed(store, sender), [reportId]);
    assert.equal((await store.findDelivered(sender, reportId))?.to, "GPPROVIDER");
    assert.deepEqual(await store.listRouting(later, 10), []);
  });

  test("a held message is not due before its time, also after it is opened again", async (t) => {
    const { store, reopen } = await open(t);
    const message = routedMessage();
    await store.accept(acceptance(message, { routingAddress: "GPPROVIDER_address" }));

    await store.holdRouting(message, 3, later);

    const again = await reopen();
    assert.deepEqual(await again.listRouting(now, 10), []);
    assert.deepEqual(
      (await again.listRouting(later, 10)).map(({ tries }) => tries),
      [3],
    );
  });

  test("an upload is finished by the chunk that completes it, and its size is that of all chunks", async (t) => {
    const { store } = await open(t);
    const { acceptedAt: _, ...message } = newMessage({ state: "uploading", totalChunks: 3 });
    await store.accept(acceptance(message));
    const finish = finishUpload(message, later, periods);
    const add = (chunk: number, body: StoredBody): ReturnType<Store["addChunk"]> =>
      store.addChunk({ mailboxId: sender, messageId: message.messageId, chunk, body, token: newToken(), finish });

    const file: StoredBody = { kind: "file", size: 100, fileName: "a" };
    assert.equal(await add(3, file), "stored");
    assert.deepEqual([await store.namesBodyFile("a"), await store.countBodyFiles()], [true, 1]);
    assert.deepEqual(await listed(store), []);
    assert.equal(await add(2, inline("two")), "finished");
    assert.equal(await add(2, inline("two")), "not-uploading");

    assert.deepEqual(await listed(store), [message.messageId]);
    assert.equal((await store.findDelivered(recipient, message.messageId))?.bytes, 108);
  });

  test("a chunk that is there is not replaced, nor is the token of who tries used", async (t) => {
    const { store } = await open(t);
    const { acceptedAt: _, ...message } = newMessage({ state: "uploading", totalChunks: 3 });
    await store.accept(acceptance(message));
    const finish = finishUpload(message, later, periods);
    const add = (chunk: number, body: StoredBody, token: TokenUse): ReturnType<Store["addChunk"]> =>
      store.addChunk({ mailboxId: sender, messageId: message.messageId, chunk, body, token, finish });

    assert.equal(await add(2, inline("two"), newToken()), "stored");
    const token = newToken();
    for (const chunk of [1, 2]) assert.equal(await add(chunk, inline("other"), token), "there-already");

    for (const [chunk, text] of [
      [1, "hello"],
      [2, "two"],
    ] as const) {
      const body = await store.body(message, chunk);
      assert.equal(body?.kind === "inline" && new TextDecoder().decode(body.bytes), text);
    }
    assert.equal(await store.wasUsed(token), false);
    assert.equal((await store.find(sender, message.messageId))?.bytes, 8);
  });

  test("an abandoned upload gives up its bodies", async (t) => {
    const { store } = await open(t);
    const { acceptedAt: _, ...message } = newMessage({ state: "uploading", totalChunks: 2 });
    const body: StoredBody = { kind: "file", size: 100, fileName: "b" };
    await store.accept(acceptance(message, { body }));

    await store.apply(abandon(message, later, periods));

    assert.deepEqual(await store.removeBodies(message), [{ ...body }]);
    assert.equal(await store.body(message, 1), undefined);
    assert.equal((await store.find(sender, message.messageId))?.state, "abandoned");
  });

  test("a message that is removed is gone, and says which files it leaves", async (t) => {
    const { store } = await open(t);
    const message = newMessage();
    const body: StoredBody = { kind: "file", size: 100, fileName: "c" };
    await store.accept(acceptance(message, { body }));
    await store.apply(acknowledge(message, later, periods));

    assert.deepEqual(await store.remove({ ...message, state: "acknowledged" }), [{ ...body }]);

    assert.equal(await store.find(sender, message.messageId), undefined);
    assert.equal(await store.findDelivered(recipient, message.messageId), undefined);
    assert.equal(await store.exists(message.messageId), false);
    assert.equal(await store.namesBodyFile("c"), false);
  });

  test("a message is due when its time has come, the most overdue first", async (t) => {
    const { store } = await open(t);
    const [second, first, third] = [2, 1, 3].map((second) =>
      newMessage({ dueAt: new Date(now.getTime() + second * 1000) }),
    );
    for (const message of [second, first, third]) await store.accept(acceptance(message as Message));

    const due = await store.listDue(new Date(now.getTime() + 2000), 10);

    assert.deepEqual(
      due.map(({ messageId }) => messageId),
      [first?.messageId, second?.messageId],
    );
  });

  test("one mailbox never sees another's: neither by sender, nor by recipient, nor by local id", async (t) => {
    const { store } = await open(t);
    const other = "OTHER" as MailboxId;
    const message = newMessage();
    await store.accept(acceptance(message));

    assert.equal(await store.find(other, message.messageId), undefined);
    assert.equal(await store.find(recipient, message.messageId), undefined);
    assert.equal(await store.findDelivered(other, message.messageId), undefined);
    assert.equal(await store.findDelivered(sender, message.messageId), undefined);
    assert.deepEqual(await store.findByLocalId(other, "local", 10), []);
    assert.deepEqual(await listed(store, other), []);
    assert.equal(await store.exists(message.messageId), true);
  });

  test("the newest messages with a local id come first", async (t) => {
    const { store } = await open(t);
    const messages = [newMessage(), newMessage(), newMessage({ details: { localId: "another" } })];
    for (const message of messages) await store.accept(acceptance(message));

    const found = await store.findByLocalId(sender, "local", 10);

    assert.deepEqual(
      found.map(({ messageId }) => messageId),
      [messages[1]?.messageId, messages[0]?.messageId],
    );
  });

  test("the newest that a mailbox received and sent come first, however deep it is, and others have their turn", async (t) => {
    const { store } = await open(t);
    const depth = 2500;
    const messages = Array.from({ length: depth }, (_, index) =>
      newMessage({ messageId: newMessageId(new Date(now.getTime() + index)), acceptedAt: index === 0 ? later : now }),
    );
    await Promise.all(messages.map((message) => store.accept(acceptance(message))));
    await store.apply(acknowledge(messages[2499]!, now, periods));
    await store.apply(expire(messages[2498]!, newMessageId(now), now, periods));
    const since = new Date(0);
    const idsOf = (found: readonly Message[]): string[] => found.map(({ messageId }) => messageId);
    const all = messages.map(({ messageId }) => messageId).toReversed();

    const received = await store.listReceived(recipient, { since, limit: 3 });
    assert.deepEqual(idsOf(received.map(({ message }) => message)), [all[0], all[2], all[3]]);
    const more = await store.listReceived(recipient, { since, limit: 1 }, received.at(-1)?.sequence);
    assert.deepEqual(idsOf(more.map(({ message }) => message)), [all[4]]);
    assert.equal((await store.listReceived(recipient, { since, limit: 5000 })).length, depth - 1);
    assert.deepEqual(idsOf(await store.listSent(sender, { since, limit: 2 })), all.slice(0, 2));
    assert.deepEqual(idsOf(await store.listSent(sender, { since, limit: 2 }, messages[2000]!.messageId)), [
      messages[1999]!.messageId,
      messages[1998]!.messageId,
    ]);
    assert.equal((await store.listSent(sender, { since, limit: 5000 })).length, depth);

    // All of it is looked through for one.
    let turns = 0;
    let looking = true;
    const turn = (): void => {
      turns += 1;
      if (looking) setImmediate(turn);
    };
    setImmediate(turn);
    const [old] = await store.listReceived(recipient, { since: now, limit: 5 });
    looking = false;
    assert.equal(old?.message.messageId, messages[0]!.messageId);
    assert.ok(turns >= 2, "between two pieces others have their turn");
    assert.deepEqual(await store.listSent(recipient, { since, limit: 5 }), []);
    assert.deepEqual(await store.listReceived(sender, { since: later, limit: 5 }), []);
  });

  test("an operation that is a mistake is undone alone, not those that share its commit", async (t) => {
    const { store } = await open(t);
    const twice = newMessage();

    const [first, repeated, other] = await Promise.allSettled([
      store.accept(acceptance(twice)),
      store.accept(acceptance(twice)),
      store.accept(acceptance(newMessage())),
    ]);

    assert.deepEqual([first.status, repeated.status, other.status], ["fulfilled", "rejected", "fulfilled"]);
    assert.equal((await listed(store)).length, 2);
  });
}
