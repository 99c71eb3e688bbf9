import assert from "node:assert/strict";
import { once } from "node:events";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";

import {
  ofOneMachine,
  startTestServer,
  type TestAnswer,
  testMailboxes,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

import { filler, smallDisk } from "../store/small-disk.ts";

const { sender, pharmacy } = testMailboxes;
const paths = ["/health", "/messageexchange/_ping", "/livez", "/readyz"];

/** As a stranger: no token, no certificate. */
async function ask(server: TestServer, path: string, method = "GET"): Promise<TestAnswer> {
  return testRequest(server, sender, { method, path, headers: { authorization: undefined }, tls: {} });
}

test("who watches the server needs neither a token nor a certificate, and is shown nothing of anybody", async (t) => {
  const server = await startTestServer(t);

  for (const path of paths) {
    const { status, headers, body, json } = await ask(server, path);
    assert.deepEqual([path, status, headers["content-type"]], [path, 200, "application/json"]);
    assert.equal(typeof (json as { status: string }).status, "string");
    assert.ok(body.length < 100, "a few fixed words");
    const head = await ask(server, `${path}/`, "HEAD");
    assert.deepEqual([path, head.status, head.body.length], [path, 200, 0]);
  }
  assert.deepEqual((await ask(server, "/messageexchange/_ping")).json, {
    env: "restante",
    build_label: "restante",
    status: "running",
    outcome: "Yes",
  });
  assert.deepEqual(server.events.of("request-refused"), []);
});

test("a server whose store is gone is alive and not ready", ofOneMachine(), async (t) => {
  const server = await startTestServer(t);
  assert.deepEqual((await ask(server, "/readyz")).json, { status: "ready" });
  const file = join(server.config.dataFolder, "store.sqlite");

  await rename(file, `${file}.away`);
  await server.events.next("server-failed");

  const answer = await ask(server, "/readyz");
  assert.deepEqual([answer.status, answer.json], [503, { status: "not ready", failing: ["store"] }]);
  assert.equal((await ask(server, "/livez")).status, 200);
});

test("a server on a full disk is alive and not ready until there is room", ofOneMachine(), async (t) => {
  const disk = smallDisk(t, 40);
  if (disk === undefined) return;
  const config = { dataFolder: join(disk, "server"), reserveBytes: 8 * 1024 * 1024 };
  const server = await startTestServer(t, { config });
  const other = filler(t, disk);
  const headers = { "mex-to": pharmacy, "mex-workflowid": testWorkflow };
  const path = `/messageexchange/${sender}/outbox`;
  const send = (): Promise<TestAnswer> =>
    testRequest(server, sender, { method: "POST", path, headers, body: Buffer.alloc(200_000) });
  let sent = await send();
  while (sent.status === 202) sent = await send();
  assert.equal(sent.status, 503);

  const answer = await ask(server, "/readyz");
  assert.deepEqual([answer.status, answer.json], [503, { status: "not ready", failing: ["disk"] }]);
  assert.equal((await ask(server, "/livez")).status, 200);

  other.stop();
  await server.events.next("disk-has-room");
  assert.equal((await ask(server, "/readyz")).status, 200);
});

test("a server that is closing is alive and not ready, and takes no more requests", async (t) => {
  const server = await startTestServer(t);
  const heads = ["GET /livez", "GET /readyz", `GET /messageexchange/${sender}/inbox`];
  const sockets = await Promise.all(heads.map(() => begin(server)));

  // A request that has begun keeps its connection open.
  for (const [index, head] of heads.entries()) sockets[index]?.write(`${head} HTTP/1.1\r\nhost: localhost\r\n`);
  await ask(server, "/livez");
  const closed = server.close();
  await refusesConnections(server);
  const answers: string[] = [];
  for (const socket of sockets) {
    let text = "";
    socket.write("\r\n");
    for await (const piece of socket) text += String(piece);
    answers.push(text);
  }
  await closed;

  const [live = "", ready = "", inbox = ""] = answers;
  assert.match(live, /^HTTP\/1\.1 200 .*\r\n\r\n\{"status":"live"\}$/s);
  assert.match(ready, /^HTTP\/1\.1 503 .*\r\n\r\n\{"status":"not ready","failing":\["closing"\]\}$/s);
  assert.match(inbox, /^HTTP\/1\.1 503 .*"errorDescription":"Service Unavailable"\}$/s);
});

test("a server that is to stop serves on for the time it was given, not ready, and ends each connection with an answer", async (t) => {
  const server = await startTestServer(t, { config: { drainSeconds: 1 } });
  const kept = await begin(server);
  assert.equal((await ask(server, "/readyz")).status, 200);

  const closed = server.close();
  await server.events.next("server-leaving");
  const [answer, ready] = await Promise.all([
    testRequest(server, sender, { path: `/messageexchange/${sender}/inbox` }),
    ask(server, "/readyz"),
  ]);
  let text = "";
  kept.write("GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: keep-alive\r\n\r\n");
  for await (const piece of kept) text += String(piece);
  await closed;

  assert.deepEqual([answer.status, answer.headers["connection"]], [200, "close"]);
  assert.deepEqual([ready.status, ready.json], [503, { status: "not ready", failing: ["closing"] }]);
  assert.match(text, /^HTTP\/1\.1 200 .*connection: close.*\{"status":"live"\}$/is);
  await refusesConnections(server);
});

async function begin(server: TestServer): Promise<TLSSocket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port), ca: server.authority.caPem });
  await once(socket, "secureConnect");
  return socket;
}

async function refusesConnections(server: TestServer): Promise<void> {
  for (;;) {
    try {
      (await begin(server)).destroy();
    } catch {
      return;
    }
  }
}
