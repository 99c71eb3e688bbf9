import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";

import { temporaryFolder } from "@restante/testbed";

import { openFileBodies } from "../../src/bodies/files.ts";

const bytes = randomBytes(5_000_000);

for (const [words, size] of [
  ["is said before", bytes.length],
  ["is not known", undefined],
] as const) {
  test(`a body whose size ${words} lies in its file as it came, with its digest`, async (t) => {
    const folder = await temporaryFolder(t);
    const bodies = await openFileBodies(folder, 10);
    const uneven = [1, 99_999, 2_000_000, 3, 2_899_997];
    const pieces = uneven.map((length, index) => {
      const from = uneven.slice(0, index).reduce((sum, before) => sum + before, 0);
      return bytes.subarray(from, from + length);
    });
    const options = { maxBytes: bytes.length, ...(size !== undefined && { expectedBytes: size }) };

    const body = await bodies.receive(Readable.from(pieces), "A-1", options);

    assert.ok(body.kind === "file" && body.size === bytes.length);
    assert.equal(Buffer.from(body.sha256 ?? []).toString("hex"), hash("sha256", bytes));
    assert.ok((await readFile(join(folder, body.fileName))).equals(bytes));
  });
}

test("what a request has read is let go of when it is taken, and what somebody else gives is theirs", async (t) => {
  const bodies = await openFileBodies(await temporaryFolder(t), 10);
  const options = { maxBytes: bytes.length, expectedBytes: bytes.length };
  const pieces: Buffer[] = [];
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const sending = request({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    method: "POST",
    agent: false,
  });
  sending.setHeader("content-length", bytes.length).end(bytes);
  const [received, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  const receiving = bodies.receive(received, "A-1", options);
  received.on("data", (piece: Buffer) => pieces.push(piece));
  const body = await receiving;
  response.end();

  assert.ok(pieces.length > 0 && pieces.every(({ buffer }) => (buffer as ArrayBuffer).detached));
  assert.equal(Buffer.from(body.sha256 ?? []).toString("hex"), hash("sha256", bytes));

  const given = Buffer.alloc(bytes.length, 7);
  await bodies.receive(Readable.from([given]), "A-2", options);
  assert.equal(given.byteLength, bytes.length);
});
