import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import type { MailboxId } from "@restante/mesh";
import { settableClock, temporaryFolder } from "@restante/testbed";

import { watchDisk } from "../src/disk.ts";
import { failingParts } from "../src/failing.ts";
import { openSqliteStore } from "../src/store/sqlite/store.ts";
import { storeOptions } from "./store/store-options.ts";

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

  {
    await using handle = await open(file, "r+");
    await handle.write(Buffer.alloc(4096, 255), 0, 4096, (page - 1) * 4096);
  }
  // What a connection has read it reads anew once another has written.
  await store.closeMailbox({ mailboxId: "RECIPIENT" as MailboxId, closedAt: new Date(0), reason: "moves" });

  for (let times = 0; times < 2; times += 1) assert.deepEqual(await failingParts(folder, store, disk), ["store"]);
  assert.equal(told.length, 2);
});

function rootOf(file: string, table: string): number {
  using db = new DatabaseSync(file);
  return Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table)?.["rootpage"]);
}
