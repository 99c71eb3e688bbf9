import assert from "node:assert/strict";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { Worker } from "node:worker_threads";

import { type MailboxId, newMessageId } from "@restante/mesh";
import { temporaryFolder } from "@restante/testbed";

import { MeshServerError } from "../../src/errors.ts";
import { giveUp, place } from "../../src/message.ts";
import { INSERT_MESSAGE, writeMessage } from "../../src/store/sqlite/rows.ts";
import { migrations } from "../../src/store/sqlite/schema.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import type { Store } from "../../src/store/store.ts";
import { testStore } from "./contract.ts";
import {
  acceptance,
  later,
  listed,
  newMessage,
  newToken,
  now,
  periods,
  recipient,
  type StoreUnderTest,
} from "./samples.ts";
import { storeOptions } from "./store-options.ts";

async function open(t: TestContext): Promise<StoreUnderTest & { folder: string }> {
  const folder = await temporaryFolder(t);
  const openHere = (): Promise<Store> => openSqliteStore(folder, storeOptions);
  let store = await openHere();
  t.after(() => store[Symbol.asyncDispose]());
  return {
    folder,
    store,
    async reopen() {
      await store[Symbol.asyncDispose]();
      store = await openHere();
      return store;
    },
  };
}

testStore(open, { leastTurns: 3 });

const hasCode = (code: string) => (error: unknown) => error instanceof MeshServerError && error.code === code;

test("a data folder takes one server at a time", async (t) => {
  const { folder } = await open(t);

  await assert.rejects(openSqliteStore(folder, storeOptions), hasCode("store-in-use"));
});

test("a data folder of a later version is refused", async (t) => {
  const folder = await temporaryFolder(t);
  const db = new DatabaseSync(join(folder, "store.sqlite"));
  db.exec("PRAGMA user_version = 1000");
  db.close();

  await assert.rejects(openSqliteStore(folder, storeOptions), hasCode("store-too-new"));
});

test("a store from before mailboxes could be closed keeps what it holds, with all of them open and nothing given out", async (t) => {
  const folder = await temporaryFolder(t);
  const message = newMessage();
  {
    using db = new DatabaseSync(join(folder, "store.sqlite"));
    db.exec(`${migrations.slice(0, 3).join("")} PRAGMA user_version = 3`);
    db.prepare(INSERT_MESSAGE).run(...writeMessage(message));
    db.prepare("INSERT INTO delivery VALUES (?, ?, ?, ?, 1, 1, NULL)").run(
      recipient,
      message.messageId,
      message.mailboxId,
      message.workflowId,
    );
    db.prepare(
      "INSERT INTO chunk (mailbox_id, message_id, chunk, size, bytes) VALUES (?, ?, 1, 5, CAST('hello' AS BLOB))",
    ).run(message.mailboxId, message.messageId);
  }

  await using store = await openSqliteStore(folder, storeOptions);

  assert.deepEqual(await store.find(message.mailboxId, message.messageId), message);
  assert.deepEqual([await listed(store), await store.listClosures()], [[message.messageId], []]);
  await store.accept(acceptance(newMessage()));
  await store.closeMailbox({ mailboxId: recipient, closedAt: now, reason: "moves" });
  assert.equal(await store.accept(acceptance(newMessage())), "mailbox-closed");
  assert.equal(await store.apply(giveUp(message, newMessageId(later), later, periods)), "done");
});

test("a token that was used before tokens were known by their time too stays used", async (t) => {
  const folder = await temporaryFolder(t);
  const [used, unused] = [newToken(), newToken()];
  {
    using db = new DatabaseSync(join(folder, "store.sqlite"));
    db.exec(`${migrations.slice(0, 5).join("")} PRAGMA user_version = 5`);
    db.prepare("INSERT INTO token VALUES (?, ?, ?, ?)").run(
      used.mailboxId,
      used.nonce,
      used.nonceCount,
      used.expiresAt.getTime(),
    );
  }

  await using store = await openSqliteStore(folder, storeOptions);

  assert.deepEqual([await store.wasUsed(used), await store.wasUsed(unused)], [true, false]);
  assert.equal(await store.accept(acceptance(newMessage(), { token: used })), "token-used");
  assert.equal(await store.accept(acceptance(newMessage(), { token: unused })), "done");
  assert.equal(await store.forgetTokens(new Date(later.getTime() + 1), 10), 2);
});

test("tokens are forgotten some at a time", async (t) => {
  const { store } = await open(t);
  await Promise.all(Array.from({ length: 5 }, () => store.useToken(newToken({ expiresAt: now }))));

  const forgotten = [];
  for (let turn = 0; turn < 4; turn += 1) forgotten.push(await store.forgetTokens(later, 2));

  assert.deepEqual(forgotten, [2, 2, 1, 0]);
});

test("nothing is taken after it is closed", async (t) => {
  const { store } = await open(t);
  await store[Symbol.asyncDispose]();

  await assert.rejects(store.forgetTokens(new Date(), 1), hasCode("store-stopped"));
});

test("a routing address is overwritten on disk once it is resolved", async (t) => {
  const { store, folder } = await open(t);
  const now = new Date();
  const surname = "Unmistakable-Surname";
  const message = {
    messageId: newMessageId(now),
    mailboxId: "SENDER" as MailboxId,
    type: "DATA",
    state: "routing",
    to: "GPPROVIDER",
    workflowId: "W",
    details: {},
    totalChunks: 1,
    bytes: 1,
    createdAt: now,
    changedAt: now,
  } as const;
  const onDisk = async (): Promise<boolean> => {
    const files = ["store.sqlite", "store.sqlite-wal"].map((name) => readFile(join(folder, name)).catch(() => ""));
    return (await Promise.all(files)).some((bytes) => bytes.includes(surname));
  };

  await store.accept({
    message,
    routingAddress: `GPPROVIDER_9955260181_14031979_${surname}`,
    body: { kind: "inline", size: 1, bytes: new Uint8Array(1) },
    token: { mailboxId: message.mailboxId, nonce: "n", nonceCount: 0, time: now, expiresAt: now },
  });
  assert.equal(await onDisk(), true);
  await store.apply(place(message, "RECIPIENT" as MailboxId, now, { upload: 1, collect: 1, keep: 1 }));
  await store[Symbol.asyncDispose]();

  assert.equal(await onDisk(), false);
});

test("what nobody waits for is committed with what somebody does wait for, and without that a moment later", async (t) => {
  const { store, folder } = await open(t);
  const message = newMessage();
  const tokens = [newToken(), newToken(), newToken()] as const;
  const before = await countCommits(folder);

  const unwaited = [store.useToken(tokens[0]), store.markGiven(message, 1), store.useToken(tokens[1])];
  await store.accept(acceptance(message));

  assert.equal((await countCommits(folder)) - before, 1);
  await Promise.all(unwaited);
  assert.deepEqual(await Promise.all(tokens.map((token) => store.wasUsed(token))), [true, true, false]);
  await store.useToken(tokens[2]);
  assert.equal(await store.wasUsed(tokens[2]), true);
});

test("what arrives in one turn of the event loop is committed as one group", async (t) => {
  const { store, folder } = await open(t);
  await store.accept(acceptance(newMessage()));
  const before = await countCommits(folder);

  await Promise.all(Array.from({ length: 10 }, () => store.accept(acceptance(newMessage()))));

  assert.equal((await countCommits(folder)) - before, 1);
});

test("what nobody waits for is committed before the store is closed", async (t) => {
  const { store, reopen } = await open(t);
  const token = newToken();

  const used = store.useToken(token);
  const reopened = await reopen();

  await used;
  assert.equal(await reopened.wasUsed(token), true);
});

test("what waits for a writer that has ended without a word is refused, that is told once, and the store can be closed", async (t) => {
  const posts = t.mock.method(Worker.prototype, "postMessage").mock;
  const told: string[] = [];
  const folder = await temporaryFolder(t);
  const store = await openSqliteStore(folder, { ...storeOptions, onStopped: (reason) => told.push(reason) });
  await store.useToken(newToken());
  const writer = posts.calls.at(-1)?.this as Worker;

  const ended = writer.terminate();
  const asked = [store.useToken(newToken()), store.accept(acceptance(newMessage()))];

  await Promise.all(asked.map((each) => assert.rejects(each, { code: /^(?:store-stopped|commit-unknown)$/ })));
  await ended;
  assert.equal(told.length, 1);
  await assert.rejects(store.useToken(newToken()), hasCode("store-stopped"));
  await store[Symbol.asyncDispose]();
});

test("what a wipe opens and a restore closes again is known from its answer on, though it was asked before", async (t) => {
  const folder = await temporaryFolder(t);
  await using store = await openSqliteStore(folder, storeOptions);
  const { rewindable } = store;
  const closure = { mailboxId: recipient, closedAt: now, reason: "moves to another system" };
  await store.closeMailbox(closure);
  await rewindable.saveTo(join(folder, "saved"));
  assert.deepEqual(await store.closureOf(recipient), closure);

  await rewindable.wipe({ closures: true, tokens: false });
  assert.equal(await store.closureOf(recipient), undefined);
  await rewindable.restoreFrom(join(folder, "saved"), "{}");
  assert.deepEqual(await store.closureOf(recipient), closure);
});

test("what is asked for in the turn in which the store stops is refused, that is told once, and the store can be closed", async (t) => {
  const folder = await temporaryFolder(t);
  const told: string[] = [];
  const store = await openSqliteStore(folder, { ...storeOptions, onStopped: (reason) => told.push(reason) });
  const file = join(folder, "store.sqlite");
  await rename(file, `${file}.away`);

  const asked = [
    store.accept(acceptance(newMessage())),
    store.useToken(newToken()),
    store.rewindable.saveTo(join(folder, "saved")),
  ];
  store.checkPlace();
  const closed = store[Symbol.asyncDispose]();

  await Promise.all(asked.map((each) => assert.rejects(each, hasCode("store-stopped"))));
  await closed;
  assert.equal(told.length, 1);
});

/** Of the journal, by its format: https://sqlite.org/fileformat2.html#the_write_ahead_log. */
async function countCommits(folder: string): Promise<number> {
  const journal = await readFile(join(folder, "store.sqlite-wal"));
  const [header, frameHeader] = [32, 24];
  const frame = frameHeader + journal.readUInt32BE(8);
  let commits = 0;
  for (let at = header; at + frame <= journal.length; at += frame) {
    // The size of the database after a commit; 0 in a frame that is not a commit's last.
    if (journal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}
