import assert from "node:assert/strict";
import { Agent } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { testClient, testMailboxes, testWorkflow, waitFor } from "@restante/testbed";

import { ask, failureOf, type FaultyServer, newToken, secureAgent, startFaultyServer } from "./faulty-server.ts";
import { listed, prepare } from "./requests.ts";

const { sender, pharmacy } = testMailboxes;

async function done(server: FaultyServer, count: number): Promise<void> {
  await waitFor(() => server.events.of("fault-done").length >= count);
}

test("closing the server ends at once what hangs, waits or dribbles", async (t) => {
  const server = await startFaultyServer(t);
  const { control } = server.faults;
  const list = (await prepare.list(server)).request;
  const download = (await prepare.download(server)).request;
  const send = (await prepare.send(server)).request;
  await control.add({ at: "list", do: "hang" });
  await control.add({ at: "download", do: "dribble", bytesPerSecond: 1 });
  await control.add({ at: "send", do: "delay", for: "10m" });
  const waiting = (["https", "http"] as const).flatMap((door) => [
    failureOf(ask(server, door, list)),
    ask(server, door, download).then(({ isCut }) => (isCut ? "cut" : "whole")),
    ask(server, door, send).then(({ status }) => String(status)),
  ]);
  await done(server, 6);
  const began = performance.now();

  await server.serving.close();

  assert.ok(performance.now() - began < 4000, "sooner than requests in hand are given time");
  assert.deepEqual(await Promise.all(waiting), ["ECONNRESET", "cut", "503", "ECONNRESET", "cut", "503"]);
});

test("a connection that is kept serves on after each fault that leaves it", async (t) => {
  const server = await startFaultyServer(t);
  const { control } = server.faults;
  const agents = { https: await secureAgent(server, pharmacy), http: new Agent({ keepAlive: true, maxSockets: 1 }) };
  agents.https.maxSockets = 1;
  for (const door of ["https", "http"] as const) {
    const { request } = await prepare.download(server);
    const whole = await ask(server, door, request);
    const agent = agents[door];
    const reused: boolean[] = [];
    for (const effect of [
      { do: "status", status: 503 },
      { do: "delay", for: "1ms" },
      { do: "mixed-case" },
      { do: "content-type", contentType: "text/html" },
      { do: "dribble", bytesPerSecond: 1000 },
    ] as const) {
      await control.next({ at: "download", ...effect });
      const faulty = await ask(server, door, { ...request, agent });
      const right = await ask(server, door, { ...request, agent });

      reused.push(faulty.isReused, right.isReused);
      assert.equal(faulty.isCut, false);
      assert.deepEqual([right.status, right.body], [200, whole.body], effect.do);
    }
    assert.deepEqual(reused.slice(1), Array(9).fill(true), "one connection carried them all");
    agent.destroy();
  }
});

test("a HEAD meets what a download meets, without a body", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.download(server);
  const whole = await ask(server, "https", { ...request, method: "HEAD" });
  for (const effect of [{ do: "mixed-case" }, { do: "dribble", bytesPerSecond: 1 }, { do: "truncate" }] as const) {
    await server.faults.control.next({ at: "download", ...effect });
    const answer = await ask(server, "https", { ...request, method: "HEAD" });

    assert.deepEqual([answer.status, answer.body], [200, ""]);
    assert.equal(answer.headers["mex-subject"], whole.headers["mex-subject"]);
  }
  await server.faults.control.next({ at: "download", do: "lose-answer" });
  assert.equal(await failureOf(ask(server, "https", { ...request, method: "HEAD" })), "ECONNRESET");
});

test("a gzip body is cut, slow and in mixed case as it is", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  const body = gzipSync(Buffer.from("a letter"));
  const message = { to: pharmacy, workflowId: testWorkflow, body, contentEncoding: "gzip" } as const;
  const { messageId } = await client.send(message);
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  const request = { mailboxId: pharmacy, path, headers: { "accept-encoding": "gzip" } };

  await server.faults.control.next({ at: "download", do: "truncate" });
  const cut = await ask(server, "https", request);
  await server.faults.control.next({ at: "download", do: "mixed-case" });
  await using receiver = await testClient(server, pharmacy);
  const read = await receiver.download(messageId);

  assert.deepEqual([cut.isCut, cut.headers["content-encoding"]], [true, "gzip"]);
  assert.equal(Buffer.concat(await read.body.toArray()).toString(), "a letter");
});

test("of requests sent in a row on one connection, those before the one that is cut are answered", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.list(server);
  const { hostname, port } = new URL(server.plainUrl);
  await server.faults.control.add({ at: "list", do: "delay", for: "100ms", times: 1 });
  await server.faults.control.add({ at: "handshake", do: "truncate", bytes: 4 });
  const write = (method: string, path: string): string =>
    `${method} ${path} HTTP/1.1\r\nhost: x\r\nmex-clientversion: 1\r\nmex-osname: x\r\nmex-osversion: 1\r\n` +
    `content-length: 0\r\nauthorization: ${newToken(server, pharmacy)}\r\n\r\n`;
  const socket = connect(Number(port), hostname);
  socket.write(write("GET", request.path) + write("POST", `/messageexchange/${pharmacy}`));

  const text = Buffer.concat(await socket.toArray()).toString();

  assert.match(text, /^HTTP\/1.1 200 OK.*\{"messages":\[\]\}HTTP\/1.1 200 OK.*\r\n\r\n\{"ma$/s);
});

test("as many requests in a row as a client sends wait without a warning of a leak", async (t) => {
  const server = await startFaultyServer(t);
  const { hostname, port } = new URL(server.plainUrl);
  const warnings: string[] = [];
  const warn = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", warn);
  t.after(() => process.off("warning", warn));
  const { faultId } = await server.faults.control.add({ at: "list", do: "delay", for: "10m" });
  const socket = connect(Number(port), hostname);
  const path = `/messageexchange/${pharmacy}/inbox`;
  const requests = Array.from(
    { length: 20 },
    () => `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${newToken(server, pharmacy)}\r\n\r\n`,
  );
  socket.write(requests.join(""));
  await done(server, 20);
  await server.faults.control.clear({ faultId });
  let text = "";
  for await (const piece of socket) {
    text += String(piece);
    if (text.split("HTTP/1.1 200").length > 20) break;
  }
  assert.deepEqual(warnings, []);
});

test("an upload that comes in pieces meets a fault as any other", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.send(server);
  const pieces = { ...request, headers: { ...request.headers, "transfer-encoding": "chunked" } };
  for (const door of ["https", "http"] as const) {
    const body = "x".repeat(3_000_000);
    await server.faults.control.next({ at: "send", do: "status", status: 503 });
    const token = newToken(server, sender);
    assert.equal((await ask(server, door, { ...pieces, body, token })).status, 503);
    await server.faults.control.next({ at: "send", do: "reset" });
    const failure = await failureOf(ask(server, door, { ...pieces, body, token }));
    assert.ok(failure === "ECONNRESET" || failure === "EPIPE", failure);
    assert.equal((await ask(server, door, { ...pieces, body, token })).status, 202);
  }
  assert.equal((await listed(server)).length, 2);
});

test("new connections of HTTPS are shown a certificate that has expired, as many as were asked for", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.list(server);
  const agent = await secureAgent(server, pharmacy);
  assert.equal((await ask(server, "https", { ...request, agent })).status, 200);
  await server.faults.control.next({ at: "any", times: 2, do: "expire-certificate" });

  assert.equal((await ask(server, "https", { ...request, agent })).status, 200, "a connection that stands goes on");
  assert.equal((await ask(server, "http", request)).status, 200, "plain HTTP has none");
  assert.equal(await failureOf(ask(server, "https", request)), "CERT_HAS_EXPIRED");
  await using client = await testClient(server, pharmacy, { retries: { attempts: 1 } });
  await assert.rejects(client.list());
  assert.equal((await ask(server, "https", request)).status, 200);

  const { faultId } = await server.faults.control.add({ at: "any", do: "expire-certificate" });
  // A session that was begun before is not resumed: the agent knows one.
  agent.destroy();
  assert.equal(await failureOf(ask(server, "https", { ...request, agent })), "CERT_HAS_EXPIRED");
  await server.faults.control.clear({ faultId });
  assert.equal((await ask(server, "https", { ...request, agent })).status, 200);
  agent.destroy();
  assert.deepEqual(server.events.of("request-refused"), [], "that nobody wants it was asked for");
});

test("no more than a thousand requests hang: the one that hangs longest is let go", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.lookup(server);
  await server.faults.control.add({ at: "lookup", do: "hang" });
  const first = failureOf(ask(server, "http", request));
  await done(server, 1);
  const rest = Array.from({ length: 1000 }, () => failureOf(ask(server, "http", request)));

  assert.equal(await first, "ECONNRESET");
  await done(server, 1001);
  await server.faults.control.clear();
  assert.deepEqual([...new Set(await Promise.all(rest))], ["ECONNRESET"]);
});
