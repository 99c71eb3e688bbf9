// What clients do to a server that break off, dawdle, lie or only take up room, over plain HTTP and over HTTPS.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, readdir, rename } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

import { waitFor } from "@restante/testbed";

import { type Doors, open } from "../fuzz/connection.ts";
import { fuzzed } from "../fuzz/drafts.ts";
import { type FuzzedServer, startFuzzedServer } from "../fuzz/fuzzed-server.ts";
import type { Memory } from "../fuzz/server.ts";
import { patience as usualPatience, type Patience } from "../src/http/patience.ts";
import { ask, askOnce, connectTo, head } from "./raw-clients.ts";

const [sender, recipient] = fuzzed.mailboxes;
const toRecipient = { "Mex-To": recipient, "Mex-WorkflowID": fuzzed.workflow };
const MEGABYTE = 1024 * 1024;
/** Up to so many bytes a body lies in its row (fuzzed-server.ts). */
const SMALL = 1000;
const hurried: Patience = {
  idle: 1000,
  headers: 700,
  request: 2500,
  look: 100,
  keepAlive: 1500,
  handshake: 700,
  stranger: 60_000,
};
/** For clients that are slow only once they are connected: a busy machine takes longer than it should for a handshake. */
const hurriedIfIdle: Patience = { ...usualPatience, idle: hurried.idle, look: hurried.look };

/** In the order of a server's doors. */
const doorNames = ["over plain HTTP", "over HTTPS"];

async function eachDoor(
  t: TestContext,
  server: FuzzedServer,
  work: (door: Doors[number], t: TestContext) => Promise<void>,
): Promise<void> {
  for (const [index, door] of server.doors.entries()) await t.test(doorNames[index], (t) => work(door, t));
}

/** A server for each: what a client has sent whole may be taken when it, and its part of the test, has gone. */
async function withEachDoor(
  t: TestContext,
  work: (server: FuzzedServer, door: Doors[number]) => Promise<void>,
): Promise<void> {
  for (const [index, name] of doorNames.entries()) {
    await t.test(name, async () => {
      await using server = await startFuzzedServer();
      await work(server, server.doors[index]!);
    });
  }
}

/** What the server has on disk of bodies that lie in files. */
async function bodyFiles({ dataFolder }: FuzzedServer): Promise<string[]> {
  return (await readdir(join(dataFolder, "bodies"))).filter((name) => name !== "quarantine");
}

/** The server is at the file of one more body. */
async function fileBegun(server: FuzzedServer, before: number): Promise<void> {
  await waitFor(async () => (await bodyFiles(server)).length === before + 1, { what: "the file of half a body" });
}

interface Seen {
  sent: number;
  waiting: number;
  files: number;
}

async function look(server: FuzzedServer, door: Doors[number]): Promise<Seen> {
  const outbox = await askOnce<{ messages: unknown[] }>(door, sender, "outbox/rich");
  const { count } = await askOnce<{ count: number }>(door, recipient, "count");
  return { sent: outbox.messages.length, waiting: count, files: (await bodyFiles(server)).length };
}

/** One byte after the other, until the connection ends. */
function dribble(socket: Socket, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 50);
  socket.once("close", () => clearInterval(timer));
}

test("who dawdles is cut off, in silence, in the handshake, in the headers or in the body, and nothing of it is kept", async (t) => {
  await using server = await startFuzzedServer({}, hurried);
  await eachDoor(t, server, async (door) => {
    const before = await look(server, door);
    const silent = await connectTo(door);
    const headers = await connectTo(door);
    headers.socket.write("GET /health HTTP/1.1\r\nx-slow: ");
    dribble(headers.socket, "a");
    const body = await connectTo(door);
    body.socket.write(head(sender, "POST", "outbox", { ...toRecipient, "Content-Length": 50_000 }));
    body.socket.write(Buffer.alloc(2 * SMALL));
    await fileBegun(server, before.files);
    dribble(body.socket, "b");
    const mute = connect(door.port, door.host)
      .on("error", () => undefined)
      .resume();
    // At the door without TLS it is the same as silent.
    const cut = new Promise((resolve) => void mute.once("close", resolve));

    await Promise.all([silent.closed, headers.closed, body.closed, cut]);

    assert.match(silent.text, /^(HTTP\/1\.1 408 [^]*)?$/);
    assert.match(headers.text, /^HTTP\/1\.1 408 /);
    assert.match(body.text, /^HTTP\/1\.1 408 /);
    await waitFor(async () => (await bodyFiles(server)).length === before.files, { what: "the file to go" });
    assert.deepEqual(await look(server, door), before);
  });
});

test("2,000 connections that ask for nothing keep nobody out, and nobody's requests unfinished", async (t) => {
  await using server = await startFuzzedServer();
  await eachDoor(t, server, async (door, t) => {
    const good = open(door);
    const work = async (requests: number): Promise<number> => {
      let finished = 0;
      for (; finished < requests; finished += 1) {
        assert.equal((await ask(good, sender, "GET", "inbox")).status, 200);
      }
      return finished;
    };
    const before = await work(100);
    const idle = Array.from({ length: 2000 }, () =>
      connect(door.port, door.host)
        .on("error", () => undefined)
        .resume(),
    );
    t.after(() => {
      good.destroy();
      for (const socket of idle) socket.destroy();
    });
    const [meanwhile] = await Promise.all([
      work(100),
      Promise.all(idle.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")]))),
    ]);

    const open1000 = (): boolean => idle.filter(({ readyState }) => readyState === "open").length <= 1000;
    await waitFor(open1000, { what: "the oldest to be cut", timeoutMs: 60_000 });
    assert.deepEqual([before, meanwhile, await work(100)], [100, 100, 100]);
    for (let times = 0; times < 20; times += 1) await askOnce(door, sender, "count");
  });
});

test("a Content-Length that lies keeps nothing that is not whole, and passes nothing on as another's", async (t) => {
  await using server = await startFuzzedServer();
  await eachDoor(t, server, async (door) => {
    const before = await look(server, door);
    for (const [length, sent] of [
      [800, 500],
      [90_000, 50_000],
    ] as const) {
      const long = await connectTo(door);
      long.socket.write(head(sender, "POST", "outbox", { ...toRecipient, "Content-Length": length }));
      long.socket.write(Buffer.alloc(sent));
      if (sent > SMALL) await fileBegun(server, before.files);
      long.socket.end();
      await long.closed;
      assert.doesNotMatch(long.text, /HTTP\/1\.1 2/);
    }
    await waitFor(async () => (await bodyFiles(server)).length === before.files, { what: "the file to go" });
    assert.deepEqual(await look(server, door), before);

    const short = await connectTo(door);
    short.socket.write(head(sender, "POST", "outbox", { ...toRecipient, "Content-Length": 5 }));
    short.socket.write("hello and more that was not announced\r\n\r\n");
    await short.closed;
    assert.match(short.text, /^HTTP\/1\.1 202 [^]*HTTP\/1\.1 400 /);
    const { messages } = await askOnce<{ messages: string[] }>(door, recipient, "inbox");
    const socket = open(door);
    assert.equal((await ask(socket, recipient, "GET", `inbox/${messages.at(-1)}`)).body.toString(), "hello");
    socket.destroy();
  });
});

test("a client that is gone in mid-upload leaves no file, no row and no half chunk, and can go on", async (t) => {
  await using server = await startFuzzedServer();
  await eachDoor(t, server, async (door) => {
    const good = open(door);
    const before = await look(server, door);
    const breakOff = async (target: string, headers: Record<string, string | number>, sent: number): Promise<void> => {
      const { files } = await look(server, door);
      const client = await connectTo(door);
      client.socket.write(head(sender, "POST", target, headers));
      client.socket.write(Buffer.alloc(sent));
      // A small body is in memory: that it has begun cannot be seen.
      if (sent > SMALL) await fileBegun(server, files);
      client.socket.destroy();
      await waitFor(async () => (await bodyFiles(server)).length === files, { what: "the file to go" });
    };

    await breakOff("outbox", { ...toRecipient, "Content-Length": 800 }, 500);
    await breakOff("outbox", { ...toRecipient, "Content-Length": 90_000 }, 50_000);
    await breakOff("outbox", { ...toRecipient, "Transfer-Encoding": "chunked", Expect: "100-continue" }, 0);
    assert.deepEqual(await look(server, door), before);

    const whole = Buffer.alloc(90_000, "whole ");
    const first = await ask(good, sender, "POST", "outbox", { ...toRecipient, "Mex-Chunk-Range": "1:2" }, whole);
    const { messageID } = JSON.parse(first.body.toString()) as { messageID: string };
    const second = { "Mex-Chunk-Range": "2:2" };
    await breakOff(`outbox/${messageID}/2`, { ...second, "Content-Length": 800 }, 500);
    await breakOff(`outbox/${messageID}/2`, { ...second, "Content-Length": 90_000 }, 50_000);
    const tracked = await askOnce<{ status: string }>(door, sender, `outbox/tracking?messageID=${messageID}`);
    assert.equal(tracked.status, "uploading");

    assert.equal((await ask(good, sender, "POST", `outbox/${messageID}/2`, second, whole)).status, 202);
    for (const chunk of [1, 2]) {
      const given = await ask(good, recipient, "GET", `inbox/${messageID}/${chunk}`);
      assert.ok(given.body.equals(whole), `chunk ${chunk}`);
    }
    good.destroy();
  });
});

test("clients that never read their answer are cut off, and memory does not grow meanwhile", async (t) => {
  await using server = await startFuzzedServer({ maxRequestBytes: 40 * MEGABYTE }, hurriedIfIdle);
  await eachDoor(t, server, async (door) => {
    const good = open(door);
    const sent = await ask(good, sender, "POST", "outbox", toRecipient, Buffer.alloc(30 * MEGABYTE));
    const { messageID } = JSON.parse(sent.body.toString()) as { messageID: string };
    good.destroy();
    const before = await server.ask<Memory>({ ask: "memory" });

    const clients = await Promise.all(Array.from({ length: 4 }, () => connectTo(door)));
    for (const { socket } of clients) {
      socket.pause();
      socket.write(head(recipient, "GET", `inbox/${messageID}`));
    }
    let most = 0;
    const cutOff = async (): Promise<boolean> => {
      const { heap, sockets } = await server.ask<Memory>({ ask: "memory" });
      most = Math.max(most, heap);
      return sockets <= before.sockets;
    };
    await waitFor(cutOff, { timeoutMs: 60_000, what: "all to be cut off" });
    for (const { socket } of clients) socket.resume();
    await Promise.all(clients.map(({ closed }) => closed));

    assert.ok(most - before.heap < 20 * MEGABYTE, `${most - before.heap} bytes more for answers of 120 MB`);
    for (const { text } of clients) assert.ok(text.length < 30 * MEGABYTE, "was cut off");
  });
});

test("what is still to come of a body that no disk takes is taken in, and its connection answers on", async (t) => {
  const size = MEGABYTE;
  await using server = await startFuzzedServer({ maxRequestBytes: size });
  const folder = join(server.dataFolder, "bodies");
  await rename(folder, `${folder}.away`);
  await mkdir(folder);
  await eachDoor(t, server, async (door) => {
    const client = open(door);
    assert.equal((await ask(client, sender, "POST", "outbox", toRecipient, Buffer.alloc(size))).status, 503);
    assert.equal((await ask(client, sender, "GET", "inbox")).status, 200);
    client.destroy();
  });
});

test("a client that ends its side is let go: what it sent whole is taken or not, what it sent in part is not", async (t) => {
  await withEachDoor(t, async (server, door) => {
    const before = await look(server, door);
    const half = await connectTo(door);
    half.socket.end(head(sender, "POST", "outbox", { ...toRecipient, "Content-Length": 50 }));
    await half.closed;
    assert.deepEqual(await look(server, door), before);

    const whole = await connectTo(door);
    whole.socket.end(`${head(sender, "POST", "outbox", { ...toRecipient, "Content-Length": 5 })}hello`);
    await whole.closed;
    // It may be at it still.
    await waitFor(
      async () => {
        const after = await look(server, door);
        return after.waiting - before.waiting === after.sent - before.sent;
      },
      { what: "the message to be there for both, or for neither" },
    );
    const again = open(door);
    assert.equal((await ask(again, sender, "GET", "inbox")).status, 200);
    again.destroy();
  });
});

test("a request that says in two ways where it ends is refused with its connection, and hides no other", async (t) => {
  await using server = await startFuzzedServer();
  const hidden = (): string => `${head(sender, "POST", "outbox", { ...toRecipient, "Content-Length": 6 })}hidden`;
  const chunked = "Transfer-Encoding: chunked\r\n";
  const pairs: readonly [what: string, lines: (length: number) => string, body: (text: string) => string][] = [
    ["a length and then chunks", (length) => `Content-Length: ${length}\r\n${chunked}`, (text) => `0\r\n\r\n${text}`],
    ["chunks and then a length", () => `${chunked}Content-Length: 4\r\n`, (text) => `0\r\n\r\n${text}`],
    ["two lengths", (length) => `Content-Length: 0\r\nContent-Length: ${length}\r\n`, (text) => text],
    ["a list of lengths", (length) => `Content-Length: 0, ${length}\r\n`, (text) => text],
    ["a coding that is none", () => "Transfer-Encoding: xchunked\r\n", (text) => `0\r\n\r\n${text}`],
    ["chunks that are not the last coding", () => "Transfer-Encoding: chunked, gzip\r\n", (text) => `0\r\n\r\n${text}`],
    ["a blank before the colon", () => "Transfer-Encoding : chunked\r\n", (text) => `0\r\n\r\n${text}`],
    [
      "a header folded over two lines",
      () => "Transfer-Encoding:\r\n chunked\r\nContent-Length: 3\r\n",
      (text) => `0\r\n\r\n${text}`,
    ],
    ["a line that ends in a line feed alone", (length) => `Content-Length: 0\nX: ${length}\r\n`, (text) => text],
  ];
  await eachDoor(t, server, async (door) => {
    const before = await look(server, door);
    for (const [what, lines, body] of pairs) {
      const text = hidden();
      const client = await connectTo(door);
      client.socket.write(
        `POST /messageexchange/${sender}/outbox HTTP/1.1\r\nHost: localhost\r\n${lines(text.length)}\r\n${body(text)}`,
      );
      await client.closed;
      assert.match(client.text, /^HTTP\/1\.1 400 /, what);
      assert.deepEqual(client.text.match(/^HTTP\/1\.1 \d+/gm)?.length, 1, what);
      assert.deepEqual(await look(server, door), before, what);
    }
  });
});
