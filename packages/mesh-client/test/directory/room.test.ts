import assert from "node:assert/strict";
import fs from "node:fs";
import { mkdir } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { createRooms, type Rooms } from "../../src/directory/room.ts";
import type { Folders } from "../../src/directory/folder-name.ts";

/** Rooms on a disk with so many bytes left besides what is kept for others. */
async function roomsOf(t: TestContext, free: { bytes: number }): Promise<Rooms> {
  const root = await temporaryFolder(t);
  const folders = { temp: join(root, "TEMP"), in: join(root, "IN") } as Folders;
  for (const folder of [folders.temp, folders.in]) await mkdir(folder);
  const kept = 64 * 1024 * 1024;
  t.mock.method(fs.promises, "statfs", async () => ({ bavail: free.bytes + kept, blocks: 100 * kept, bsize: 1 }));
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return createRooms(folders);
}

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
});
