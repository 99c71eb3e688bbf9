// What a page of a listing costs on PostgreSQL, in pages of tables and indexes that are looked at, after much has left.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { waitFor } from "@restante/testbed";
import { Client } from "pg";

import { acknowledge, type Message } from "../../src/message.ts";
import type { PostgresStore } from "../../src/store/postgres/store.ts";
import { connect, openNode, skip, startForFile } from "./postgres-stores.ts";
import { acceptance, later, listed, newMessage, periods } from "./samples.ts";

const MANY = 5000;
const postgres = await startForFile();

async function accept(store: PostgresStore, count: number): Promise<Message[]> {
  const messages = Array.from({ length: count }, () => newMessage());
  await Promise.all(messages.map((message) => store.accept(acceptance(message))));
  return messages;
}

async function acknowledgeAll(store: PostgresStore, messages: readonly Message[]): Promise<void> {
  const outcomes = await Promise.all(messages.map((message) => store.apply(acknowledge(message, later, periods))));
  assert.deepEqual(new Set(outcomes), new Set(["done"]));
}

/** Lists all, and says how many pages of tables and indexes were looked at for it. */
async function costOfListing(t: TestContext, store: PostgresStore, client: Client): Promise<number> {
  const query = t.mock.method(Client.prototype, "query");
  await listed(store);
  const asked = query.mock.calls.map((call) => call.arguments as unknown as [string, unknown[]?]);
  const [sql, values] = asked.find(([, given]) => Array.isArray(given))!;
  query.mock.restore();
  // Once before: what a new session reads of the catalogue is not counted.
  await client.query(sql, values);
  const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
    values,
  );
  const plan = rows[0]!["QUERY PLAN"][0].Plan;
  return plan["Shared Hit Blocks"]! + plan["Shared Read Blocks"]!;
}

test(
  "a page costs what it returns after thousands have left, though their rows are kept by a transaction that is open elsewhere",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const store = await openNode(t, url);
    const [client, holder] = [await connect(t, url), await connect(t, url)];
    await holder.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM message");
    await acknowledgeAll(store, await accept(store, MANY));
    const left = await accept(store, 10);

    const cost = await costOfListing(t, store, client);

    assert.deepEqual(
      await listed(store),
      left.map(({ messageId }) => messageId),
    );
    assert.ok(cost < 20, `${cost} pages`);
  },
);

test(
  "a page costs what it returns though one that nobody acknowledges is in front of thousands that left",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, client] = [await openNode(t, url), await connect(t, url)];
    const [first, ...others] = await accept(store, MANY);
    await acknowledgeAll(store, others);
    const left = await accept(store, 10);
    assert.deepEqual(
      await listed(store),
      [first!, ...left].map(({ messageId }) => messageId),
    );

    // Whoever walks past what went marks it, as soon as no transaction is older: then its table is not looked at any more.
    await waitFor(async () => (await costOfListing(t, store, client)) < 50, { what: "a listing to cost little" });
  },
);
