import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { type MessageId, newMessageId } from "@restante/mesh";
import { createMeshClient, type MeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { temporaryFolder, testMailboxes } from "@restante/testbed";
import type { DownloadProcessOptions } from "./download-process.ts";
import { password, sharedKey } from "./faulty-peer.ts";

// Both have the same bytes to write, piece by piece, each as slowly as it is let.
const pieces = 6;
const pieceBytes = 10_000;
const chunks = [1, 2, 3].map((number) =>
  Buffer.concat(Array.from({ length: pieces }, (_, piece) => Buffer.alloc(pieceBytes, `${number}${piece}`))),
);
const whole = Buffer.concat(chunks);

/** One request for a chunk, of whose body nothing has been sent yet. */
interface Asked {
  readonly number: number;
  readonly sendPieces: (from: number, to: number) => Promise<void>;
  readonly sendRest: () => void;
}

interface Slow {
  readonly options: MeshClientOptions;
  readonly client: MeshClient;
  readonly messageId: MessageId;
  readonly folder: string;
  readonly path: string;
  /** The next request, answered by nobody yet but for its head. */
  readonly next: () => Promise<Asked>;
  /** Answers all that are asked, and will be. */
  readonly answerAll: () => void;
}

async function startSlow(t: TestContext): Promise<Slow> {
  const asked: Asked[] = [];
  const waiting: ((one: Asked) => void)[] = [];
  let isSlow = true;
  const server = createServer((request, response) => {
    const number = Number(request.url?.split("/")[5] ?? 1);
    response.writeHead(number === 3 ? 200 : 206, {
      "content-length": pieces * pieceBytes,
      "mex-chunk-range": `${number}:3`,
      "mex-workflowid": "TEST",
    });
    response.flushHeaders();
    const one = askedOf(number, response);
    if (!isSlow) return one.sendRest();
    const wanted = waiting.shift();
    if (wanted === undefined) asked.push(one);
    else wanted(one);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const options = { url: `http://127.0.0.1:${port}`, mailboxId: testMailboxes.practice, password, sharedKey };
  const client = createMeshClient(options);
  t.after(async () => {
    await client[Symbol.asyncDispose]();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  const folder = await temporaryFolder(t);
  return {
    options,
    client,
    messageId: newMessageId(new Date()),
    folder,
    path: join(folder, "Smith.dat"),
    next: async () => asked.shift() ?? new Promise((resolve) => void waiting.push(resolve)),
    answerAll: () => {
      isSlow = false;
      for (const one of asked.splice(0)) one.sendRest();
    },
  };
}

function askedOf(number: number, response: ServerResponse): Asked {
  const body = chunks[number - 1]!;
  let sent = 0;
  return {
    number,
    async sendPieces(from, to) {
      assert.equal(from * pieceBytes, sent);
      sent = to * pieceBytes;
      await new Promise<void>((resolve) => {
        response.write(body.subarray(from * pieceBytes, sent), () => resolve());
      });
    },
    sendRest: () => void response.end(body.subarray(sent)),
  };
}

function download(
  t: TestContext,
  { options: client, messageId, path }: Slow,
): { child: ChildProcess; outcome: Promise<Record<string, unknown>> } {
  const options: DownloadProcessOptions = { client, messageId, path };
  const program = join(import.meta.dirname, "download-process.ts");
  const child = spawn(process.execPath, ["--conditions=@restante/source", program, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const outcome = text(child.stdout).then((said) => JSON.parse(said || "{}") as Record<string, unknown>);
  return { child, outcome };
}

/** Until so many bytes of a message that is being downloaded are in its file. */
async function untilWritten({ folder }: Slow, bytes: number): Promise<void> {
  for (;;) {
    const partial = (await readdir(folder)).find((name) => name.endsWith(".partial"));
    if (partial !== undefined && (await readFile(join(folder, partial))).length >= bytes) return;
  }
}

async function removeHolder({ folder }: Slow): Promise<void> {
  const holder = (await readdir(folder)).find((name) => name.endsWith(".holder"));
  assert.ok(holder !== undefined);
  await rm(join(folder, holder));
}

test("who downloads a message to a file to which another process downloads it is told by whom, and asks for nothing", async (t) => {
  const slow = await startSlow(t);
  const first = download(t, slow);
  const asked = await slow.next();
  const what = `process ${first.child.pid} downloads the same message to it: try again when that has ended`;
  assert.deepEqual(await download(t, slow).outcome, {
    code: "file-unusable",
    retry: "safe",
    message: `The file to be downloaded to cannot be written: ${what}.`,
  });
  asked.sendRest();
  // The second would have been answered at once.
  assert.equal((await slow.next()).number, 2);
  // Not only what it writes has to end: by then it may still count as alive.
  const exited = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await exited;

  slow.answerAll();
  assert.equal((await slow.client.downloadToFile(slow.messageId, slow.path)).keptChunks, 1);
  assert.deepEqual(await readFile(slow.path), whole);
  assert.deepEqual(await readdir(slow.folder), ["Smith.dat"]);
});

test("of two processes that cannot know of one another and go on with one file, one ends, and the other does not touch its file", async (t) => {
  // Stopped in the middle of chunk 2, or in the last, behind which the file gets its name.
  for (const stoppedIn of [2, 3]) {
    const slow = await startSlow(t);
    const first = download(t, slow);
    for (let number = 1; number < stoppedIn; number += 1) (await slow.next()).sendRest();
    const stopped = await slow.next();
    await stopped.sendPieces(0, 2);
    await untilWritten(slow, (stoppedIn - 1) * pieces * pieceBytes + 2 * pieceBytes);
    // As it is to a process on another machine.
    await removeHolder(slow);

    const second = download(t, slow);
    const goesOn = await slow.next();
    assert.equal(goesOn.number, stoppedIn);
    // Side by side, the first ahead of the second.
    await goesOn.sendPieces(0, 1);
    await stopped.sendPieces(2, 5);
    await goesOn.sendPieces(1, 4);
    slow.answerAll();
    goesOn.sendRest();
    assert.deepEqual(await second.outcome, { keptChunks: stoppedIn - 1 });
    assert.deepEqual(await readFile(slow.path), whole);
    stopped.sendRest();
    const { code, retry } = await first.outcome;
    assert.deepEqual({ code, retry }, { code: "file-unusable", retry: "safe" });
    assert.deepEqual(await readFile(slow.path), whole);
    assert.deepEqual(await readdir(slow.folder), ["Smith.dat"]);
  }
});

test("of two processes that begin a message at the same time, neither gives the other's half the name", async (t) => {
  const slow = await startSlow(t);
  const first = download(t, slow);
  const one = await slow.next();
  await one.sendPieces(0, 3);
  await untilWritten(slow, 3 * pieceBytes);
  await removeHolder(slow);
  const second = download(t, slow);
  const other = await slow.next();
  assert.equal(other.number, 1);
  await other.sendPieces(0, 1);
  slow.answerAll();
  one.sendRest();
  // Each has a file of its own, and both are whole.
  assert.deepEqual(await first.outcome, { keptChunks: 0 });
  assert.deepEqual(await readFile(slow.path), whole);
  other.sendRest();
  assert.deepEqual(await second.outcome, { keptChunks: 0 });
  assert.deepEqual(await readFile(slow.path), whole);
  assert.deepEqual(await readdir(slow.folder), ["Smith.dat"]);
});
