// That one message, one mailbox or one list that takes long is not in the way of others on PostgreSQL.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type MailboxId, newMessageId } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import { Client } from "pg";

import { MeshServerError } from "../../src/errors.ts";
import { giveUp } from "../../src/message.ts";
import { askAgain, ConnectionLost } from "../../src/store/postgres/database.ts";
import { connect, openNode, skip, startForFile } from "./postgres-stores.ts";
import { acceptance, later, newMessage, now, periods, routedMessage, sender } from "./samples.ts";

const postgres = await startForFile();

test(
  "however much waits that is about one message, it holds up nobody else, and is done in the order in which it came",
  { skip },
  async (t) => {
    const store = await openNode(t, await postgres.createDatabase());
    const message = routedMessage();
    await store.accept(acceptance(message, { routingAddress: "address" }));
    let done = 0;
    const holds = Array.from({ length: 200 }, async (_, index) => {
      await store.holdRouting(message, index + 1, later);
      done += 1;
    });

    assert.equal(await store.accept(acceptance(newMessage())), "done");
    assert.ok(done <= 1, `${done} before it`);
    await Promise.all(holds);
    assert.equal((await store.listRouting(later, 10))[0]?.tries, 200);
  },
);

test(
  "a message that waits in its node's queue is not said to be unknown, however long it waits there",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, ofFirst, ofSecond] = [await openNode(t, url), await connect(t, url), await connect(t, url)];
    const message = newMessage({ details: { localId: "looked for" } });
    const closure = { mailboxId: "OTHER" as MailboxId, closedAt: now, reason: "held" };
    await store.accept(acceptance(newMessage()));
    // Neither has a number of its own.
    await ofFirst.query("BEGIN; LOCK TABLE closed_mailbox IN EXCLUSIVE MODE");
    await ofSecond.query(
      "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END$$",
    );
    await ofSecond.query("CREATE TRIGGER wait BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION wait()");
    await ofSecond.query("BEGIN; SELECT pg_advisory_xact_lock(1)");
    const seen = new Set<unknown>();
    /** A transaction of the store that waits for a lock, and did not before. */
    const another = async (): Promise<boolean> => {
      const asked = "SELECT backend_xid::text AS id FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      const [row] = await postgres.ask(asked);
      return row !== undefined && seen.size < seen.add(row["id"]).size;
    };

    const closed = store.closeMailbox(closure);
    await waitFor(another, { what: "the first group" });
    const accepted = store.accept(acceptance(message));
    const found = store.findByLocalId(sender, "looked for", 2);
    // Time enough to have looked what is being written: the first.
    for (let reads = 0; reads < 10; reads += 1) await store.find(sender, message.messageId);
    await ofFirst.query("ROLLBACK");
    await waitFor(another, { what: "the second" });
    await waitFor(another, { what: "the second, once more" });
    await ofSecond.query("ROLLBACK");

    assert.deepEqual([await closed, await accepted], [true, "done"]);
    assert.deepEqual(
      (await found).map(({ messageId }) => messageId),
      [message.messageId],
    );
  },
);

test("a chunk that is downloaded again and again is recorded as given once", { skip }, async (t) => {
  const store = await openNode(t, await postgres.createDatabase());
  const message = newMessage();
  await store.accept(acceptance(message));
  const query = t.mock.method(Client.prototype, "query");

  await Promise.all(Array.from({ length: 100 }, () => store.markGiven(message, 1)));
  await store.markGiven(message, 1);

  const asked = query.mock.calls.map(({ arguments: [sql] }) => sql);
  query.mock.restore();
  assert.equal(asked.filter((sql) => sql.startsWith("BEGIN ISOLATION")).length, 1);
  assert.equal(await store.apply(giveUp(message, newMessageId(later), later, periods)), "given-whole");
});

test("reads that all wait are in the way of nothing that is written", { skip }, async (t) => {
  const url = await postgres.createDatabase();
  const [store, holder] = [await openNode(t, url), await connect(t, url)];
  await holder.query("BEGIN; LOCK TABLE machine_time");
  const reads = Array.from({ length: 30 }, () => store.seenTime());
  const read = Promise.allSettled(reads);

  assert.equal(await store.accept(acceptance(newMessage())), "done");
  assert.equal(store.trouble(), undefined);
  await holder.query("ROLLBACK");
  await read;
});

test(
  "lists that take long are in the way neither of what is written nor of other reads, and end at PostgreSQL too",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, holder] = [await openNode(t, url), await connect(t, url)];
    const message = routedMessage();
    await holder.query("BEGIN; LOCK TABLE arrival");
    const page = { since: new Date(0), limit: 10 };
    const lists = Promise.allSettled(Array.from({ length: 30 }, () => store.listReceived(sender, page)));

    assert.equal(await store.accept(acceptance(message, { routingAddress: "address" })), "done");
    assert.equal((await store.find(sender, message.messageId))?.state, "routing");

    for (const settled of await lists) {
      assert.ok(settled.status === "rejected" && settled.reason instanceof MeshServerError);
      assert.deepEqual([settled.reason.code, settled.reason.retry], ["store-busy", "safe"]);
    }
    const { rows } = await holder.query(
      "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    assert.deepEqual(rows, []);
    await holder.query("ROLLBACK");
    assert.deepEqual(await store.listReceived(sender, page), []);
  },
);

test("what failed at once is asked once more, and what took long is not", async (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const asked = (takes: number): Promise<number> => {
    let times = 0;
    const ask = async (): Promise<never> => {
      times += 1;
      now += takes;
      throw new ConnectionLost("gone");
    };
    return askAgain({ ask }, "SELECT").then(
      () => 0,
      () => times,
    );
  };
  assert.deepEqual([await asked(10), await asked(30_000)], [2, 1]);
});
