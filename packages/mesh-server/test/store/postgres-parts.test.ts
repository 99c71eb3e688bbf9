// Parts of the tables on PostgreSQL: made ahead, dropped when nothing in them is alive, and in nobody's way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type MailboxId, newMessageId } from "@restante/mesh";

import { acknowledge, type Message } from "../../src/message.ts";
import { connect as connectStore } from "../../src/store/postgres/database.ts";
import { createDropParts } from "../../src/store/postgres/drop-parts.ts";
import { createParts } from "../../src/store/postgres/parts.ts";
import type { PostgresStore } from "../../src/store/postgres/store.ts";
import { connect, openNode, openTwoNodes, skip, startForFile } from "./postgres-stores.ts";
import { acceptance, later, listed, newMessage, newToken, now, periods } from "./samples.ts";

const HOUR_MS = 60 * 60 * 1000;
const postgres = await startForFile();

const afterHours = (hours: number): Date => new Date(now.getTime() + hours * HOUR_MS);

async function partsOf(client: Awaited<ReturnType<typeof connect>>, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1",
    [table],
  );
  return rows.map(({ name }) => name.slice(table.length + 1));
}

async function acceptAt(store: PostgresStore, at: Date): Promise<Message> {
  const message = newMessage({ messageId: newMessageId(at) });
  assert.equal(await store.accept(acceptance(message)), "done");
  return message;
}

async function removeAll(store: PostgresStore, messages: readonly Message[]): Promise<void> {
  for (const message of messages) {
    await store.apply(acknowledge(message, later, periods));
    await store.remove({ ...message, state: "acknowledged" });
  }
}

test("a day's part goes when its messages are removed, and what is not removed keeps its own", { skip }, async (t) => {
  const url = await postgres.createDatabase();
  const [store, client] = [await openNode(t, url), await connect(t, url)];
  const month = afterHours(31 * 24);
  const [first, kept, today] = [
    await acceptAt(store, now),
    await acceptAt(store, afterHours(24)),
    await acceptAt(store, month),
  ];
  await removeAll(store, [first]);

  await store.keepParts(month);

  const days = ["20260303", "20260402", "20260403", "20260404", "20260405"];
  for (const table of ["message", "message_state", "chunk"]) assert.deepEqual(await partsOf(client, table), days);
  assert.deepEqual(await listed(store), [kept.messageId, today.messageId]);

  // The store is left for another month: nobody made the parts that are needed, and nobody dropped any.
  const again = await openNode(t, url, { node: "two" });
  const last = await acceptAt(again, afterHours(62 * 24));
  assert.deepEqual(await listed(again), [kept.messageId, today.messageId, last.messageId]);
});

test(
  "by a clock that is years ahead, or behind, a node works, and what it made goes with its messages",
  { skip },
  async (t) => {
    const { url, one, two } = await openTwoNodes(t, postgres);
    const client = await connect(t, url);
    const wrong = [new Date("2061-03-02T10:20:30Z"), new Date("1999-12-31T23:59:59Z")];
    for (const at of wrong) await two.keepParts(at);
    const messages = [await acceptAt(two, wrong[0]!), await acceptAt(one, now), await acceptAt(two, wrong[1]!)];
    // Forgotten by PostgreSQL's own clock too: one that is forgotten too early is good once more.
    const token = newToken({ time: new Date(), expiresAt: new Date(Date.now() + 5 * HOUR_MS) });
    await one.useToken(token);
    await two.forgetTokens(wrong[0]!, 10);
    assert.equal(await one.wasUsed(token), true);

    await removeAll(one, [messages[0]!, messages[2]!]);
    await one.keepParts(now);

    assert.deepEqual(await partsOf(client, "message"), ["20260302", "20260303", "20260304", "20260305"]);
    assert.deepEqual(await listed(two), [messages[1]!.messageId]);
  },
);

test("an hour's part of tokens goes once all in it have expired; a node that knew it goes on", { skip }, async (t) => {
  const { url, one, two } = await openTwoNodes(t, postgres);
  const client = await connect(t, url);
  const tokens = Array.from({ length: 5 }, () => newToken({ expiresAt: afterHours(5) }));
  for (const token of tokens) await Promise.all([one, two].map((store) => store.useToken(token)));

  assert.equal(await one.forgetTokens(afterHours(5), 1), 0);
  assert.deepEqual((await partsOf(client, "token")).length, 1);
  assert.equal(await one.forgetTokens(afterHours(6), 1), 5);
  assert.deepEqual(await partsOf(client, "token"), []);

  for (const store of [one, two]) {
    assert.equal(await store.wasUsed(tokens[0]!), false);
    assert.equal(await store.accept(acceptance(newMessage())), "done");
  }
});

test(
  "a token that comes into a part while that is about to be dropped, and is still good, stays used",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, database] = [await openNode(t, url), connectStore(url, 1)];
    t.after(() => database.close());
    const [early, late] = [newToken({ expiresAt: afterHours(5) }), newToken({ expiresAt: afterHours(8) })];
    await store.useToken(early);
    const dropParts = createDropParts(
      {
        ...database,
        async transact(work) {
          await store.useToken(late);
          return await database.transact(work);
        },
      },
      createParts(database),
    );

    await dropParts.ofTokens(afterHours(6));
    assert.equal(await store.wasUsed(late), true);

    await dropParts.ofTokens(afterHours(9));
    assert.deepEqual([await store.wasUsed(early), await store.wasUsed(late)], [false, false]);
  },
);

test(
  "a part is not dropped while a transaction has its table, holds nobody up meanwhile, and is told of after a day",
  { skip },
  async (t) => {
    const { url, one, two } = await openTwoNodes(t, postgres);
    const [client, holder] = [await connect(t, url), await connect(t, url)];
    await Promise.all([one.useToken(newToken()), removeAll(one, [await acceptAt(one, now)])]);
    await holder.query("BEGIN; SELECT count(*) FROM token; SELECT count(*) FROM message");
    const month = afterHours(31 * 24);
    const over = new AbortController();
    const dropped = Promise.all([one.forgetTokens(month, 1), one.keepParts(month)]).finally(() => over.abort());
    let accepted = 0;
    while (!over.signal.aborted) {
      const message = newMessage({ recipientId: `R${accepted}` as MailboxId, messageId: newMessageId(month) });
      assert.equal(await two.accept(acceptance(message, { token: newToken({ time: month }) })), "done");
      accepted += 1;
    }
    await dropped;
    assert.ok(accepted > 0);
    assert.deepEqual((await partsOf(client, "token")).length > 1, true);
    assert.ok((await partsOf(client, "message")).includes("20260302"));

    const dayLater = new Date(month.getTime() + 25 * HOUR_MS);
    await assert.rejects(one.keepParts(dayLater), /message_20260302/);
    await assert.rejects(one.forgetTokens(dayLater, 1), /token_/);
    await holder.query("ROLLBACK");
    await one.keepParts(dayLater);
    assert.equal((await partsOf(client, "message")).includes("20260302"), false);
  },
);
