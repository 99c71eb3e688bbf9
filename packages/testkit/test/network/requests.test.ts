import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { connectionKinds } from "../../src/network/lies.ts";
import { startNetwork, type TestNetwork, type TestServer } from "@restante/testkit";
import { kinds, started, workflowId } from "./../kinds.ts";

const inOneProcess = kinds.filter(([, options]) => options.process !== true);
const once = { retries: { attempts: 1 } };

function clientOf(server: TestServer, { url }: TestNetwork): ReturnType<TestServer["client"]> {
  return server.client("X26ABC1", { url, ...once, requestTimeoutMs: 2000 });
}

const message = { to: "X26ABC2", workflowId, body: "hello" };

for (const [kind, options] of inOneProcess) {
  test(`without a lie, a client does through the network all it does without, ${kind}`, async (t) => {
    const server = await started(t, options);
    await using network = await startNetwork({ to: server });
    const client = clientOf(server, network);
    await client.handshake();
    const body = randomBytes(300_000);
    const { messageId } = await client.send({ ...message, to: "X26ABC1", subject: "Größe £5", body, totalChunks: 2 });
    await client.sendChunk(messageId, { body: "end", number: 2, total: 2 });
    assert.deepEqual((await client.list()).messageIds, [messageId]);
    const got = await client.download(messageId);
    assert.equal(got.headers.subject, "Größe £5");
    assert.deepEqual(await buffer(got.body), Buffer.concat([body, Buffer.from("end")]));
    await client.acknowledge(messageId);
    assert.equal((await client.track(messageId)).status, "acknowledged");
    assert.deepEqual((await client.list()).messageIds, []);
    assert.deepEqual(network.told, []);
  });

  test(`answer lost: the server has the message, the client a broken connection, ${kind}`, async (t) => {
    const server = await started(t, options);
    await using network = await startNetwork({ to: server, lies: [{ do: "lose-answer", method: "POST" }] });
    const client = clientOf(server, network);
    await client.list();
    await assert.rejects(client.send(message), { code: "answer-lost", retry: "ambiguous" });
    await server.waitForMessages({ count: 1, mailbox: "X26ABC2", within: "5s" });
    assert.deepEqual(network.told, [{ do: "lose-answer", request: 2, method: "POST" }]);
    await client.send(message);
  });

  test(`delivered twice: the server gets the request twice, with one token, and the client the answer to either, ${kind}`, async (t) => {
    const server = await started(t, options);
    await using network = await startNetwork({ to: server });
    const client = clientOf(server, network);
    network.next({ do: "deliver-twice" });
    const { messageId } = await client.send(message);
    network.next({ do: "deliver-twice", answer: "second" });
    // MESH takes a token once.
    await assert.rejects(client.send(message), { status: 403 });
    const { messages } = await server.messages.list({ mailbox: "X26ABC2" });
    assert.equal(messages.length, 2);
    assert.ok(messages.some((one) => one.messageId === messageId));
    assert.equal(network.told.length, 2);
  });

  test(`each lie about connections meets HTTP as it does bytes, ${kind}`, async (t) => {
    const server = await started(t, options);
    await using network = await startNetwork({ to: server });
    for (const does of connectionKinds) {
      const client = server.client("X26ABC1", { url: network.url, ...once, requestTimeoutMs: 300 });
      if (does === "refuse") network.next({ do: does, for: "0s" });
      else if (does === "slow") network.next({ do: does, way: "to-client", bytesPerSecond: 100_000, after: 10 });
      else network.next({ do: does, way: "to-client", after: 10 });
      if (does === "slow") await client.handshake();
      else await assert.rejects(client.handshake(), () => true, does);
    }
    assert.deepEqual(
      network.told.map((lie) => lie.do),
      connectionKinds,
    );
  });
}

test("in front of HTTPS that it may not end, a network lies about bytes alone", async (t) => {
  const server = await started(t, { tls: true });
  await using network = await startNetwork({ to: server.url });
  await clientOf(server, network).handshake();
  assert.throws(() => network.next({ do: "lose-answer" }), {
    code: "options-invalid",
    message: /needs to see requests/,
  });
  await network.cut();
  network.next({ do: "cut", way: "to-server", after: 200 });
  await assert.rejects(clientOf(server, network).handshake());
  await clientOf(server, network).handshake();
});

test("a request of which a part is lost on its way is none that MESH refuses, over HTTP: 408, safe to send again", async (t) => {
  const server = await started(t);
  await using network = await startNetwork({ to: new URL(server.url).host });
  network.next({ do: "close", way: "to-server", after: 20_000 });
  const client = server.client("X26ABC1", { url: `http://${network.url}`, ...once, requestTimeoutMs: 2000 });
  const sending = client.send({ ...message, body: randomBytes(60_000) });
  await assert.rejects(sending, { status: 408, message: /The request ended before all of it had come/ });
  assert.equal((await server.messages.list({ mailbox: "X26ABC2" })).messages.length, 0);
});

test("who shows no certificate to the network shows none to the server behind it", async (t) => {
  const server = await started(t, { tls: true });
  await using network = await startNetwork({ to: server });
  const { Agent, fetch } = await import("undici");
  const answers = async (url: string, tls: { cert?: string; key?: string }): Promise<string> => {
    const dispatcher = new Agent({ connect: { ca: server.tls!.ca, ...tls } });
    t.after(() => dispatcher.close());
    return (await fetch(`${url}/messageexchange/X26ABC1`, { dispatcher })).text();
  };
  const { cert, key } = server.tls!;
  assert.equal(await answers(network.url, {}), await answers(server.url, {}));
  assert.equal(await answers(network.url, { cert, key }), await answers(server.url, { cert, key }));
  assert.notEqual(await answers(network.url, {}), await answers(network.url, { cert, key }));
});
