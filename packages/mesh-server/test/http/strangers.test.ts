import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer as createPlainServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { connect as connectTls, createServer, type TLSSocket } from "node:tls";

import { localHosts } from "@restante/authority";
import {
  clientCertificate,
  settableClock,
  startTestServer,
  testAuthority,
  testMailboxes,
  testRequest,
  type TestServer,
  testToken,
  waitFor,
} from "@restante/testbed";

import { limitStrangers } from "../../src/http/strangers.ts";

const { sender } = testMailboxes;
const path = `/messageexchange/${sender}/inbox`;

/** Connections that say nothing at all. */
async function openIdle(t: TestContext, server: TestServer, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(server.url);
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname).on("error", () => undefined));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  return sockets;
}

async function openTrusted(t: TestContext, server: TestServer): Promise<TLSSocket> {
  const { hostname, port } = new URL(server.url);
  const certificate = await clientCertificate(server, sender);
  const socket = connectTls({ host: hostname, port: Number(port), ca: server.authority.caPem, ...certificate });
  socket.on("error", () => undefined);
  t.after(() => socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

test("no number of connections that show nothing keeps a client out, and that they were cut is told once", async (t) => {
  const server = await startTestServer(t, { config: { untrustedPerAddress: 20 } });
  const trusted = await openTrusted(t, server);
  assert.equal(await ask(server, trusted), 200);

  const idle = await openIdle(t, server, 200);
  assert.equal((await testRequest(server, sender, { path })).status, 200, "a new client is served");
  await waitFor(() => idle.filter(({ closed, readyState }) => closed || readyState !== "open").length >= 180);

  assert.equal(await ask(server, trusted), 200, "who had shown a certificate is not cut for them");
  assert.deepEqual(server.events.of("connections-dropped"), [
    {
      event: "connections-dropped",
      address: "127.0.0.1",
      reason: "more than 20 from one address without a trusted certificate",
    },
  ]);
});

test("clients that connect all at once are all served, beyond the limit for strangers once they have shown who they are", async (t) => {
  const server = await startTestServer(t, { config: { untrustedPerAddress: 20 } });
  const open: TLSSocket[] = [];
  for (let count = 0; count < 50; count += 1) open.push(await openTrusted(t, server));

  for (const socket of open) assert.equal(await ask(server, socket), 200);
  const all = await Promise.all(Array.from({ length: 15 }, () => testRequest(server, sender, { path })));
  assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
  assert.deepEqual(server.events.of("connections-dropped"), []);
});

test("600 clients that connect in one moment are all served with the default limit", async (t) => {
  const server = await startTestServer(t);
  const all = await Promise.all(Array.from({ length: 600 }, () => openTrusted(t, server)));
  assert.equal(await ask(server, all[0] as TLSSocket), 200);
  assert.deepEqual(server.events.of("connections-dropped"), []);
});

test("whoever shows no trusted certificate is cut when its time is up, in the handshake or after it", async (t) => {
  const authority = await testAuthority();
  const certificate = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const own = await authority.issue({ commonName: "client", kind: "client" });
  const server = createServer({
    ...certificate,
    ca: authority.caPem,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on("tlsClientError", () => undefined);
  limitStrangers(server, { mostPerAddress: 10, most: 10, longestMs: 300, onDropped: () => assert.fail() });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const tls = { host: "127.0.0.1", port, ca: authority.caPem };

  const trusted = connectTls({ ...tls, ...own });
  t.after(() => trusted.destroy());
  await once(trusted, "secureConnect");
  const silent = connect(port, "127.0.0.1").on("error", () => undefined);
  const nameless = connectTls(tls)
    .on("error", () => undefined)
    .resume();

  await Promise.all([once(silent, "close"), once(nameless, "close")]);
  assert.equal(trusted.readyState, "open");
});

test("of all strangers together the oldest goes, whatever its address", async (t) => {
  const server = createPlainServer();
  const told: (string | undefined)[][] = [];
  limitStrangers(server, {
    mostPerAddress: 10,
    most: 2,
    longestMs: 60_000,
    onDropped: (...words) => told.push(words),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as { port: number };

  const sockets: Socket[] = [];
  for (let count = 0; count < 3; count += 1) {
    const accepted = once(server, "connection");
    sockets.push(connect(port, "127.0.0.1").on("error", () => undefined));
    await accepted;
  }
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });

  await once(sockets[0] as Socket, "close");
  assert.deepEqual(told, [["more than 2 without a trusted certificate"]]);
  assert.deepEqual(
    sockets.map(({ readyState }) => readyState === "open"),
    [false, true, true],
  );
});

test("refusals that anybody can cause are told once for each kind and mailbox, and then with their count", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const kinds: Record<string, () => ReturnType<typeof testRequest>> = {
    "client-certificate": () => testRequest(server, sender, { path, tls: {} }),
    "token-not-genuine": () =>
      testRequest(server, sender, {
        path,
        headers: { authorization: testToken(server, sender, { password: "wrong" }) },
      }),
    "no-authorization": () => testRequest(server, sender, { path, headers: { authorization: "x" } }),
    "unknown-mailbox": () => testRequest(server, "NOBODY", { path: "/messageexchange/NOBODY/inbox" }),
    "resource-unknown": () => testRequest(server, sender, { path: "/nothing" }),
  };

  for (const [kind, refuse] of Object.entries(kinds)) {
    for (let times = 0; times < 20; times += 1) await refuse();
    const told = server.events.of("request-refused").filter(({ code }) => code === kind);
    assert.equal(told.length, 1, kind);
    assert.equal(told[0]?.times, undefined);
    assert.equal(told[0]?.address, "127.0.0.1");
  }
  const other = testMailboxes.practice;
  await testRequest(server, other, { path: `/messageexchange/${other}/inbox`, headers: { authorization: "x" } });
  assert.equal(server.events.of("request-refused").length, 6, "another mailbox is told");

  clock.advance(60_000);
  await kinds["client-certificate"]?.();
  assert.equal(server.events.of("request-refused").at(-1)?.times, 21);
});

/** One request on a connection that stays open. */
async function ask(server: TestServer, socket: TLSSocket): Promise<number> {
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${testToken(server, sender)}\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return Number(answer.toString("latin1", 9, 12));
}
