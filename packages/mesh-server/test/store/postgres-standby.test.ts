// A PostgreSQL with a standby: nodes that are led to it, and commits that wait for it.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { MailboxId, MessageId } from "@restante/mesh";
import { type Postgres, startPostgres, startStandby, waitFor } from "@restante/testbed";

import type { MeshServerError } from "../../src/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { connect, openNode, skip } from "./postgres-stores.ts";
import { acceptance, listed, newMessage, newToken, now, recipient, sender } from "./samples.ts";
import { startWire } from "./wire.ts";

/** What waits for the standby, commits as a rule, each over a connection of its own. */
async function waiting(postgres: Postgres): Promise<unknown[]> {
  return await postgres.ask("SELECT query FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
}

test(
  "nothing is read from a standby, and a node that was led to one goes on by itself once it is led to the primary",
  { skip },
  async (t) => {
    const primary = await startPostgres(t);
    const wire = await startWire(t, await primary.createDatabase());
    const store = await openNode(t, wire.url);
    const message = newMessage();
    await store.accept(acceptance(message));
    const standby = await startStandby(t, primary);

    wire.leadTo(standby.postgres);
    wire.cut();
    const busy = { code: "store-busy", retry: "safe", message: /only reads: it is a standby/ };
    await assert.rejects(store.accept(acceptance(newMessage())), busy);
    await assert.rejects(store.find(sender, message.messageId), busy);
    await assert.rejects(store.accept(acceptance(newMessage())), busy);

    wire.leadTo(primary);
    await waitFor(() => store.trouble() === undefined, { what: "the trouble to end with no request" });
    assert.equal(await store.accept(acceptance(newMessage())), "done");
    assert.equal((await listed(store)).length, 2);
  },
);

test(
  "a commit that somebody has ended while it waited for a standby is not taken for one that is on both disks",
  { skip },
  async (t) => {
    const primary = await startPostgres(t);
    const store = await openNode(t, await primary.createDatabase());
    await store.accept(acceptance(newMessage()));
    const standby = await startStandby(t, primary);
    await standby.postgres.stop();

    const accepted = store.accept(acceptance(newMessage()));
    const ended = assert.rejects(accepted, { code: "commit-unknown", retry: "ambiguous" });
    await waitFor(async () => (await waiting(primary)).length === 1, { what: "a commit that waits" });
    await primary.ask("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");

    await ended;
    // What asks whether writes are taken waits as they do.
    await waitFor(async () => (await waiting(primary)).length === 1, { what: "what is asked while nothing comes" });
    assert.ok(store.trouble() !== undefined);
    await standby.postgres.start();
    await waitFor(() => store.trouble() === undefined, { what: "the trouble to be over" });
    assert.equal(await store.accept(acceptance(newMessage())), "done");
  },
);

test(
  "while a commit waits for a standby that is gone nothing else is begun, and what is sent again meanwhile is there once",
  { skip },
  async (t) => {
    const primary = await startPostgres(t);
    const wire = await startWire(t, await primary.createDatabase());
    const store = await openNode(t, wire.url);
    const send = (): Promise<string> => store.accept(acceptance(newMessage({ details: { localId: "again" } })));
    await store.accept(acceptance(newMessage()));
    const standby = await startStandby(t, primary);
    await standby.postgres.stop();

    const first = assert.rejects(send(), { code: "commit-unknown", retry: "ambiguous" });
    await waitFor(async () => (await waiting(primary)).length === 1, { what: "a commit that waits" });
    wire.cut();
    await first;
    const waits = /a commit: it waits, as for a synchronous standby/;
    for (let tries = 0; tries < 3; tries += 1) {
      await assert.rejects(send(), { code: "store-busy", retry: "safe", message: waits });
    }
    assert.match(store.trouble() ?? "", waits);
    assert.equal((await waiting(primary)).length, 1);

    await standby.postgres.start();
    await waitFor(() => store.trouble() === undefined, { what: "the trouble to end with no request" });
    assert.equal((await store.findByLocalId(sender, "again", 10)).length, 1);
    assert.equal(await store.accept(acceptance(newMessage())), "done");
    assert.equal((await listed(store)).length, 3);
  },
);

test(
  "a node that starts while commits wait for a standby that is gone leaves one of them, however often, and says within seconds what it waits for",
  { skip },
  async (t) => {
    const primary = await startPostgres(t);
    const url = await primary.createDatabase();
    const wire = await startWire(t, url);
    await (await openNode(t, wire.url))[Symbol.asyncDispose]();
    const standby = await startStandby(t, primary);
    await standby.postgres.stop();
    const busy = {
      code: "store-busy",
      retry: "safe",
      message: /a commit: it waits, as for a synchronous standby.*synchronous_standby_names/,
    };
    const connected = (): Promise<unknown[]> =>
      primary.ask("SELECT query FROM pg_stat_activity WHERE datname LIKE 'test_%'");

    // Nobody has written yet: whether commits wait is known by one.
    const first = assert.rejects(openNode(t, wire.url), busy);
    await waitFor(async () => (await waiting(primary)).length === 1, { what: "a commit that waits" });
    wire.cut();
    await first;
    for (let tries = 0; tries < 3; tries += 1) {
      const begun = performance.now();
      await assert.rejects(openNode(t, url, { node: `${tries}` }), busy);
      assert.ok(performance.now() - begun < 10_000);
      await waitFor(async () => (await connected()).length === 1, { what: "nothing else to be connected" });
      assert.equal((await waiting(primary)).length, 1);
    }

    await standby.postgres.start();
    const store = await waitFor(() => openNode(t, url).catch(() => undefined), { what: "a start" });
    assert.equal(await store.accept(acceptance(newMessage())), "done");
  },
);

test(
  "of what another has locked it is found which it is without waiting for a standby that is gone",
  { skip },
  async (t) => {
    const primary = await startPostgres(t);
    const url = await primary.createDatabase();
    const [store, holder] = [await openNode(t, url), await connect(t, url)];
    const send = (recipientId: MailboxId): Promise<string> => store.accept(acceptance(newMessage({ recipientId })));
    const [held, free] = [recipient, sender];
    await Promise.all([send(held), send(free)]);
    await holder.query(`BEGIN; SELECT FROM mailbox WHERE mailbox_id = '${held}' FOR UPDATE`);
    const standby = await startStandby(t, primary);
    await standby.postgres.stop();

    const sent = Promise.allSettled([send(held), send(free)]);
    await waitFor(async () => (await waiting(primary)).length > 0, { what: "what waits for the standby" });
    assert.deepEqual(await waiting(primary), [{ query: "COMMIT" }]);

    await standby.postgres.start();
    const [refused, accepted] = await sent;
    assert.ok(refused.status === "rejected");
    assert.equal((refused.reason as MeshServerError).code, "mailbox-held");
    assert.deepEqual(accepted, { status: "fulfilled", value: "done" });
  },
);

test(
  "a part is dropped without waiting for a standby that is gone: meanwhile nobody could read its table",
  { skip },
  async (t) => {
    const primary = await startPostgres(t);
    const store = await openNode(t, await primary.createDatabase());
    const hours = (count: number): Date => new Date(now.getTime() + count * 60 * 60 * 1000);
    const used = [newToken({ expiresAt: hours(5) }), newToken({ time: hours(1), expiresAt: hours(6) })];
    for (const token of used) await store.useToken(token);
    const standby = await startStandby(t, primary);
    await standby.postgres.stop();

    assert.equal(await store.forgetTokens(hours(48), 10), 2);

    assert.equal(await store.wasUsed(used[0]!), false);
    assert.deepEqual(await waiting(primary), []);
  },
);

test(
  "by no node is a message said to be unknown while its commit waits for a standby: that is told as not known",
  { skip },
  async (t) => {
    const primary = await startPostgres(t);
    const url = await primary.createDatabase();
    const wire = await startWire(t, url);
    const [one, two] = [await openNode(t, wire.url), await openNode(t, url, { node: "two" })];
    const message = newMessage({ details: { localId: "looked for" } });
    const find = async (store: Store): Promise<MessageId[]> =>
      (await store.findByLocalId(sender, "looked for", 2)).map(({ messageId }) => messageId);
    await one.accept(acceptance(newMessage()));
    const standby = await startStandby(t, primary);
    assert.deepEqual(await find(two), []);
    await standby.postgres.stop();

    const accepted = assert.rejects(one.accept(acceptance(message)), { code: "commit-unknown" });
    await waitFor(async () => (await waiting(primary)).length === 1, { what: "a commit that waits" });
    wire.cut();
    await accepted;
    for (const store of [one, two]) await assert.rejects(find(store), { code: "store-busy", retry: "safe" });

    await standby.postgres.start();
    for (const store of [one, two]) {
      assert.deepEqual(await waitFor(() => find(store), { what: "it to be known" }), [message.messageId]);
    }
  },
);
