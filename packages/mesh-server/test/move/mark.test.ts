import assert from "node:assert/strict";
import { copyFile, cp, truncate } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";

import { DurableError } from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";

import { openOldStore } from "../../src/move/old-store.ts";
import { markMoved, type Moved, readMoved } from "../../src/store/sqlite/moved.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { now } from "../store/samples.ts";
import { filler, smallDisk } from "../store/small-disk.ts";
import { storeOptions } from "../store/store-options.ts";
import { makeOldFolder } from "./old-folder.ts";

const mark: Moved = { moveId: "a move", to: "another place", at: now };
const nothing = (): undefined => undefined;

/** By the database alone, without what lies beside it. */
async function isCopyMarked(t: TestContext, folder: string): Promise<boolean> {
  const copy = join(await temporaryFolder(t), "store.sqlite");
  await copyFile(join(folder, "store.sqlite"), copy);
  return readMoved(copy) !== undefined;
}

test("a copy of the database of a closed folder is closed, also where a kill left the mark beside it", async (t) => {
  const parent = await temporaryFolder(t);
  const [first, second] = [join(parent, "first"), join(parent, "second")] as [string, string];
  await makeOldFolder(first);
  using db = new DatabaseSync(join(first, "store.sqlite"));
  db.exec("PRAGMA wal_autocheckpoint = 0");
  markMoved(db, mark);
  await cp(first, second, { recursive: true });
  assert.equal(await isCopyMarked(t, second), false);

  {
    using _ = await openOldStore(second, now, nothing, mark.moveId);
    assert.equal(await isCopyMarked(t, second), true);
  }
  const whole = join(parent, "whole");
  await makeOldFolder(whole);
  using old = await openOldStore(whole, now, nothing);
  old.markMoved(mark);
  assert.equal(await isCopyMarked(t, whole), true);
});

test("on a disk that has become full the folder is closed by the room that the server kept in reserve", async (t) => {
  const disk = smallDisk(t, 4);
  if (disk === undefined) return;
  const folder = join(disk, "old");
  await makeOldFolder(folder);
  const other = filler(t, disk);
  other.pause();
  other.free(100_000);
  {
    using old = await openOldStore(folder, now, nothing);
    other.pause();

    old.markMoved(mark);

    assert.equal(await isCopyMarked(t, folder), true);
  }
  assert.equal(readMoved(join(folder, "store.sqlite"))?.moveId, mark.moveId);
});

test("where there is no such room it says so, and the folder is open", async (t) => {
  const disk = smallDisk(t, 4);
  if (disk === undefined) return;
  const folder = join(disk, "old");
  await makeOldFolder(folder);
  await truncate(join(folder, "store.reserve"));
  const other = filler(t, disk);
  other.pause();
  other.free(100_000);
  {
    using old = await openOldStore(folder, now, nothing);
    other.pause();
    assert.throws(
      () => old.markMoved(mark),
      (error) => error instanceof DurableError && error.code === "disk-full" && /make room/.test(error.message),
    );
  }
  other.stop();
  await (await openSqliteStore(folder, storeOptions))[Symbol.asyncDispose]();
});
