import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import fs from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { test, type TestContext } from "node:test";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import type { DirectoryClientOptions } from "@restante/mesh-client/directory";
import { startTestServer, testClient, testMailboxes, waitFor } from "@restante/testbed";
import { later } from "../../src/directory/keep-polling.ts";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, pharmacy } = testMailboxes;
const hour = 3_600_000;

/** A directory client that polls once, and then not within the time of a test. */
async function start(
  t: TestContext,
  send: (base: string) => Promise<void> | undefined = () => undefined,
  overrides: Partial<DirectoryClientOptions> = {},
): Promise<TestDirectory & { readonly asked: string[] }> {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  const asked: string[] = [];
  const client: MeshClient = {
    ...real,
    handshake: async (options) => {
      asked.push("handshake");
      return real.handshake(options);
    },
    listAll: (options) => {
      asked.push("list");
      return real.listAll(options);
    },
    send: async (message, options) => {
      asked.push(message.fileName ?? "");
      await send(message.fileName ?? "");
      return real.send(message, options);
    },
  };
  const folder = await startDirectory(t, server, sender, { client, pollIntervalMs: hour, ...overrides });
  folder.directory.start();
  await waitFor(async () => folder.events.of("poll-succeeded").length === 1);
  return Object.assign(folder, { asked });
}

test("what comes to OUT between polls is sent at once, and the server is not asked for its inbox", async (t) => {
  const folder = await start(t);
  for (const base of ["A", "B"]) {
    await folder.drop(base);
    await waitFor(async () => (await folder.names("sent")).includes(`${base}.ctl`));
  }
  assert.deepEqual(folder.asked, ["handshake", "list", "A.dat", "B.dat"]);
  assert.equal(folder.events.of("poll-succeeded").length, 1);
});

test("it is sent too where the system gives no notice of changes, or cannot be asked for any", async (t) => {
  let isRefused = false;
  t.mock.method(fs, "watch", () => {
    if (isRefused) throw new Error("ENOSPC: too many watches");
    return Object.assign(new EventEmitter(), { close: () => undefined });
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const silent = await start(t);
  isRefused = true;
  const refused = await start(t);
  for (const folder of [silent, refused]) await folder.drop("A");
  for (const folder of [silent, refused]) {
    await waitFor(async () => (await folder.names("sent")).includes("A.ctl"));
    assert.deepEqual(folder.asked, ["handshake", "list", "A.dat"]);
  }
});

test("what is still being written is sent between polls once it is at rest", async (t) => {
  const folder = await start(t, undefined, { settleMs: 100 });
  await writeFile(folder.path("out", "A.dat"), "half of ");
  await folder.drop("B");
  await waitFor(async () => (await folder.names("sent")).includes("B.ctl"));
  await writeFile(folder.path("out", "A.dat"), "half of it", { flag: "w" });
  await folder.drop("A", {}, "the whole of it");
  await waitFor(async () => (await folder.names("sent")).includes("A.ctl"));
  assert.equal((await folder.read("sent", "A.dat")).toString(), "the whole of it");
});

test("what failed is not tried again between polls, but passed when it was waited for long enough", async (t) => {
  const fails = async (base: string): Promise<void> => {
    if (base === "A.dat") throw new MeshClientError("unavailable", "The server is busy.", { retry: "safe" });
  };
  const folder = await start(t, fails, { waitForEarlierMs: 700 });
  await folder.drop("A", { localId: "A" });
  await waitFor(async () => folder.asked.includes("A.dat"));
  await folder.drop("B", { localId: "B" });
  await folder.drop("C", { localId: "C", to: pharmacy });
  await waitFor(async () => folder.events.of("pair-sent").length === 2);
  assert.deepEqual(folder.asked, ["handshake", "list", "A.dat", "C.dat", "B.dat"]);
  assert.equal(folder.events.of("pair-overtaken").length, 1);
});

test("after trouble with the server, pairs wait for the next poll to find out whether it is over", async (t) => {
  let isDown = true;
  const fails = async (): Promise<void> => {
    if (isDown) throw new MeshClientError("unreachable", "The server cannot be reached.", { retry: "safe" });
  };
  const folder = await start(t, fails);
  await folder.drop("A", { localId: "A" });
  await waitFor(async () => folder.events.of("poll-failed").length === 1);
  isDown = false;
  await folder.drop("B", { localId: "B", to: pharmacy });
  await folder.directory.pollOnce();
  assert.deepEqual(folder.asked.slice(0, 5), ["handshake", "list", "A.dat", "handshake", "list"]);
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat", "B.ctl", "B.dat"]);
});

test("a folder that came in the place of OUT is watched too", async (t) => {
  const folder = await start(t);
  const out = folder.path("out");
  await rename(out, `${out}-away`);
  await fs.promises.mkdir(out);
  await folder.drop("A");
  await waitFor(async () => (await folder.names("sent")).includes("A.ctl"));
  await folder.drop("B");
  await waitFor(async () => (await folder.names("sent")).includes("B.ctl"));
});

test("polls come later by a part of the interval at random, and never sooner than the server asks", () => {
  assert.deepEqual(
    [0, 0.5, 1].map((random) => later(300_000, 10, random)),
    [300_000, 315_000, 330_000],
  );
  assert.equal(later(300_000, 0, 1), 300_000);
});
