import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { gzipSync } from "node:zlib";
import { newMessageId } from "@restante/mesh";
import { temporaryFolder } from "@restante/testbed";
import { answer, clientOf, type Reaction, startFaultyPeer } from "./faulty-peer.ts";
import { codeAndRetryOf, failureOf } from "./failure-of.ts";

const id = newMessageId(new Date());
const other = `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`;
const message = { to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: "body" };

/** Says something again and again, sooner than any time-out. */
function again(socket: TLSSocket, text: string): void {
  const timer = setInterval(() => (socket.writable ? socket.write(text) : clearInterval(timer)), 20);
}

const drips =
  (status: number): Reaction =>
  (socket) => {
    socket.write(`HTTP/1.1 ${status} Status\r\ncontent-length: 100000\r\n\r\n`);
    again(socket, " ");
  };
const announces: Reaction = (socket) => again(socket, "HTTP/1.1 103 Early Hints\r\nlink: none\r\n\r\n");

test("an answer that comes byte by byte, or is announced without end, is too late", async (t) => {
  const cases: [reaction: Reaction, code: string][] = [
    [drips(200), "timed-out"],
    [announces, "timed-out"],
    // What it has said by then decides.
    [drips(500), "server-failed"],
  ];
  for (const [reaction, code] of cases) {
    const { url } = await startFaultyPeer(t, [reaction]);
    const client = await clientOf(t, url, { requestTimeoutMs: 200, retries: { attempts: 1 } });
    const [listing, sending] = await Promise.all([codeAndRetryOf(client.list()), codeAndRetryOf(client.send(message))]);
    assert.deepEqual([listing, sending], [`${code} safe`, `${code} ambiguous`]);
  }
});

test("what a server gives for another message than was asked for is not taken for it", async (t) => {
  const path = join(await temporaryFolder(t), "file");
  const about = (messageId: string): Reaction => answer(200, "text", { "mex-messageid": messageId });
  const tracked = answer(200, { message_id: other, status: "accepted" });
  const { url } = await startFaultyPeer(t, [
    about(other),
    about(other),
    about(other),
    tracked,
    about(id.toLowerCase()),
  ]);
  const client = await clientOf(t, url);
  const failures = [
    await failureOf(client.download(id)),
    await failureOf(client.downloadToFile(id, path)),
    await failureOf(client.head(id)),
    await failureOf(client.track(id)),
  ];
  for (const { code, retry } of failures) assert.deepEqual([code, retry], ["unexpected-answer", "safe"]);
  assert.deepEqual(await readdir(join(path, "..")), []);
  assert.equal((await client.downloadToFile(id, path)).bytes, 4);
});

test("a body that does not say where it ends, nor shows it, is not taken for a whole message", async (t) => {
  const unending =
    (body: string | Buffer, headers = ""): Reaction =>
    (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n`);
      socket.end(body);
    };
  const packed = unending(gzipSync("text"), "content-encoding: gzip\r\n");
  const path = join(await temporaryFolder(t), "file");
  const { url } = await startFaultyPeer(t, [unending("te"), unending("te"), packed, packed]);
  const client = await clientOf(t, url);
  const { body } = await client.download(id);
  for (const failing of [body.toArray(), client.downloadToFile(id, path)]) {
    const { code, retry } = await failureOf(failing);
    assert.deepEqual([code, retry], ["unexpected-answer", "safe"]);
  }
  const { code } = await failureOf(client.downloadToFile(id, path, { decode: false }));
  assert.equal(code, "unexpected-answer");
  assert.deepEqual(await readdir(join(path, "..")), []);
  assert.equal((await client.downloadToFile(id, path)).bytes, 4);
});

test("data in no chunks is no message", async (t) => {
  const { url } = await startFaultyPeer(t, [answer(206, "text", { "mex-chunk-range": "1:0" })]);
  const { code } = await failureOf((await clientOf(t, url)).download(id));
  assert.equal(code, "unexpected-answer");
});
