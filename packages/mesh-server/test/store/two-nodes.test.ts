// Two nodes on one database, at once, and a database that goes away under them.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { type MailboxId, type MessageId, newMessageId } from "@restante/mesh";
import { atEnd, type Postgres, postgresMissing, startPostgres, waitFor } from "@restante/testbed";

import { MeshServerError } from "../../src/errors.ts";
import { acknowledge, expire } from "../../src/message.ts";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/store.ts";
import type { InboxEntry } from "../../src/store/store.ts";
import { acceptance, later, listed, newMessage, newToken, now, periods, recipient, sender } from "./samples.ts";

const skip = postgresMissing ?? false;
let postgres: Postgres;
if (postgresMissing === undefined) {
  postgres = await startPostgres({ after: (end: () => unknown) => after(() => end()) });
}

async function twoNodes(t: Parameters<typeof atEnd>[0]): Promise<[PostgresStore, PostgresStore]> {
  const url = await postgres.createDatabase();
  const stores = await Promise.all(["one", "two"].map((node) => openPostgresStore({ url, node })));
  for (const store of stores) atEnd(t, () => store[Symbol.asyncDispose]());
  return stores as [PostgresStore, PostgresStore];
}

test(
  "who lists page by page at either node while both accept passes over none, and is shown each once",
  { skip },
  async (t) => {
    const nodes = await twoNodes(t);
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

    const whole = await nodes[0].listAfter(recipient, 0, 1000);
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
  const [one, two] = await twoNodes(t);
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
    const nodes = await twoNodes(t);
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
      await assert.rejects(nodes[0].find(sender, done[0]!), { code: "store-busy", retry: "safe" });
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
