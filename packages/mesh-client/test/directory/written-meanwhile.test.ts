import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readdir, truncate, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import type { MeshClient } from "@restante/mesh-client";
import { startTestServer, testClient, testMailboxes } from "@restante/testbed";
import { createOutFolder } from "../../src/directory/out-folder.ts";
import { openFolders } from "../../src/directory/folders.ts";
import { pack } from "../../src/directory/pack.ts";
import { mailboxFolder, startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

for (const [how, bytes, compress] of [
  ["in memory", 1000, false],
  ["compressed in memory", 1000, true],
  ["compressed in TEMP", 100_000, true],
  ["as it is read", 100_000, false],
] as const) {
  test(`of data that is cut off or written over after it was opened, and goes ${how}, nothing is made that could be sent`, async (t) => {
    const folder = await mailboxFolder(t, sender);
    const folders = await openFolders(folder.root);
    await folder.drop("A", {}, "x".repeat(bytes));
    const [sighting] = await createOutFolder(folders.out, 0).look();
    assert.ok(sighting !== undefined);
    const packed = async (): Promise<unknown> => {
      await using data = await open(folder.path("out", "A.dat"));
      const range = { start: 0, length: bytes };
      const context = { folders, leftInTemp: new Set<string>(), start: "s" };
      return await pack(context, { key: sighting.key, data, sighting }, range, compress);
    };
    await truncate(folder.path("out", "A.dat"), bytes / 2);
    await assert.rejects(packed, { code: "body-unreadable", retry: "safe" });
    await writeFile(folder.path("out", "A.dat"), "y".repeat(bytes));
    await assert.rejects(packed, { code: "body-unreadable", retry: "safe" });
    assert.deepEqual(await readdir(folders.temp), []);
  });
}

test("a pair that is written again while it is on its way is not sent in part, does not fail, and is sent once as it is then", async (t) => {
  for (const allowChunking of [false, true]) {
    const server = await startTestServer(t);
    await using to = await testClient(server, practice);
    const real = await testClient(server, sender);
    const [before, after] = [randomBytes(300_000), randomBytes(250_000)];
    const call = allowChunking ? "sendChunk" : "send";
    let written = false;
    const folder = await startDirectory(t, server, sender, {
      maxRequestBytes: allowChunking ? 200_000 : 1_000_000,
      chunkBytes: 200_000,
      client: Object.create(real, {
        [call]: {
          value: async (...words: unknown[]) => {
            if (!written) await writeFile(folder.path("out", "A.dat"), after);
            written = true;
            return Reflect.apply(real[call], real, words) as unknown;
          },
        },
      }) as MeshClient,
    });
    await folder.drop("A", { allowChunking, compress: false }, before);
    const { waiting, failed, error } = await folder.directory.pollOnce();
    assert.deepEqual({ waiting, failed, error }, { waiting: 1, failed: 0, error: undefined });
    assert.equal((await folder.directory.pollOnce()).sent, 1);
    assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
    assert.deepEqual(await folder.names("in"), []);
    const { messageIds } = await to.list();
    assert.equal(messageIds.length, 1);
    const { body } = await to.download(messageIds[0]!);
    assert.ok(after.equals(await buffer(body)));
  }
});
