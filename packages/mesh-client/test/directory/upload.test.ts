import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { parseMessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import type { DirectoryClientOptions } from "@restante/mesh-client/directory";
import { startTestServer, testClient, testMailboxes } from "@restante/testbed";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const small = { maxRequestBytes: 1000, chunkBytes: 1000 };
const text = Buffer.from(Array.from({ length: 500 }, (_, line) => `line ${line}`).join("\n"));

type Trouble = "before" | "after";

interface Fixture extends TestDirectory {
  /** What goes wrong with the next requests: before or after the server has them. */
  readonly troubles: { send: (Trouble | "none")[]; sendChunk: (Trouble | "none")[] };
  readonly recipient: MeshClient;
}

async function start(t: TestContext, overrides: Partial<DirectoryClientOptions> = {}): Promise<Fixture> {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  const recipient = await testClient(server, practice);
  t.after(async () => recipient[Symbol.asyncDispose]());
  const troubles: Fixture["troubles"] = { send: [], sendChunk: [] };
  async function meet<Result>(trouble: Trouble | "none" = "none", call: () => Promise<Result>): Promise<Result> {
    const lost = new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
    if (trouble === "before") throw lost;
    const result = await call();
    if (trouble === "after") throw lost;
    return result;
  }
  const client: MeshClient = {
    ...real,
    send: async (...args) => meet(troubles.send.shift(), async () => real.send(...args)),
    sendChunk: async (...args) => meet(troubles.sendChunk.shift(), async () => real.sendChunk(...args)),
  };
  const folder = await startDirectory(t, server, sender, { client, ...small, ...overrides });
  return Object.assign(folder, { troubles, recipient });
}

/** The bodies in the practice's inbox. */
async function delivered({ recipient }: Fixture): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  for await (const messageId of recipient.listAll()) {
    bodies.push(await buffer((await recipient.download(messageId)).body));
  }
  return bodies;
}

test("data beyond one request goes in chunks where AllowChunking is Y, and arrives whole", async (t) => {
  const folder = await start(t);
  const noise = randomBytes(3500);
  await folder.drop("TEXT-N", { allowChunking: true, compress: false }, text);
  await folder.drop("NOISE", { allowChunking: true }, noise);
  await folder.drop("TEXT", { allowChunking: true }, randomBytes(3500).toString("base64"));
  assert.equal((await folder.directory.pollOnce()).sent, 3);
  assert.deepEqual(await folder.names("temp"), []);
  const chunksOf = async (base: string): Promise<{ chunks: number; encoding: string | undefined; same: boolean }> => {
    const { messageId } = await folder.control("sent", `${base}.ctl`);
    const id = parseMessageId(messageId ?? "");
    const raw = await folder.recipient.download(id, { decode: false });
    raw.body.destroy();
    const { body } = await folder.recipient.download(id);
    const same = (await buffer(body)).equals(await folder.read("sent", `${base}.dat`));
    return { chunks: raw.chunks, encoding: raw.contentEncoding, same };
  };
  assert.deepEqual(await chunksOf("TEXT-N"), { chunks: 5, encoding: undefined, same: true });
  assert.deepEqual(await chunksOf("NOISE"), { chunks: 4, encoding: undefined, same: true });
  assert.deepEqual(await chunksOf("TEXT"), { chunks: 5, encoding: "gzip", same: true });
});

test("what fits one request after compression is not cut into chunks", async (t) => {
  const folder = await start(t);
  await folder.drop("A", { allowChunking: true }, "again and ".repeat(500));
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  const [messageId] = (await folder.recipient.list()).messageIds;
  assert.ok(messageId !== undefined);
  const message = await folder.recipient.download(messageId);
  message.body.destroy();
  assert.equal(message.chunks, 1);
});

test("an upload that broke off goes on where it was, whichever side lost the request, and the message arrives once", async (t) => {
  for (const trouble of ["before", "after"] as const) {
    for (const chunk of [2, 3, 5]) {
      const folder = await start(t);
      await folder.drop("A", { allowChunking: true, compress: false }, text);
      folder.troubles.sendChunk.push(...Array.from({ length: chunk - 2 }, () => "none" as const), trouble);
      const first = await folder.directory.pollOnce();
      assert.deepEqual({ waiting: first.waiting, code: first.error?.code }, { waiting: 1, code: "answer-lost" });
      await folder.restart();
      assert.equal((await folder.directory.pollOnce()).sent, 1);
      const bodies = await delivered(folder);
      assert.equal(bodies.length, 1, `chunk ${chunk}, lost ${trouble}`);
      assert.ok(text.equals(bodies[0] ?? Buffer.of()));
    }
  }
});

test("with commit two-chunk a lost answer leaves no doubt, although LocalId tells nothing", async (t) => {
  const folder = await start(t, { commit: "two-chunk", maxRequestBytes: 1_000_000, chunkBytes: 1_000_000 });
  folder.troubles.send.push("after", "before", "none");
  folder.troubles.sendChunk.push("after", "before");
  for (const base of ["A", "B", "C"]) await folder.drop(base, { allowChunking: true, localId: "Y90001" });
  for (let count = 0; count < 8; count += 1) await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat", "B.ctl", "B.dat", "C.ctl", "C.dat"]);
  assert.deepEqual((await delivered(folder)).map(String).sort(), ["the data of A", "the data of B", "the data of C"]);
  assert.equal(folder.events.of("pair-ambiguous").length, 0);
});

test("a refusal of the first chunk is a failed pair like any other", async (t) => {
  const folder = await start(t);
  await folder.drop("A", { allowChunking: true, compress: false, to: "NOBODY" }, text);
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  const [report] = await folder.inbox();
  assert.equal(`${report?.status?.event} ${report?.status?.code}`, "SEND 12");
});
