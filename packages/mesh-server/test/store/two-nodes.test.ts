// Two nodes on one database, at once, and a database that goes away under them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type MailboxId, type MessageId, newMessageId } from "@restante/mesh";
import { atEnd, waitFor } from "@restante/testbed";

import { isOfEveryMessage, MeshServerError } from "../../src/errors.ts";
import { refusalOf } from "../../src/http/errors.ts";
import { acknowledge, expire, finishUpload, type Message } from "../../src/message.ts";
import { askToWrite, connect } from "../../src/store/postgres/database.ts";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/store.ts";
import type { InboxEntry } from "../../src/store/store.ts";
import { openNode, openTwoNodes, skip, startForFile } from "./postgres-stores.ts";
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
} from "./samples.ts";
import { startWire } from "./wire.ts";

const postgres = await startForFile();

test(
  "who lists page by page at either node while both accept passes over none, and is shown each once",
  { skip },
  async (t) => {
    const { one, two } = await openTwoNodes(t, postgres);
    const nodes = [one, two];
    const accepted: MessageId[] = [];
    let writing = 0;
    const write = async (store: PostgresStore): Promise<void> => {
      writing += 1;
      for (let index = 0; index < 25; index += 1) {
        const message = newMessage();
        const other = newMessage({ recipientId: sender, to: sender });
        await Promise.all([message, other].map((each) => store.accept(acceptance(each))));
        accepted.push(message.messageId);
      }
      writing -= 1;
    };
    const list = async (store: PostgresStore): Promise<MessageId[]> => {
      const shown: InboxEntry[] = [];
      for (;;) {
        const isLast = writing === 0;
        const page = await store.listAfter(recipient, shown.at(-1)?.sequence ?? 0, 3);
        shown.push(...page);
        if (isLast && page.length < 3) return shown.map(({ messageId }) => messageId);
      }
    };

    const writers = [...nodes, ...nodes].map(write);
    const [shown] = await Promise.all([Promise.all([...nodes, ...nodes].map(list)), ...writers]);

    const whole = await one.listAfter(recipient, 0, 1000);
    assert.deepEqual(
      whole.map(({ sequence }) => sequence),
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    assert.deepEqual(whole.map(({ messageId }) => messageId).toSorted(), accepted.toSorted());
    for (const each of shown)
      assert.deepEqual(
        each,
        whole.map(({ messageId }) => messageId),
      );
  },
);

test("of two nodes that race, one token, one change and one closing happen once", { skip }, async (t) => {
  const { one, two } = await openTwoNodes(t, postgres);
  for (let round = 0; round < 15; round += 1) {
    const mailboxId = `R${round}` as MailboxId;
    const [token, used] = [newToken(), newToken()];
    const send = (store: PostgresStore): Promise<string>[] => [
      store.accept(acceptance(newMessage({ recipientId: mailboxId }), { token })),
      store.accept(acceptance(newMessage({ recipientId: mailboxId }), { token: newToken() })),
    ];
    const sent = await Promise.all([...send(one), ...send(two)]);
    assert.deepEqual(sent.toSorted(), ["done", "done", "done", "token-used"]);

    const message = newMessage({ recipientId: mailboxId });
    await one.accept(acceptance(message));
    const outcomes = await Promise.all([
      one.apply(acknowledge(message, later, periods), used),
      two.apply(expire(message, newMessageId(later), later, periods)),
      two.apply(acknowledge(message, later, periods), newToken()),
    ]);
    assert.deepEqual(outcomes.toSorted(), ["done", "not-in-state", "not-in-state"]);
    assert.deepEqual((await two.waitingIn(mailboxId)).messages, (await listed(one, mailboxId)).length);

    const closure = { mailboxId, closedAt: now, reason: "moves" };
    const late = Array.from({ length: 4 }, () => newMessage({ recipientId: mailboxId }));
    const [first, second, ...accepted] = await Promise.all([
      one.closeMailbox(closure),
      two.closeMailbox(closure),
      ...late.map((each, index) => (index % 2 === 0 ? one : two).accept(acceptance(each))),
    ]);
    assert.deepEqual([first, second].filter(Boolean), [true]);
    const there = new Set(await listed(two, mailboxId));
    for (const [index, each] of late.entries()) {
      assert.equal(accepted[index], there.has(each.messageId) ? "done" : "mailbox-closed");
    }
    assert.equal(await one.accept(acceptance(newMessage({ recipientId: mailboxId }))), "mailbox-closed");
  }
});

test(
  "a PostgreSQL that is killed and comes back ends no node, and what was said to be done is there once",
  { skip },
  async (t) => {
    const { one, two } = await openTwoNodes(t, postgres);
    const nodes = [one, two];
    const [done, unknown, refused]: [MessageId[], MessageId[], MessageId[]] = [[], [], []];
    const over = new AbortController();
    const write = async (store: PostgresStore): Promise<void> => {
      while (!over.signal.aborted) {
        const message = newMessage();
        const told = await store.accept(acceptance(message)).catch((error: unknown) => error);
        if (told === "done") done.push(message.messageId);
        else if (told instanceof MeshServerError && told.retry === "ambiguous") unknown.push(message.messageId);
        else if (told instanceof MeshServerError && told.code === "store-busy") refused.push(message.messageId);
        else throw told;
      }
    };
    const writers = [...nodes, ...nodes].map(write);

    for (let times = 0; times < 3; times += 1) {
      const before = done.length;
      await waitFor(() => done.length > before + 20, { timeoutMs: 30_000, what: "messages to be accepted" });
      const refusedBefore = refused.length;
      await (times === 1 ? postgres.stop() : postgres.kill());
      await waitFor(() => refused.length > refusedBefore && nodes.every((store) => store.trouble() !== undefined));
      await assert.rejects(one.find(sender, done[0]!), { code: "store-busy", retry: "safe" });
      await postgres.start();
      await waitFor(() => nodes.every((store) => store.trouble() === undefined), { timeoutMs: 30_000 });
    }
    over.abort();
    await Promise.all(writers);

    const [whole, others] = await Promise.all(nodes.map((store) => store.listAfter(recipient, 0, 100_000)));
    assert.deepEqual(whole, others);
    const there = whole!.map(({ messageId }) => messageId);
    assert.equal(new Set(there).size, there.length);
    assert.deepEqual(
      done.filter((messageId) => !there.includes(messageId)),
      [],
    );
    assert.deepEqual(
      refused.filter((messageId) => there.includes(messageId)),
      [],
    );
    const mayBe = new Set([...done, ...unknown]);
    assert.deepEqual(
      there.filter((messageId) => !mayBe.has(messageId)),
      [],
    );
  },
);

test(
  "what was being committed when its connection was lost is told as not known, once, and the node goes on by itself",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const store = await openPostgresStore({ url, node: "one" });
    atEnd(t, () => store[Symbol.asyncDispose]());
    // A session that ends while it commits.
    const database = connect(url, 1);
    atEnd(t, () => database.close());
    await askToWrite(
      database,
      `CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`,
    );
    await askToWrite(
      database,
      `CREATE CONSTRAINT TRIGGER end_it AFTER INSERT ON closed_mailbox DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION end_it()`,
    );

    const closed = store.closeMailbox({ mailboxId: recipient, closedAt: now, reason: "moves" });

    await assert.rejects(closed, (error) => {
      assert.ok(error instanceof MeshServerError);
      assert.deepEqual([error.code, error.retry, isOfEveryMessage(error)], ["commit-unknown", "ambiguous", true]);
      assert.equal(refusalOf(error).answer.status, 500);
      return true;
    });
    assert.notEqual(store.trouble(), undefined);
    await waitFor(() => store.trouble() === undefined, { what: "the trouble to end with no request" });
    assert.equal(await store.accept(acceptance(newMessage())), "done");
  },
);

test("what a node took whose clock is ahead another routes at once", { skip }, async (t) => {
  const { one, two } = await openTwoNodes(t, postgres);
  const ahead = new Date(now.getTime() + 4 * 60_000);
  const whole = routedMessage({ messageId: newMessageId(ahead), createdAt: ahead, changedAt: ahead });
  const upload: Message = { ...whole, messageId: newMessageId(ahead), state: "uploading", totalChunks: 2 };
  await Promise.all(
    [whole, upload].map((message) => one.accept(acceptance(message, { routingAddress: "GPPROVIDER_address" }))),
  );
  const { mailboxId, messageId } = upload;
  const finish = finishUpload(upload, ahead, periods);
  await one.addChunk({ mailboxId, messageId, chunk: 2, body: inline("two"), token: newToken(), finish });

  const due = await two.listRouting(now, 10);

  assert.deepEqual(due.map(({ message }) => message.messageId).toSorted(), [whole.messageId, messageId].toSorted());
});

test(
  "trouble is told for as long as PostgreSQL is away, and ends when it is back, with no request",
  { skip },
  async (t) => {
    const wire = await startWire(t, await postgres.createDatabase());
    const store = await openNode(t, wire.url);
    await postgres.kill();
    await assert.rejects(store.accept(acceptance(newMessage())), { code: "store-busy", retry: "safe" });

    const before = wire.connections();
    let wasOver = false;
    await waitFor(
      () => {
        wasOver ||= store.trouble() === undefined;
        return wasOver || wire.connections() > before + 3;
      },
      { what: "it to be tried twice" },
    );
    assert.equal(wasOver, false);
    await postgres.start();

    await waitFor(() => store.trouble() === undefined, {
      timeoutMs: 30_000,
      what: "the trouble to end with no request",
    });
    assert.equal(await store.accept(acceptance(newMessage())), "done");
  },
);
