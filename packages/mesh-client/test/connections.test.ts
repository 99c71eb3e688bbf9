import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { buffer } from "node:stream/consumers";
import type { MessageId } from "@restante/mesh";
import {
  createConnections,
  createMeshClient,
  type MeshClient,
  type MeshClientOptions,
  type OutgoingMessage,
} from "@restante/mesh-client";
import { startTestServer, testAuthority, testClient, testMailboxes, testWorkflow, waitFor } from "@restante/testbed";
import { answer, clientOf, password, sharedKey, startFaultyPeer } from "./faulty-peer.ts";
import { codeAndRetryOf } from "./failure-of.ts";

const message: OutgoingMessage = { to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: Buffer.from("body") };
const listing = answer(200, { messages: [] });

/** Makes clients of one certificate, each of a mailbox of its own. */
async function clientsOf(
  t: TestContext,
  options: Pick<MeshClientOptions, "url"> & Partial<MeshClientOptions>,
): Promise<(mailboxId: string) => MeshClient> {
  const authority = await testAuthority();
  const { cert, key } = await authority.issue({ commonName: "all.of.us", kind: "client" });
  const all = { password, sharedKey, tls: { ca: authority.caPem, cert, key }, ...options };
  return (mailboxId) => {
    const client = createMeshClient({ mailboxId, ...all });
    t.after(async () => client[Symbol.asyncDispose]());
    return client;
  };
}

/** A server that answers some mailboxes only when it is told to. */
async function startPeer(
  t: TestContext,
  hangs: (mailboxId: string) => boolean = () => false,
): Promise<{
  url: string;
  asked: string[];
  connections: () => number;
  /** Answers the oldest request that hangs, of those of a mailbox. */
  answerOne: (mailboxId: string) => void;
}> {
  const waiting: { mailboxId: string; answer: () => void }[] = [];
  const asked: string[] = [];
  const peer = await startFaultyPeer(t, [
    (socket) => {
      const mailboxId = /^[A-Z]+ \/messageexchange\/([^/ ]+)/.exec(peer.requests.at(-1) ?? "")?.[1] ?? "";
      asked.push(mailboxId);
      if (hangs(mailboxId)) waiting.push({ mailboxId, answer: () => socket.write(listing) });
      else socket.write(listing);
    },
  ]);
  const answerOne = (mailboxId: string): void => {
    const index = waiting.findIndex((request) => request.mailboxId === mailboxId);
    waiting.splice(index, 1)[0]?.answer();
  };
  return { url: peer.url, asked, connections: peer.connections, answerOne };
}

test("mailboxes with the same certificate use the same connections, one after another", async (t) => {
  const peer = await startPeer(t);
  await using connections = createConnections();
  const clientOfMailbox = await clientsOf(t, { url: peer.url, connections });
  const clients = Array.from({ length: 20 }, (_, index) => clientOfMailbox(`MAILBOX${index}`));
  for (let round = 0; round < 2; round += 1) for (const client of clients) await client.list();
  assert.equal(peer.asked.length, 40);
  assert.equal(peer.connections(), 1);

  const other = await clientOf(t, peer.url, { connections });
  await other.list();
  assert.equal(peer.connections(), 2, "another certificate has a connection of its own");
});

test("a mailbox uses no more connections at once than it may, and each of them again", async (t) => {
  const peer = await startPeer(t);
  const client = await clientOf(t, peer.url, { connections: 3 });
  await Promise.all(Array.from({ length: 60 }, async () => client.list()));
  assert.equal(peer.asked.length, 60);
  assert.equal(peer.connections(), 3);
});

test("mailboxes whose requests all hang leave every other its turn", async (t) => {
  const peer = await startPeer(t, (mailboxId) => mailboxId.startsWith("HANGS"));
  await using connections = createConnections({ most: 6, mostOfOne: 4 });
  const clientOfMailbox = await clientsOf(t, { url: peer.url, connections });
  const calls: Promise<unknown>[] = [];
  for (const mailboxId of ["HANGSA", "HANGSB", "HANGSC"]) {
    const client = clientOfMailbox(mailboxId);
    calls.push(...Array.from({ length: 10 }, async () => client.list()));
  }
  const ended = Promise.allSettled(calls);
  // 4 of the first, 2 of the second, and of the third the one that every mailbox has.
  await waitFor(() => peer.asked.length === 7);
  const good = clientOfMailbox("GOOD");
  await Promise.all(Array.from({ length: 10 }, async () => good.list()));
  assert.equal(peer.asked.filter((mailboxId) => mailboxId === "GOOD").length, 10);
  const hanging = peer.asked.filter((mailboxId) => mailboxId !== "GOOD").sort();
  assert.deepEqual(
    hanging,
    "AAAABBC".split("").map((letter) => `HANGS${letter}`),
  );

  // A place that is given back goes to who has the fewest.
  peer.answerOne("HANGSA");
  peer.answerOne("HANGSA");
  await waitFor(() => peer.asked.length === 18);
  assert.equal(peer.asked.at(-1), "HANGSC");

  await connections[Symbol.asyncDispose]();
  const answered = (await ended).filter(({ status }) => status === "fulfilled");
  assert.equal(answered.length, 2);
});

test("where downloads have every connection, whatever else a mailbox asks waits for none of them", async (t) => {
  const peer = await startFaultyPeer(t, [
    (socket) => {
      const isDownload = /^GET \S*\/inbox\/\w/.test(peer.requests.at(-1) ?? "");
      if (!isDownload) socket.write(listing);
    },
  ]);
  await using connections = createConnections({ most: 2, mostOfOne: 2 });
  const clientOfMailbox = await clientsOf(t, { url: peer.url, connections });
  const clients = ["ONE", "TWO"].map(clientOfMailbox);
  const downloads = Promise.allSettled(
    clients.map(async (client) => client.download("20260302102030000000_000001" as MessageId)),
  );
  await waitFor(() => peer.requests.length === 2);

  for (const client of clients) assert.deepEqual((await client.list()).messageIds, []);

  await connections[Symbol.asyncDispose]();
  assert.deepEqual(
    (await downloads).map(({ status }) => status),
    ["rejected", "rejected"],
  );
});

test("a client that is closed ends its own requests, also those that wait, and nobody else's", async (t) => {
  const peer = await startPeer(t, () => true);
  await using connections = createConnections({ most: 2, mostOfOne: 1 });
  const clientOfMailbox = await clientsOf(t, { url: peer.url, connections });
  const [closing, staying] = [clientOfMailbox("CLOSING"), clientOfMailbox("STAYING")];
  const sent = codeAndRetryOf(closing.send(message));
  const waiting = codeAndRetryOf(closing.send(message));
  const other = staying.list();
  await waitFor(() => peer.asked.length === 2);
  await closing[Symbol.asyncDispose]();
  assert.equal(await sent, "closed ambiguous");
  assert.equal(await waiting, "closed safe");
  assert.equal(await codeAndRetryOf(closing.list()), "closed safe");
  peer.answerOne("STAYING");
  assert.deepEqual(await other, { messageIds: [] });
  const again = clientOfMailbox("CLOSING").list();
  await waitFor(() => peer.asked.length === 3);
  peer.answerOne("CLOSING");
  peer.answerOne("CLOSING");
  assert.deepEqual(await again, { messageIds: [] }, "a mailbox that comes back has its places again");
});

test("connections that are closed end the requests of all, and let none in", async (t) => {
  const peer = await startPeer(t, () => true);
  const connections = createConnections();
  const clientOfMailbox = await clientsOf(t, { url: peer.url, connections });
  const clients = ["ONE", "TWO"].map(clientOfMailbox);
  const calls = clients.map(async (client) => codeAndRetryOf(client.send(message)));
  await waitFor(() => peer.asked.length === 2);
  await connections[Symbol.asyncDispose]();
  assert.deepEqual(await Promise.all(calls), ["closed ambiguous", "closed ambiguous"]);
  assert.equal(await codeAndRetryOf(clients[0]!.list()), "closed safe");
  assert.throws(() => clientOfMailbox("THREE"), { code: "closed" });
});

test("a request that waits for its turn can be given up, and gives its turn to the next", async (t) => {
  const peer = await startPeer(t, () => true);
  const client = await clientOf(t, peer.url, { connections: 1 });
  const first = client.list();
  const controller = new AbortController();
  const given = codeAndRetryOf(client.send(message, { signal: controller.signal }));
  const last = client.list();
  await waitFor(() => peer.asked.length === 1);
  controller.abort();
  assert.equal(await given, "aborted safe");
  peer.answerOne("Y90001OT001");
  await first;
  await waitFor(() => peer.asked.length === 2);
  peer.answerOne("Y90001OT001");
  await last;
});

test("a request gives its place back however it ends", async (t) => {
  let turn = 0;
  const broken = answer(200, "x".repeat(100_000)).slice(0, -1);
  const peer = await startFaultyPeer(t, [
    (socket) => {
      turn += 1;
      if (turn % 4 === 0) socket.destroy();
      else if (turn % 4 === 1) socket.write(answer(500, "no"));
      else if (turn % 4 === 2) socket.write(broken, () => socket.destroy());
      else socket.write("not HTTP\r\n\r\n");
    },
  ]);
  const client = await clientOf(t, peer.url, { connections: 1, retries: { attempts: 1 } });
  const stream = (): AsyncIterable<Uint8Array> => {
    throw new Error("the disk broke");
  };
  for (let round = 0; round < 8; round += 1) {
    await codeAndRetryOf(client.list());
    await codeAndRetryOf(client.send({ ...message, body: stream }));
    const { body } = await client.download("20260101120000000000_ABCDEF" as never).catch(() => ({ body: undefined }));
    body?.on("error", () => undefined).destroy();
  }
  assert.equal(peer.requests.length, 16);
});

test("an answer that has come whole holds no place, though nobody reads it: a report has nothing to be read", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, testMailboxes.sender);
  await using to = await testClient(server, testMailboxes.practice, { connections: 1 });
  const sent = { to: testMailboxes.practice, workflowId: testWorkflow, body: "short" };
  for (let count = 0; count < 3; count += 1) await from.send(sent);
  const { messageIds } = await to.list();
  const downloads = [];
  for (const messageId of messageIds) downloads.push(await to.download(messageId));
  assert.deepEqual(
    downloads.map(({ headers }) => headers.from),
    messageIds.map(() => testMailboxes.sender),
  );
  assert.equal((await buffer(downloads[0]!.body)).toString(), "short", "and it can be read later");
});

test("wrong options of connections are refused, by name", () => {
  const wrong = [{ most: 0 }, { most: 1.5 }, { mostOfOne: 0 }, { mostOfOne: "8" }];
  for (const options of wrong) {
    assert.throws(() => createConnections(options as object), {
      code: "request-invalid",
      field: Object.keys(options)[0],
    });
  }
  assert.throws(() => createConnections(null as never), { code: "request-invalid", field: "options" });
});
