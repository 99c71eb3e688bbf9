import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";

import { temporaryFolder, waitFor } from "@restante/testbed";

import { BodyDamaged } from "../../src/bodies/bodies.ts";
import { beginDigest } from "../../src/bodies/digests.ts";
import { openFileBodies } from "../../src/bodies/files.ts";
import { MeshServerError } from "../../src/errors.ts";

/** More than the sockets of both sides take. */
const bytes = randomBytes(20_000_000);

interface Download {
  answer: IncomingMessage;
  response: ServerResponse;
  stream: Readable;
}

/** A body on its way to a client, which has had its head. */
async function download(t: TestContext, harm: (path: string) => Promise<unknown> = async () => undefined) {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  const body = await bodies.receive(Readable.from([bytes]), "A-1", { maxBytes: bytes.length });
  assert.ok(body.kind === "file");
  await harm(join(folder, body.fileName));
  const stream = (await bodies.open(body)) as Readable;
  let response: ServerResponse | undefined;
  const server = createServer((_request, to) => {
    response = to;
    stream.on("error", () => to.destroy()).pipe(to.setHeader("content-length", body.size));
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const asked = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", agent: false });
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { answer, response: response!, stream } satisfies Download;
}

test("whoever reads a body keeps the pieces they were given", async (t) => {
  const { answer, stream } = await download(t);
  assert.ok((await buffer(answer)).equals(bytes));
  assert.ok(stream.readableEnded, "told as read to its end");
  const bodies = await openFileBodies(await temporaryFolder(t), 0);
  const body = await bodies.receive(Readable.from([bytes]), "A-1", { maxBytes: bytes.length });
  const pieces: Buffer[] = [];
  for await (const piece of (await bodies.open(body)) as AsyncIterable<Buffer>) pieces.push(piece);
  assert.ok(Buffer.concat(pieces).equals(bytes));
});

test("memory that is used again goes out as it was, however slowly it is taken, and nothing is read that is not asked for", async (t) => {
  const { answer, response } = await download(t);
  // The client takes nothing: a piece is on its way, and no more wait for it.
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  assert.ok(response.writableLength <= 256 * 1024 + 1000, `${response.writableLength} bytes wait`);
  const got: Buffer[] = [];
  for await (const piece of answer as AsyncIterable<Buffer>) {
    got.push(piece);
    await nextTurn();
  }
  assert.ok(Buffer.concat(got).equals(bytes));
});

test("a body that is altered goes to a response without its last piece", async (t) => {
  const { answer, stream } = await download(t, async (path) => {
    const altered = await readFile(path);
    altered[1000] = (altered[1000] ?? 0) + 1;
    await writeFile(path, altered);
  });
  let got = 0;
  await assert.rejects(
    async () => {
      for await (const piece of answer as AsyncIterable<Buffer>) got += piece.length;
    },
    { code: "ECONNRESET" },
  );
  assert.ok(stream.errored instanceof BodyDamaged && stream.errored.damage === "altered");
  assert.ok(got < bytes.length, `${got} bytes came`);
});

test("a client that goes away in the middle is no damage of the body", async (t) => {
  const { answer, stream } = await download(t);
  answer.destroy();
  await waitFor(() => stream.closed, { what: "the stream to close" });
  assert.deepEqual([stream.errored, stream.readableEnded], [null, false]);
});

test("a thread of digests that falls cuts what goes to a response, and is safe to ask for again", async (t) => {
  const { answer, stream } = await download(t);
  using other = beginDigest(true);
  await assert.rejects(other.update(42 as never));

  answer.resume().on("error", () => undefined);
  await waitFor(() => stream.closed, { what: "the stream to close" });
  answer.destroy();
  const told = stream.errored;
  assert.ok(told instanceof MeshServerError && told.code === "store-busy" && told.retry === "safe");
});

test("a body whose answer waits for its turn is let go of when the connection goes", async (t) => {
  const bodies = await openFileBodies(await temporaryFolder(t), 0);
  const body = await bodies.receive(Readable.from([bytes]), "A-1", { maxBytes: bytes.length });
  const stream = (await bodies.open(body)) as Readable;
  const answers: ServerResponse[] = [];
  const server = createServer((_request, to) => {
    // The first is never answered.
    if (answers.push(to) === 2) stream.pipe(to);
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2));
  await waitFor(() => (answers[1]?.writableLength ?? 0) > 0, { what: "a piece to wait" });

  client.destroy();

  await waitFor(() => stream.closed, { what: "the stream to close" });
  assert.deepEqual([stream.errored, stream.readableEnded], [null, false]);
});
