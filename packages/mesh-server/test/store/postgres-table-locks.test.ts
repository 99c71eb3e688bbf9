// Tables of PostgreSQL, and parts of them, that somebody has locked as a whole: as VACUUM FULL, REINDEX and ALTER TABLE do.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type MailboxId, newMessageId } from "@restante/mesh";
import type { Client } from "pg";

import { MeshServerError } from "../../src/errors.ts";
import { acknowledge, type Message } from "../../src/message.ts";
import type { PostgresStore } from "../../src/store/postgres/store.ts";
import { connect, openNode, skip, startForFile } from "./postgres-stores.ts";
import { acceptance, later, listed, newMessage, newToken, now, periods, recipient, sender } from "./samples.ts";

const postgres = await startForFile({ log_statement: "all" });
const dayBefore = new Date(now.getTime() - 24 * 60 * 60 * 1000);
/** Of `now`. */
const part = "message_state_20260302";
/** A lock is waited for for 2 seconds, once. */
const SECONDS_MS = 6_000;

async function outcomeOf(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    assert.ok(error instanceof MeshServerError && error.retry === "safe", String(error));
    return error.code;
  }
}

async function acceptMany(store: PostgresStore, count: number, at: Date): Promise<Message[]> {
  const messages = Array.from({ length: count }, () => newMessage({ messageId: newMessageId(at) }));
  for (const message of messages) assert.equal(await store.accept(acceptance(message)), "done");
  return messages;
}

/** What is waiting for a lock, of whatever is connected to its database. */
async function waiting(client: Client): Promise<unknown[]> {
  const { rows } = await client.query(
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows;
}

function lockTimeouts(): number {
  return postgres.said().split("canceling statement due to lock timeout").length - 1;
}

test(
  "while somebody has locked a day's part of a table, what needs it is refused within seconds, the rest is written, and nobody waits behind",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, holder] = [await openNode(t, url), await connect(t, url)];
    const [before, ofToday] = [await acceptMany(store, 8, dayBefore), await acceptMany(store, 8, now)];
    await holder.query(`BEGIN; LOCK TABLE ${part} IN ACCESS EXCLUSIVE MODE`);
    const met = lockTimeouts();

    for (let round = 0; round < 4; round += 1) {
      const [old, young] = [before[round]!, ofToday[round]!];
      const begun = performance.now();
      const outcomes = await Promise.all(
        [
          store.apply(acknowledge(old, later, periods), newToken()),
          store.accept(acceptance(newMessage({ messageId: newMessageId(dayBefore) }))),
          store.closeMailbox({ mailboxId: `CLOSED${round}` as MailboxId, closedAt: now, reason: "held" }),
          store.useToken(newToken()),
          store.apply(acknowledge(young, later, periods), newToken()),
          store.accept(acceptance(newMessage())),
          store.markGiven(young, 1),
        ].map(outcomeOf),
      );
      assert.deepEqual(outcomes, ["done", "done", true, undefined, "mailbox-held", "mailbox-held", "mailbox-held"]);
      assert.ok(performance.now() - begun < SECONDS_MS, `round ${round}`);
    }
    // The others were held up once, not with each group.
    assert.equal(lockTimeouts() - met, 1);
    assert.equal(store.trouble(), undefined);
    assert.deepEqual(await waiting(holder), []);

    await holder.query("ROLLBACK");
    assert.equal(await store.accept(acceptance(newMessage())), "done");
    for (const message of ofToday) {
      assert.equal(await store.apply(acknowledge(message, later, periods), newToken()), "done");
    }
    assert.equal((await listed(store)).length, before.length + 1);
  },
);

test(
  "who waits to lock a part is told of as who has it, and a group that meets a lock of all messages writes what needs none",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, reader, holder] = [await openNode(t, url), await connect(t, url), await connect(t, url)];
    const [message] = await acceptMany(store, 1, now);
    // Only read, it holds up nobody; but whoever waits behind it to change the table does.
    await reader.query("BEGIN; SELECT FROM message_state");
    const locked = holder.query("BEGIN; LOCK TABLE message_state IN ACCESS EXCLUSIVE MODE");
    const outcomes = await Promise.all(
      [store.apply(acknowledge(message!, later, periods), newToken()), store.useToken(newToken())].map(outcomeOf),
    );
    assert.deepEqual(outcomes, ["mailbox-held", undefined]);

    await reader.query("ROLLBACK");
    await locked;
    await holder.query("ROLLBACK");
    assert.equal(await store.apply(acknowledge(message!, later, periods), newToken()), "done");
  },
);

test(
  "reads that wait for a table that is locked end at PostgreSQL too, and however many keep coming, others are answered",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, holder] = [await openNode(t, url), await connect(t, url)];
    const [old] = await acceptMany(store, 1, dayBefore);
    const [young] = await acceptMany(store, 1, now);
    const find = async ({ messageId }: Message): Promise<unknown> => (await store.find(sender, messageId))?.messageId;
    await holder.query(`BEGIN; LOCK TABLE ${part} IN ACCESS EXCLUSIVE MODE`);

    const over = new AbortController();
    const outcomes = new Set<unknown>();
    const keepAsking = async (): Promise<void> => {
      while (!over.signal.aborted) outcomes.add(await outcomeOf(find(young!)));
    };
    const asking = Array.from({ length: 60 }, keepAsking);
    for (let reads = 0; reads < 5; reads += 1) {
      assert.equal(await find(old!), old!.messageId);
      assert.deepEqual(await listed(store, recipient), [old!.messageId, young!.messageId]);
    }
    over.abort();
    await Promise.all(asking);
    assert.deepEqual([...outcomes], ["store-busy"]);
    // Of all days.
    for (const outcome of await Promise.all([store.listDue(later, 10), store.listRouting(later, 10)].map(outcomeOf))) {
      assert.equal(outcome, "store-busy");
    }
    assert.deepEqual(await waiting(holder), []);

    await holder.query("ROLLBACK");
    assert.equal(await find(young!), young!.messageId);
  },
);
