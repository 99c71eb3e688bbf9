import assert from "node:assert/strict";
import fs from "node:fs";
import { mkdir } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { createRooms, type Rooms } from "../../src/directory/room.ts";
import type { Folders } from "../../src/directory/folder-name.ts";

async function roomsOfMailbox(t: TestContext): Promise<Rooms> {
  const root = await temporaryFolder(t);
  const folders = { temp: join(root, "TEMP"), in: join(root, "IN") } as Folders;
  for (const folder of [folders.temp, folders.in]) await mkdir(folder);
  return createRooms(folders);
}

/** Rooms on a disk with so many bytes left besides what is kept for others. */
async function roomsOf(t: TestContext, free: { bytes: number }): Promise<Rooms> {
  const kept = 64 * 1024 * 1024;
  t.mock.method(fs.promises, "statfs", async () => ({ bavail: free.bytes + kept, blocks: 100 * kept, bsize: 1 }));
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return roomsOfMailbox(t);
}

test("mailboxes whose folders are on one disk claim its room from each other", async (t) => {
  const one = await roomsOf(t, { bytes: 1000 });
  const other = await roomsOfMailbox(t);
  const [first, second] = await Promise.allSettled([one.claim(600), other.claim(600)]);
  assert.deepEqual([first.status, second.status].toSorted(), ["fulfilled", "rejected"]);
  assert.deepEqual([(await one.least()).bytes, (await other.least()).bytes], [400, 400]);
  for (const claim of [first, second]) if (claim.status === "fulfilled") claim.value[Symbol.dispose]();
  assert.equal((await other.least()).bytes, 1000);
});

test("of several that arrive at once none is begun on room that another has claimed", async (t) => {
  const free = { bytes: 1000 };
  const rooms = await roomsOf(t, free);
  const results = await Promise.allSettled([600, 600, 300].map(async (bytes) => rooms.claim(bytes)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
    "what is refused takes no room from the next",
  );
  assert.equal((await rooms.least()).bytes, 100);
  const [first] = results;
  assert.ok(first?.status === "fulfilled");
  // The disk counts what is written, and the claim the rest.
  first.value.wrote(400);
  free.bytes -= 400;
  assert.equal((await rooms.least()).bytes, 100);
  assert.equal((await first.value.leastForMore(0)).bytes, 300, "its own claim is no other's");
  first.value[Symbol.dispose]();
  assert.equal((await rooms.least()).bytes, 300);
  for (const claim of results) if (claim.status === "fulfilled") claim.value[Symbol.dispose]();
});
