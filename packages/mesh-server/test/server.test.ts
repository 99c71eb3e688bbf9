import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";

import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer, MeshServerError } from "@restante/mesh-server";
import {
  startTestServer,
  temporaryFolder,
  testClient,
  testDirectory,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const outbox = {
  method: "POST",
  path: `/messageexchange/${sender}/outbox`,
  headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow },
};

test("a request in hand when the server is closed still gets its answer, and what it sent is kept", async (t) => {
  const server = await startTestServer(t, { config: { smallBodyBytes: 1 } });
  const body = new Readable({ read: () => undefined });
  body.push("half ");
  const sending = testRequest(server, sender, { ...outbox, body });
  const bodies = join(server.config.dataFolder, "bodies");
  await waitFor(async () => (await readdir(bodies)).length === 1, { what: "the server to read the request" });

  const restarting = server.restart();
  body.push("and half");
  body.push(null);

  assert.equal((await sending).status, 202);
  await restarting;
  await using client = await testClient(server, pharmacy);
  assert.equal((await client.list()).messageIds.length, 1);
});

test("a large body that is refused is taken to its end, so that the sender reads why", async (t) => {
  const server = await startTestServer(t);

  const answer = await testRequest(server, sender, {
    ...outbox,
    headers: { ...outbox.headers, "mex-to": "NOBODY" },
    body: Buffer.alloc(30_000_000),
  });

  assert.equal(answer.status, 417);
});

test("a folder in use and a deletion before the collection are refused at the start", async (t) => {
  const server = await startTestServer(t);
  const services = { demographics: embeddedDemographics(testDirectory()) };
  const hasCode = (code: string) => (error: unknown) => error instanceof MeshServerError && error.code === code;

  await assert.rejects(createMeshServer({ ...server.config, port: 0 }, services), hasCode("store-in-use"));
  const dataFolder = await temporaryFolder(t);
  await assert.rejects(
    createMeshServer({ ...server.config, port: 0, dataFolder, collectWithinDays: 30 }, services),
    hasCode("config-invalid"),
  );
});

test("a port in use is refused at the start, and the folder is free again", async (t) => {
  const server = await startTestServer(t);
  const services = { demographics: embeddedDemographics(testDirectory()) };
  const dataFolder = await temporaryFolder(t);

  await assert.rejects(createMeshServer({ ...server.config, dataFolder }, services), { code: "EADDRINUSE" });

  await using second = await createMeshServer({ ...server.config, dataFolder, port: 0 }, services);
  assert.notEqual(second.url, server.url);
});

test("closing twice is closing once", async (t) => {
  const server = await startTestServer(t);

  await Promise.all([server.close(), server.close()]);

  assert.deepEqual(
    server.events.all.map(({ event }) => event),
    ["server-started", "server-stopped"],
  );
});

test("a client that never ends its handshake does not hold up closing for long", async (t) => {
  const server = await startTestServer(t);
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");

  await server.close();

  assert.ok(server.events.of("server-stopped").length > 0);
});
