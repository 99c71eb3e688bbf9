import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { openAsBlob } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { newMessageId, parseMailboxId, parseMessageId } from "@restante/mesh";
import {
  type MeshClient,
  MeshClientError,
  type UploadBody,
  type UploadMessage,
  type UploadOptions,
  type UploadState,
} from "@restante/mesh-client";
import {
  clientOptions,
  settableClock,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  type TestServer,
  testWorkflow,
  waitFor,
} from "@restante/testbed";
import { type Fate, type Relay, startRelay } from "./relay.ts";
import type { UploadProcessOptions } from "./upload-process.ts";

const { sender, practice } = testMailboxes;
const data = Buffer.from(Array.from({ length: 400 }, (_, line) => `line ${line} of a long document`).join("\n"));
const message: UploadMessage = { to: practice, workflowId: testWorkflow, localId: "local 1", body: data };
const chunkBytes = 2000;
const chunks = Math.ceil(data.length / chunkBytes);

interface Fixture {
  readonly server: TestServer;
  readonly relay: Relay;
  readonly client: MeshClient;
  /** The bodies in the inbox, which it empties. */
  readonly delivered: () => Promise<Buffer[]>;
}

async function start(t: TestContext, clock = settableClock()): Promise<Fixture> {
  const server = await startTestServer(t, { clock });
  const relay = await startRelay(t, server, sender);
  const recipient = await testClient(server, practice);
  t.after(async () => recipient[Symbol.asyncDispose]());
  const delivered = async (): Promise<Buffer[]> => {
    const bodies: Buffer[] = [];
    for await (const messageId of recipient.listAll()) {
      bodies.push(await buffer((await recipient.download(messageId)).body));
      await recipient.acknowledge(messageId);
    }
    return bodies;
  };
  return { server, relay, client: relay.client, delivered };
}

/** Which chunks were sent, by number, in the order in which they came. */
function chunksSent({ requests }: Relay): number[] {
  return requests
    .filter(({ method, path }) => method === "POST" && path.startsWith("/outbox"))
    .map(({ path }) => Number(path.split("/")[3] ?? 1));
}

test("a file, bytes, text, a Blob and a stream arrive byte for byte, whole or in chunks, compressed or not", async (t) => {
  const { client, delivered } = await start(t);
  const file = join(await temporaryFolder(t), "Smith.dat");
  await writeFile(file, data);
  const bodies: [body: UploadBody, bodyLength?: number][] = [
    [{ file }],
    [data],
    [data.toString()],
    [await openAsBlob(file)],
    [Readable.from([data.subarray(0, 3), data.subarray(3, 9000), data.subarray(9000)]), data.length],
    [() => Readable.from([data.toString()]), data.length],
  ];
  for (const [body, bodyLength] of bodies) {
    for (const compress of [true, false, "if-smaller"] as const) {
      if (body instanceof Readable && compress !== true) continue;
      const uploaded = await client.upload({ ...message, body, bodyLength }, { chunkBytes, compress });
      assert.equal(uploaded.chunks, chunks);
      assert.equal((await client.track(uploaded.messageId)).status, "accepted");
      assert.deepEqual(await delivered(), [data]);
    }
  }
  assert.equal((await client.upload(message)).chunks, 1);
  const exact = await client.upload({ ...message, body: { file } }, { chunkBytes: data.length, commit: "two-chunk" });
  assert.equal(exact.chunks, 2);
  assert.deepEqual(await delivered(), [data, data]);
  const noise = randomBytes(5000);
  await client.upload({ ...message, body: noise }, { chunkBytes });
  assert.deepEqual(await delivered(), [noise]);
});

test("the first chunk goes alone, the others side by side and the last when all are there, none twice at once", async (t) => {
  const { client, relay, delivered } = await start(t);
  const seen: string[] = [];
  let most = 0;
  relay.fate = async ({ path }): Promise<Fate> => {
    const number = Number(path.split("/")[3] ?? 1);
    const paths = [...relay.underWay].map((request) => request.path);
    assert.equal(new Set(paths).size, paths.length, "no chunk twice at once");
    if (number === 1 || number === chunks) assert.equal(paths.length, 1, `chunk ${number} goes alone`);
    // The first of those in the middle wait for one another.
    else if (seen.push(path) <= 3) await waitFor(() => relay.underWay.size === 3, { intervalMs: 1 });
    most = Math.max(most, relay.underWay.size);
    return "passes";
  };
  await client.upload(message, { chunkBytes, parallel: 3 });
  assert.equal(most, 3);
  const sent = chunksSent(relay);
  assert.deepEqual([sent[0], sent.at(-1)], [1, chunks]);
  assert.deepEqual(
    sent.toSorted((one, other) => one - other),
    Array.from({ length: chunks }, (_, index) => index + 1),
  );
  assert.deepEqual(await delivered(), [data]);
});

test("ended at any moment, it goes on from its state, sends what the server has not, and arrives once", async (t) => {
  const { client, relay, delivered } = await start(t);
  const kept = (state: UploadState): UploadState => JSON.parse(JSON.stringify(state)) as UploadState;
  for (let end = 1, isThrough = false; !isThrough; end += 1) {
    assert.ok(end < 2 * chunks, "it comes to its end");
    let state: UploadState | undefined;
    let calls = 0;
    // Killed before the program has kept it, or just after.
    for (const before of [true, false]) {
      calls = 0;
      const onState = (now: UploadState): void => {
        calls += 1;
        if (calls > end) throw new Error("killed");
        if (calls < end || !before) state = kept(now);
        if (calls === end) throw new Error("killed");
      };
      const outcome = await client.upload(message, { chunkBytes, parallel: 2, state, onState }).catch(String);
      isThrough = typeof outcome !== "string" && calls < end;
      if (isThrough) break;
    }
    const sentBefore = new Set(state?.sent);
    relay.requests.length = 0;
    const { messageId } = await client.upload(message, { chunkBytes, state });
    if (state?.messageId !== null && state !== undefined) {
      assert.equal(messageId, state.messageId);
      const repeated = chunksSent(relay).filter((number) => sentBefore.has(number) && number < chunks);
      assert.deepEqual(repeated, [], "what the server is known to have is not sent again");
    }
    assert.deepEqual(await delivered(), [data], `ended at state ${end}`);
  }
});

test("killed at any moment, the next process goes on from what was kept on disk, and it arrives once", async (t) => {
  const { server, delivered } = await start(t);
  const folder = await temporaryFolder(t);
  const { clock: _, ...client } = await clientOptions(server, sender);
  const options: UploadProcessOptions = {
    client,
    message: { to: practice, workflowId: testWorkflow, body: { file: join(folder, "data") } },
    stateFile: join(folder, "state.json"),
    chunkBytes,
  };
  await writeFile(join(folder, "data"), data);
  const script = new URL("upload-process.ts", import.meta.url).pathname;
  for (const killAfter of [1, 3, 5, Infinity]) {
    const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    const exit = once(child, "exit");
    let lines = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      lines += chunk.toString().split("\n").length - 1;
      if (lines >= killAfter) child.kill("SIGKILL");
    });
    const [code] = (await exit) as [number | null];
    if (killAfter === Infinity) assert.equal(code, 0);
  }
  assert.deepEqual(await delivered(), [data]);
  const state = JSON.parse(await readFile(options.stateFile, "utf8")) as UploadState;
  assert.equal(state.accepted, true);
});

test("an answer that is lost at any chunk leaves no doubt: the same call, with the state, ends it", async (t) => {
  const { client, relay, delivered } = await start(t);
  for (let lost = 1; lost <= chunks; lost += 1) {
    let state: UploadState | undefined;
    const options: UploadOptions = { chunkBytes, onState: (now) => void (state = now) };
    relay.fate = ({ path }) => (Number(path.split("/")[3] ?? 1) === lost ? "answer lost" : "passes");
    await assert.rejects(client.upload(message, options), { code: "answer-lost", retry: "safe" });
    relay.fate = () => "passes";
    await client.upload(message, { ...options, state });
    assert.deepEqual(await delivered(), [data], `chunk ${lost}`);
  }
});

test("a chunk that is tried again by itself is told, and a last one that comes twice is no failure", async (t) => {
  const { server, delivered } = await start(t);
  const told: string[] = [];
  const onRetry = ({ operation }: { operation: string }): void => void told.push(operation);
  const relay = await startRelay(t, server, sender, { retries: { attempts: 2, firstWaitMs: 1 }, onRetry });
  const lost = new Set<string>();
  relay.fate = ({ path }) => {
    if (path === "/outbox" || lost.has(path)) return "passes";
    lost.add(path);
    return "answer lost";
  };
  await relay.client.upload(message, { chunkBytes });
  assert.equal(told.filter((operation) => operation === "sendChunk").length, chunks - 1);
  assert.deepEqual(await delivered(), [data]);
});

test("what went in one request, and was not answered, is in doubt, and not sent again by its state", async (t) => {
  const { client, relay, delivered } = await start(t);
  let state: UploadState | undefined;
  const onState = (now: UploadState): void => void (state = now);
  relay.fate = () => "answer lost";
  await assert.rejects(client.upload(message, { onState }), { code: "answer-lost", retry: "ambiguous" });
  relay.fate = () => "passes";
  const again = await client.upload(message, { state }).catch((error: unknown) => error);
  assert.ok(again instanceof MeshClientError);
  assert.equal(`${again.code} ${again.retry}`, "answer-lost ambiguous");
  assert.match(again.remedy, /find out/);
  assert.deepEqual(await delivered(), [data]);

  // What the server refused for certain is none: the same call may be made again.
  await assert.rejects(client.upload({ ...message, to: "NOBODY" }, { onState }), { code: "refused" });
  await client.upload(message, { state });
  assert.deepEqual(await delivered(), [data]);
});

test("an upload does not go on with other data, nor with a file that is written while it is sent", async (t) => {
  const { client, relay, delivered } = await start(t);
  let state: UploadState | undefined;
  const onState = (now: UploadState): void => void (state = now);
  relay.fate = ({ path }) => (path.endsWith("/3") ? "never arrives" : "passes");
  await assert.rejects(client.upload(message, { chunkBytes, parallel: 1, onState }), { code: "answer-lost" });
  relay.fate = () => "passes";
  const other = Buffer.from(data);
  other[10] = 0;
  for (const body of [other, data.subarray(1), Buffer.concat([data, data])]) {
    await assert.rejects(client.upload({ ...message, body }, { state }), { code: "data-changed", retry: "never" });
  }
  assert.deepEqual(await delivered(), []);

  const file = join(await temporaryFolder(t), "data");
  await writeFile(file, data);
  relay.fate = async ({ path }): Promise<Fate> => {
    if (path.endsWith("/2")) await appendFile(file, "more");
    return "passes";
  };
  await assert.rejects(client.upload({ ...message, body: { file } }, { chunkBytes, parallel: 1 }), {
    code: "data-changed",
  });
  assert.deepEqual(await delivered(), []);

  const { messageId } = await client.upload(message, { chunkBytes, onState });
  assert.equal((await client.upload(message, { state })).messageId, messageId, "sent once, however often it is asked");
  const unaware = { ...state, accepted: false } as UploadState;
  await client.upload(message, { state: unaware, onState });
  assert.equal(state?.accepted, true, "what tracking told is kept");
  await assert.rejects(client.upload({ ...message, body: other }, { state }), { code: "data-changed" });
  assert.deepEqual(await delivered(), [data]);
});

test("what the server has dropped is sent anew, unless that is so long ago that it may have been accepted", async (t) => {
  const clock = settableClock();
  const { client, server, relay, delivered } = await start(t, clock);
  let state: UploadState | undefined;
  const onState = (now: UploadState): void => void (state = now);
  relay.fate = ({ path }) => (path.endsWith("/3") ? "never arrives" : "passes");
  await assert.rejects(client.upload(message, { chunkBytes, onState }), { code: "answer-lost" });
  relay.fate = () => "passes";
  const id = parseMessageId(state?.messageId ?? "");
  clock.advance(25 * 60 * 60 * 1000);
  await waitFor(async () => (await client.track(id)).status === "error");
  const { messageId } = await client.upload(message, { chunkBytes, state });
  assert.notEqual(messageId, id);
  assert.deepEqual(await delivered(), [data]);

  const begun = { ...state, messageId: newMessageId(clock.now()) } as UploadState;
  clock.advance(30 * 24 * 60 * 60 * 1000);
  await assert.rejects(client.upload(message, { state: begun }), { code: "answer-lost", retry: "ambiguous" });
  assert.equal(server.events.of("message-accepted").length, 1);
});

test("an upload is not under way twice at once, goes on only for its mailbox, and can be given up", async (t) => {
  const { client, relay, server, delivered } = await start(t);
  let state: UploadState | undefined;
  const onState = (now: UploadState): void => void (state = now);
  const controller = new AbortController();
  relay.fate = async ({ path }): Promise<Fate> => {
    if (!path.endsWith("/2")) return "passes";
    const again = client.upload(message, { state });
    await assert.rejects(again, { code: "request-invalid", field: "state" });
    controller.abort();
    return "passes";
  };
  const uploading = client.upload(message, { chunkBytes, parallel: 1, onState, signal: controller.signal });
  await assert.rejects(uploading, { code: "aborted", retry: "safe" });
  await using other = await testClient(server, practice);
  await assert.rejects(other.upload(message, { state }), { code: "request-invalid", field: "state" });
  relay.fate = () => "passes";
  await client.upload(message, { state });
  assert.deepEqual(await delivered(), [data]);
});

test("what cannot be read, or is not so long as was said, is told as that, and nothing is accepted", async (t) => {
  const { client, delivered } = await start(t);
  const missing = { file: join(await temporaryFolder(t), "Smith") };
  const error: unknown = await client.upload({ ...message, body: missing }).catch((error: unknown) => error);
  assert.ok(error instanceof MeshClientError);
  assert.equal(error.code, "body-unreadable");
  assert.doesNotMatch(error.message, /Smith/);
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield data.subarray(0, 5000);
    throw new Error("Smith");
  };
  const calls: [UploadMessage, object][] = [
    [
      { ...message, body: broken, bodyLength: data.length },
      { code: "body-unreadable", retry: "safe" },
    ],
    [
      { ...message, bodyLength: 7 },
      { code: "request-invalid", field: "bodyLength" },
    ],
    [
      { ...message, body: Readable.from([data]) },
      { code: "request-invalid", field: "bodyLength" },
    ],
    [
      { ...message, body: Readable.from([data]), bodyLength: 4000 },
      { code: "request-invalid", field: "bodyLength" },
    ],
    [
      { ...message, body: Readable.from([data]), bodyLength: 99_999 },
      { code: "request-invalid", field: "bodyLength" },
    ],
    [
      { ...message, body: { file: await temporaryFolder(t) } },
      { code: "request-invalid", field: "body" },
    ],
  ];
  for (const [upload, expected] of calls) await assert.rejects(client.upload(upload, { chunkBytes }), expected);
  const states = [{}, { ...(await stateOf(client)), digests: ["x"] }, { ...(await stateOf(client)), messageId: ".." }];
  for (const state of states) {
    const given = { state: state as UploadState };
    await assert.rejects(client.upload(message, given), { code: "request-invalid", field: "state" });
  }
  assert.equal((await delivered()).length, 2, "those of which the state was taken");
});

test("a stream that brings nothing more holds up neither the end of a call that is given up nor that of one that fails", async (t) => {
  const { client, relay, delivered } = await start(t);
  // The last piece is kept back until it is known not to be the last.
  const stalled = (whole: number): UploadMessage => ({
    ...message,
    bodyLength: data.length,
    body: async function* () {
      yield data.subarray(0, whole * chunkBytes + 1);
      yield data.subarray(whole * chunkBytes + 1, whole * chunkBytes + 2);
      await new Promise(() => undefined);
    },
  });
  const controller = new AbortController();
  relay.fate = () => {
    controller.abort();
    return "passes";
  };
  const given = { chunkBytes, signal: controller.signal };
  await assert.rejects(client.upload(stalled(1), given), { code: "aborted" });
  relay.fate = ({ path }) => (path.endsWith("/2") ? "never arrives" : "passes");
  const failing = client.upload(stalled(2), { chunkBytes, parallel: 2 });
  await assert.rejects(failing, { code: "answer-lost", retry: "safe" });
  assert.deepEqual(await delivered(), []);
});

async function stateOf(client: MeshClient): Promise<UploadState> {
  let state: UploadState | undefined;
  await client.upload(message, { chunkBytes, onState: (now) => void (state = now) });
  assert.equal(state?.mailboxId, parseMailboxId(sender));
  return state;
}
