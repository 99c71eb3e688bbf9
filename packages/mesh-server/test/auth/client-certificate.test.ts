import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connect, type ConnectionOptions, TLSSocket } from "node:tls";

import {
  startTestServer,
  strangeAuthority,
  testMailboxes,
  testRequest,
  type TestServer,
  testToken,
} from "@restante/testbed";

import { connectRaw, headOf } from "../http/raw-connection.ts";

const path = `/messageexchange/${testMailboxes.sender}/inbox`;

test("a client without a certificate gets 403, and the event says why", async (t) => {
  const server = await startTestServer(t);

  const answer = await testRequest(server, testMailboxes.sender, { path, tls: {} });

  assert.equal(answer.status, 403);
  assert.deepEqual(server.events.of("request-refused"), [
    {
      requestId: answer.headers["x-request-id"],
      event: "request-refused",
      status: 403,
      code: "client-certificate",
      reason: "the client has shown no certificate",
      mailboxId: testMailboxes.sender,
      address: "127.0.0.1",
    },
  ]);
});

test("a client with another authority's certificate gets 403, and the event says why", async (t) => {
  const server = await startTestServer(t);
  const tls = await (await strangeAuthority()).issue({ commonName: "stranger", kind: "client" });

  const answer = await testRequest(server, testMailboxes.sender, { path, tls });

  assert.equal(answer.status, 403);
  const [event] = server.events.of("request-refused");
  assert.equal(event?.code, "client-certificate");
  assert.match(event?.reason ?? "", /not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE|not trusted: [A-Z_]+/);
});

test("the lookups, which take no Authorization, need a certificate too", async (t) => {
  const server = await startTestServer(t);

  const answer = await testRequest(server, testMailboxes.sender, {
    path: "/messageexchange/endpointlookup/Y90002/GPFED_CONSULT_REPORT",
    headers: { authorization: undefined },
    tls: {},
  });

  assert.equal(answer.status, 403);
});

test("a connection's certificate is taken out of it once, however many requests come over it", async (t) => {
  const server = await startTestServer(t);
  const taken = t.mock.method(TLSSocket.prototype, "getPeerX509Certificate");
  using connection = await connectRaw(
    server,
    testMailboxes.sender,
    Array.from({ length: 20 }, () => "GET"),
  );

  for (let sent = 1; sent <= 20; sent += 1) {
    connection.write(headOf(server, testMailboxes.sender, "GET", "/inbox"));
    await connection.answers(sent);
  }

  assert.deepEqual(
    (await connection.answers(20)).map(({ status }) => status),
    Array.from({ length: 20 }, () => 200),
  );
  assert.equal(taken.mock.callCount(), 1);
});

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`a ${maxVersion} session begun without a certificate gains nothing by being resumed`, async (t) => {
    const server = await startTestServer(t);

    const first = await getInbox(server, { maxVersion });
    const second = await getInbox(server, { maxVersion, session: first.session });

    assert.equal(first.status, 403);
    assert.equal(second.reused, true, "the session was resumed");
    assert.equal(second.status, 403);
  });

  test(`a ${maxVersion} session begun with a trusted certificate can be resumed`, async (t) => {
    const server = await startTestServer(t);
    const client = await server.authority.issue({ commonName: "client", kind: "client" });

    const first = await getInbox(server, { maxVersion, ...client });
    const second = await getInbox(server, { maxVersion, ...client, session: first.session });

    assert.deepEqual([first.status, second.status, second.reused], [200, 200, true]);
  });
}

test("with tls.strict an untrusted client is cut off in the handshake, and the event says why", async (t) => {
  const server = await startTestServer(t, {});
  const strict = await startTestServer(t, { config: { tls: { ...server.config.tls, strict: true } } });
  const tls = await (await strangeAuthority()).issue({ commonName: "stranger", kind: "client" });

  await assert.rejects(testRequest(strict, testMailboxes.sender, { path, tls }));

  const event = await strict.events.next("request-refused");
  assert.equal(event.code, "client-certificate");
});

async function getInbox(
  server: TestServer,
  options: ConnectionOptions,
): Promise<{ status: number; session: Buffer; reused: boolean }> {
  const { hostname, port } = new URL(server.url);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), ca: server.authority.caPem, ...options });
  let session: Buffer | undefined;
  socket.on("session", (ticket: Buffer) => {
    session = ticket;
  });
  await once(socket, "secureConnect");
  const reused = socket.isSessionReused();
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${testToken(server, testMailboxes.sender)}\r\n` +
      "connection: close\r\n\r\n",
  );
  let text = "";
  for await (const piece of socket) text += String(piece);
  session ??= socket.getSession();
  assert.ok(session !== undefined);
  return { status: Number(text.slice(9, 12)), session, reused };
}
