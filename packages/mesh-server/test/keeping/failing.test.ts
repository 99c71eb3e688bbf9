import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { settableClock, temporaryFolder } from "@restante/testbed";

import { watchDisk } from "../../src/disk.ts";
import { failingParts } from "../../src/keeping/embedded.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { acceptance, listed, newMessage, newToken, recipient } from "../store/samples.ts";
import { storeOptions } from "../store/store-options.ts";

test("a store that cannot be read any more is failing, however often it was read before", async (t) => {
  const folder = await temporaryFolder(t);
  // Closed once: all of it is in the database itself.
  await (await openSqliteStore(folder, storeOptions))[Symbol.asyncDispose]();
  const file = join(folder, "store.sqlite");
  const page = rootOf(file, "token");
  const told: string[] = [];
  await using store = await openSqliteStore(folder, { ...storeOptions, onDamaged: (reason) => told.push(reason) });
  const disk = watchDisk(folder, { clock: settableClock(), emit: ({ event }) => assert.fail(event) });
  for (let times = 0; times < 2; times += 1) assert.deepEqual(await failingParts(folder, store, disk), []);

  await overwrite(file, page);
  // What a connection has read it reads anew once another has written.
  await store.closeMailbox({ mailboxId: recipient, closedAt: new Date(0), reason: "moves" });

  for (let times = 0; times < 2; times += 1) assert.deepEqual(await failingParts(folder, store, disk), ["store"]);
  assert.equal(told.length, 2);
});

test("damage of what is remembered of closed mailboxes is found after a tick: nothing new is taken, and the rest is read", async (t) => {
  const folder = await temporaryFolder(t);
  await (await openSqliteStore(folder, storeOptions))[Symbol.asyncDispose]();
  const file = join(folder, "store.sqlite");
  const page = rootOf(file, "closed_mailbox");
  const told: string[] = [];
  await using store = await openSqliteStore(folder, { ...storeOptions, onDamaged: (reason) => told.push(reason) });
  const message = newMessage();
  await store.accept(acceptance(message));
  assert.equal(await store.closureOf(recipient), undefined);

  await overwrite(file, page);
  await store.useToken(newToken());
  store.checkPlace();

  await assert.rejects(store.closureOf(recipient), { code: "store-damaged" });
  await assert.rejects(store.accept(acceptance(newMessage())), { code: "store-damaged", retry: "safe" });
  assert.deepEqual(await listed(store), [message.messageId]);
  assert.equal(told.length, 1);
});

async function overwrite(file: string, page: number): Promise<void> {
  await using handle = await open(file, "r+");
  await handle.write(Buffer.alloc(4096, 255), 0, 4096, (page - 1) * 4096);
}

function rootOf(file: string, table: string): number {
  using db = new DatabaseSync(file);
  return Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table)?.["rootpage"]);
}
