import assert from "node:assert/strict";
import { utimes, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { type DirectoryClientOptions, pairName } from "@restante/mesh-client/directory";
import { startTestServer, testClient, testMailboxes } from "@restante/testbed";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const one = Buffer.from("one ".repeat(1000));
const two = Buffer.from("two ".repeat(1000));

type Fate = "passes" | "lost before" | "lost after" | "conflict";

interface Fixture extends TestDirectory {
  /** What becomes of the next requests of a chunk. */
  readonly fates: Fate[];
  /** What tracking says in the place of the truth. */
  readonly says: { status?: string };
  readonly delivered: () => Promise<string[]>;
  /** Writes other data of the same size and times: the same pair, as far as a folder tells. */
  readonly overwrite: (data: Uint8Array) => Promise<void>;
}

async function start(t: TestContext, overrides: Partial<DirectoryClientOptions> = {}): Promise<Fixture> {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  const recipient = await testClient(server, practice);
  t.after(async () => recipient[Symbol.asyncDispose]());
  const fates: Fate[] = [];
  const says: Fixture["says"] = {};
  const client: MeshClient = {
    ...real,
    sendChunk: async (...args) => {
      const fate = fates.shift() ?? "passes";
      const lost = new MeshClientError("answer-lost", "The connection broke.", { retry: "safe" });
      if (fate === "lost before") throw lost;
      if (fate === "conflict")
        throw new MeshClientError("refused", "The server answered 409.", { answer: { status: 409 } });
      await real.sendChunk(...args);
      if (fate === "lost after") throw lost;
    },
    track: async (...args) => ({ ...(await real.track(...args)), ...says }),
  };
  const small = { maxRequestBytes: 1000, chunkBytes: 1000 };
  const folder = await startDirectory(t, server, sender, { client, ...small, ...overrides });
  const overwrite = async (data: Uint8Array): Promise<void> => {
    await writeFile(folder.path("out", "A.dat"), data);
    await utimes(folder.path("out", "A.dat"), 1_750_000_000, 1_750_000_000);
  };
  await folder.drop("A", { allowChunking: true, compress: false }, one);
  await overwrite(one);
  const delivered = async (): Promise<string[]> => {
    const bodies: string[] = [];
    for await (const id of recipient.listAll())
      bodies.push((await buffer((await recipient.download(id)).body)).toString());
    return bodies;
  };
  return Object.assign(folder, { fates, says, delivered, overwrite });
}

test("an upload whose data was written again in its place is given up, and the pair sent as a new message", async (t) => {
  for (const fate of ["lost before", "lost after"] as const) {
    const folder = await start(t);
    folder.fates.push("passes", fate);
    assert.equal((await folder.directory.pollOnce()).waiting, 1);
    await folder.overwrite(two);
    await folder.restart();
    assert.equal((await folder.directory.pollOnce()).sent, 1);
    assert.deepEqual(await folder.delivered(), [two.toString()], "not a message of both");
    const [told, ...others] = folder.events.of("upload-restarted");
    assert.deepEqual(others, []);
    assert.equal(told?.pair, pairName("A"));
    assert.equal(told.reason, "the data in OUT is not what its chunks were");
    const { messageId } = await folder.control("sent", "A.ctl");
    assert.notEqual(messageId, told.messageId);
  }
});

test("data that changed in the one chunk whose answer was lost is not taken for what the server has", async (t) => {
  const folder = await start(t);
  folder.fates.push("lost after");
  await folder.directory.pollOnce();
  await folder.overwrite(Buffer.concat([one.subarray(0, 1500), Buffer.from("X"), one.subarray(1501)]));
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  const [body, ...others] = await folder.delivered();
  assert.deepEqual(others, []);
  assert.equal(body?.indexOf("X"), 1500);
});

test("a pair of which MESH has a message with other data is held, and not filed as sent", async (t) => {
  const folder = await start(t);
  folder.fates.push("passes", "passes", "lost after");
  await folder.directory.pollOnce();
  await folder.overwrite(two);
  for (let count = 0; count < 2; count += 1) assert.equal((await folder.directory.pollOnce()).held.length, 1);
  assert.deepEqual(await folder.names("sent"), []);
  assert.deepEqual(
    folder.events.of("pair-ambiguous").map(({ reason }) => reason),
    ["MESH has a message of this pair, with other data than is in OUT"],
  );
  const [pair] = await folder.directory.describeHeld();
  const decision = { verdict: "release", pairs: [pair!.key], by: "a person" } as const;
  assert.deepEqual(await folder.directory.decide(decision), [{ is: "done" }]);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.deepEqual(await folder.delivered(), [one.toString(), two.toString()]);
});

test("an upload of which tracking tells nothing is in doubt: held, or sent again as a new message if that is wanted", async (t) => {
  const held = await start(t);
  held.fates.push("passes", "passes", "lost after");
  held.says.status = "somewhere";
  await held.directory.pollOnce();
  await held.directory.pollOnce();
  await held.restart();
  assert.equal((await held.directory.pollOnce()).held.length, 1);
  assert.deepEqual(await held.names("sent"), []);
  assert.deepEqual(await held.delivered(), [one.toString()]);

  const again = await start(t, { onAmbiguous: "resend" });
  again.fates.push("passes", "passes", "lost after");
  again.says.status = "";
  await again.directory.pollOnce();
  assert.equal((await again.directory.pollOnce()).sent, 1);
  assert.equal(again.events.of("pair-ambiguous").length, 1);
  assert.equal(again.events.of("upload-restarted").length, 1);
  assert.equal((await again.delivered()).length, 2);
});

test("a chunk that the server has with other data makes a new message, and a failed pair when that has no end", async (t) => {
  const folder = await start(t);
  folder.fates.push("conflict");
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(folder.events.of("upload-restarted")[0]?.reason, "MESH has a chunk of it with other data");
  assert.deepEqual(await folder.delivered(), [one.toString()]);

  const endless = await start(t, { attempts: 3 });
  endless.fates.push("conflict", "conflict", "conflict", "conflict");
  for (let count = 0; count < 3; count += 1) assert.equal((await endless.directory.pollOnce()).waiting, 1);
  assert.equal((await endless.directory.pollOnce()).failed, 1);
  assert.deepEqual(await endless.names("failed"), ["A.ctl", "A.dat"]);
});

test("an upload that an older version began goes on although its content was not noted", async (t) => {
  const folder = await start(t);
  folder.fates.push("passes", "lost before");
  await folder.directory.pollOnce();
  await folder.directory[Symbol.asyncDispose]();
  const database = new DatabaseSync(join(folder.root, ".restante", "journal.db"));
  // As the version before this one left it.
  database.exec(`
    DROP TABLE chunk; ALTER TABLE send DROP COLUMN unnamed; ALTER TABLE send DROP COLUMN triedAt;
    ALTER TABLE send DROP COLUMN reason;
    ALTER TABLE filing DROP COLUMN tells; ALTER TABLE filing DROP COLUMN stuck; PRAGMA user_version = 1;
  `);
  database.close();
  await folder.restart();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.deepEqual(await folder.delivered(), [one.toString()]);
  assert.deepEqual(folder.events.of("upload-restarted"), []);
});

test("an upload that the server drops each time is not begun anew for ever: after so many attempts the pair fails, and is reported", async (t) => {
  const folder = await start(t, { attempts: 3 });
  // Neither does its second chunk ever arrive.
  folder.fates.push(...Array<Fate>(100).fill("lost before"));
  folder.says.status = "error";
  let polls = 1;
  while ((await folder.directory.pollOnce()).failed === 0) assert.ok((polls += 1) < 20);
  assert.equal(folder.events.of("upload-restarted").length, 3);
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
  const [report] = await folder.inbox();
  assert.equal(report?.status?.description, "Transfer failure. No attempt to send it in chunks came to its end.");
  assert.deepEqual(await folder.delivered(), []);
});
