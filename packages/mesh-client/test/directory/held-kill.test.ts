import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createMeshClient, type MeshClient, MeshClientError, type MeshClientOptions } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { clientOptions, startTestServer, temporaryFolder, testClient, testMailboxes } from "@restante/testbed";
import { digestOfText } from "../../src/directory/digest-of-text.ts";
import type { HeldProcessOptions } from "./held-process.ts";
import { openMailboxFolder, startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const id = "00000000-0000-4000-8000-000000000001";

/** Whether it came to its end. */
async function run(options: HeldProcessOptions): Promise<boolean> {
  const script = new URL("held-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [status] = (await once(child, "exit")) as [number | null];
  return status === 0;
}

test(
  "killed before any change of the disk while it decides, a pair is held as before or ended in one place, with one report",
  { skip: process.platform === "win32" && "copies folders with cp -a" },
  async (t) => {
    const server = await startTestServer(t);
    const real = await testClient(server, sender);
    const send: MeshClient["send"] = async (message, options) => {
      await real.send(message, options);
      throw new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
    };
    const root = await temporaryFolder(t);
    const first = await startDirectory(t, server, sender, { client: { ...real, send }, folder: join(root, "first") });
    await first.drop("A");
    await first.directory.pollOnce();
    assert.equal((await first.directory.pollOnce()).held.length, 1);
    await first.directory[Symbol.asyncDispose]();
    const decisions = join(first.root, ".restante", "decisions");
    await mkdir(decisions, { recursive: true });
    const asked = { formatVersion: 1, verdict: "discard", pairs: [digestOfText("A")], by: "anna" };
    await writeFile(join(decisions, `${id}.json`), JSON.stringify(asked));

    const client = await clientOptions(server, sender);
    let ended = 0;
    const tryAt = async (killAt: number): Promise<boolean> => {
      const folder = openMailboxFolder(join(root, `at-${killAt}`), sender);
      execFileSync("cp", ["-a", first.root, folder.root]);
      const isOver = await run({ client, folder: folder.root, killAt });
      await lookAfter(client, folder);
      if (isOver) ended += 1;
      return isOver;
    };
    // Two at once: a start takes longer than the rest.
    for (let killAt = 1; ; killAt += 2) {
      assert.ok(killAt < 100, "it gets on");
      const over = await Promise.all([tryAt(killAt), tryAt(killAt + 1)]);
      if (over.includes(true)) {
        t.diagnostic(`killed at ${killAt - 1} places and more`);
        break;
      }
    }
    assert.ok(ended > 0);
    await using recipient = await testClient(server, practice);
    assert.equal((await recipient.list()).messageIds.length, 1, "it was never sent again");
  },
);

/** Has it go on in peace: what was asked is done in the end, once. */
async function lookAfter(options: MeshClientOptions, folder: ReturnType<typeof openMailboxFolder>): Promise<void> {
  await using client = createMeshClient(options);
  await using directory = await createDirectoryClient({
    client,
    folder: folder.root,
    settleMs: 0,
    reports: { collect: false },
  });
  const { held } = await directory.pollOnce();
  assert.deepEqual(held, []);
  assert.deepEqual(await folder.names("out"), []);
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
  assert.equal((await folder.read("failed", "A.dat")).toString(), "the data of A");
  assert.equal((await folder.inbox()).length, 1);
  assert.deepEqual(await folder.names("temp"), []);
}
