import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { MeshClientError, OutgoingMessage } from "@restante/mesh-client";
import { waitFor } from "@restante/testbed";
import { answer, clientOf, hang, password, sharedKey, startFaultyPeer } from "../faulty-peer.ts";
import { codeAndRetry, failureOf } from "../failure-of.ts";
import { type Reaction, startConnectProxy } from "./connect-proxy.ts";

const message: OutgoingMessage = { to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: Buffer.from("body") };
const accepted = answer(202, { message_id: "20260101120000000000_ABCDEF" });
const nobody = "https://mesh.example:8700";

test("a message goes through a proxy to a server that only the proxy can find, over one way for all calls", async (t) => {
  const peer = await startFaultyPeer(t, [accepted], { hosts: ["mesh.example"] });
  const proxy = await startConnectProxy(t, { to: peer.url });
  const client = await clientOf(t, nobody, { proxy: { url: proxy.url } });
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await client.send(message)).messageId, "20260101120000000000_ABCDEF");
  }
  assert.deepEqual(proxy.asked, ["CONNECT mesh.example:8700 HTTP/1.1\r\nHost: mesh.example:8700"]);
  assert.equal(peer.requests.length, 3);
  assert.match(peer.requests[0] ?? "", /^host: mesh\.example:8700$/im);
});

test("the port of a server that names none is told to the proxy", async (t) => {
  const proxy = await startConnectProxy(t, { reaction: "HTTP/1.1 403 No\r\n\r\n" });
  for (const url of ["https://mesh.example", "https://[2001:db8::7]/prefix"]) {
    await failureOf((await clientOf(t, url, { proxy: { url: proxy.url } })).list());
  }
  const lines = proxy.asked.map((head) => head.split("\r\n")[0]);
  assert.deepEqual(lines, ["CONNECT mesh.example:443 HTTP/1.1", "CONNECT [2001:db8::7]:443 HTTP/1.1"]);
});

test("a proxy is signed in to, with any letters; the server never hears how", async (t) => {
  const peer = await startFaultyPeer(t, [accepted]);
  const proxy = await startConnectProxy(t, { signIn: "user:p\u00A3ss: word" });
  const client = await clientOf(t, peer.url, {
    proxy: { url: proxy.url, username: "user", password: "p\u00A3ss: word" },
  });
  await client.send(message);
  assert.match(proxy.asked[0] ?? "", /^proxy-authorization: Basic /im);
  assert.equal(peer.requests.length, 1);
  assert.doesNotMatch(peer.requests[0] ?? "", /proxy/i);
});

test("nothing is sent through a proxy that leads to a server of another name", async (t) => {
  const peer = await startFaultyPeer(t, [accepted]);
  const proxy = await startConnectProxy(t, { to: peer.url });
  const client = await clientOf(t, nobody, { proxy: { url: proxy.url } });
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "server-certificate never");
  assert.equal(proxy.asked.length, 1, "the proxy did open a way");
  assert.deepEqual(peer.requests, []);
});

test("nothing is sent through a proxy that shows a certificate of its own in the server's place", async (t) => {
  const peer = await startFaultyPeer(t, [accepted], { stranger: true });
  const proxy = await startConnectProxy(t, { to: peer.url });
  const client = await clientOf(t, "https://localhost:8700", { proxy: { url: proxy.url } });
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "server-certificate never");
  assert.deepEqual(peer.requests, []);
});

const head = (line: string, ...fields: string[]): string => [line, ...fields, "", ""].join("\r\n");

const refusals: readonly [what: string, reaction: Reaction, retry: "never" | "safe", words: string][] = [
  ["asks for a sign-in", head("HTTP/1.1 407 No"), "never", "asks for a sign-in (407)"],
  [
    "asks for a sign-in that is not known here",
    head("HTTP/1.1 407 No", "Proxy-Authenticate: NTLM", 'proxy-authenticate: Negotiate, Smith realm="Smith"'),
    "never",
    "asks for a sign-in by NTLM or Negotiate; here it is Basic alone (407)",
  ],
  ["forbids", head("HTTP/1.1 403 Smith", "x: Smith"), "never", "does not let us through to the server (403)"],
  [
    "leads elsewhere",
    head("HTTP/1.1 302 Found", "Location: x"),
    "never",
    "does not let us through to the server (302)",
  ],
  ["finds no server", head("HTTP/1.0 502 Bad Gateway"), "safe", "does not reach the server (502)"],
  ["is down", head("HTTP/1.1 503 Down", "content-length: 5") + "Smith", "safe", "does not reach the server (503)"],
  ["waits in vain", head("HTTP/1.1 504"), "safe", "does not reach the server (504)"],
  ["is busy", head("HTTP/1.1 429 Wait", "retry-after: 1000"), "safe", "is busy (429)"],
  ["is none", "SSH-2.0-OpenSSH_9.6\r\n\r\n", "safe", "does not answer as an HTTP proxy does"],
  ["closes", (socket) => socket.end(), "safe", "closes the connection without an answer"],
  ["closes half-way", (socket) => socket.end("HTTP/1.1 200"), "safe", "closes the connection without an answer"],
  ["breaks off", (socket) => socket.resetAndDestroy(), "safe", "cannot be reached (ECONNRESET)"],
  ["answers like a server", accepted, "safe", "sends what nobody has asked for"],
  [
    "has an endless head",
    (socket) => {
      const more = (): void => void (socket.writable && socket.write("x: y\r\n".repeat(1000), more));
      socket.write("HTTP/1.1 200 OK\r\n", more);
    },
    "safe",
    "answers with a head larger than 16 KB",
  ],
];

for (const [what, reaction, retry, words] of refusals) {
  test(`a proxy that ${what} is told as the proxy, and a message behind it was not sent`, async (t) => {
    const proxy = await startConnectProxy(t, { reaction });
    const client = await clientOf(t, nobody, { proxy: { url: proxy.url } });
    const error = await failureOf(client.send(message));
    assert.equal(error.message, `The proxy ${proxy.url.slice("http://".length)} ${words}.`);
    const { code, status, description, retryAfterMs } = error;
    assert.deepEqual([code, error.retry], ["proxy", retry]);
    assert.deepEqual([status, description, retryAfterMs], [undefined, undefined, undefined], "the server said nothing");
    assert.equal(proxy.asked.length, 1, "a send is not made again");
    assert.equal(codeAndRetry(await failureOf(client.list())), `proxy ${retry}`);
    assert.equal(proxy.asked.length, retry === "safe" ? 4 : 2, "another call is, where that may help");
  });
}

test("a proxy that is not there is told as the proxy", async (t) => {
  const client = await clientOf(t, nobody, { proxy: { url: "http://127.0.0.1:9" } });
  const error = await failureOf(client.send(message));
  assert.equal(codeAndRetry(error), "proxy safe");
  assert.equal(error.message, "The proxy 127.0.0.1:9 cannot be reached (ECONNREFUSED).");
});

test("an answer in clear on the way that the proxy has opened is not taken for the server's", async (t) => {
  const proxy = await startConnectProxy(t, {
    reaction: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.once("data", () => socket.write(accepted));
    },
  });
  const client = await clientOf(t, nobody, { proxy: { url: proxy.url } });
  const error = await failureOf(client.send(message));
  assert.equal(codeAndRetry(error), "unreachable safe");
  assert.match(error.message, /^The server cannot be reached through the proxy 127\.0\.0\.1:\d+ \(ERR_SSL_/);
});

test("a way that closes before TLS stands has sent nothing", async (t) => {
  const proxy = await startConnectProxy(t, {
    reaction: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.once("data", () => socket.destroy());
    },
  });
  const client = await clientOf(t, nobody, { proxy: { url: proxy.url } });
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "unreachable safe");
});

test("a way that is cut once the message is on it leaves the message in doubt, and the next call has a new one", async (t) => {
  const peer = await startFaultyPeer(t, [hang, accepted]);
  const proxy = await startConnectProxy(t);
  const client = await clientOf(t, peer.url, { proxy: { url: proxy.url } });
  const sending = failureOf(client.send(message));
  await waitFor(() => peer.requests.length === 1);
  proxy.cut();
  assert.equal(codeAndRetry(await sending), "answer-lost ambiguous");
  await client.send(message);
  assert.equal(proxy.asked.length, 2);
});

test("a proxy that hangs, before and after it has opened a way, is waited for no longer than for a connection", async (t) => {
  const proxy = await startConnectProxy(t, { reaction: () => undefined });
  const timeouts = { connectMs: 50, headersMs: 60_000, bodyIdleMs: 60_000 };
  const client = await clientOf(t, nobody, { proxy: { url: proxy.url }, timeouts });
  const error = await failureOf(client.send(message));
  assert.equal(codeAndRetry(error), "proxy safe");
  assert.match(error.message, /^The proxy 127\.0\.0\.1:\d+ does not open a way to the server in time\.$/);
  proxy.react("HTTP/1.1 200 OK\r\n\r\n");
  const behind = await failureOf(client.send(message));
  assert.equal(codeAndRetry(behind), "timed-out safe");
  assert.equal(behind.message, "No connection to the server stood in time.");
});

test("while a proxy hangs, a call can be given up and the client closed, and the proxy sees it", async (t) => {
  const closed: string[] = [];
  const proxy = await startConnectProxy(t, { reaction: (socket) => void socket.once("close", () => closed.push("x")) });
  const client = await clientOf(t, nobody, { proxy: { url: proxy.url } });
  const controller = new AbortController();
  const given = failureOf(client.send(message, { signal: controller.signal }));
  const other = failureOf(client.send(message));
  await waitFor(() => proxy.asked.length === 2);
  controller.abort();
  assert.equal(codeAndRetry(await given), "aborted safe");
  await client[Symbol.asyncDispose]();
  assert.equal(codeAndRetry(await other), "closed safe");
  await waitFor(() => closed.length === 2);
});

test("no error says how a proxy is signed in to, nor what it says", async (t) => {
  const errors: MeshClientError[] = [];
  const secret = { username: "Jones", password: "correct-proxy-battery" };
  const token = Buffer.from(`${secret.username}:${secret.password}`).toString("base64");
  const reactions: Reaction[] = [...refusals.map(([, reaction]) => reaction), "HTTP/1.1 200 OK\r\n\r\nSmith"];
  const proxy = await startConnectProxy(t);
  const client = await clientOf(t, nobody, {
    proxy: { url: proxy.url, ...secret },
    retries: { attempts: 1 },
    timeouts: { connectMs: 1000 },
  });
  for (const reaction of reactions) {
    proxy.react(reaction);
    errors.push(await failureOf(client.list()));
  }
  assert.equal(errors[0]?.message, `The proxy ${proxy.url.slice(7)} does not accept our sign-in (407).`);
  for (const error of errors) {
    const shown = inspect(error, { depth: 20, showHidden: true });
    for (const word of [secret.password, secret.username, token, "Smith", password, sharedKey]) {
      assert.ok(!shown.includes(word), `${word}: ${shown}`);
    }
  }
});

test("a server for development without TLS is reached through a proxy too", async (t) => {
  const proxy = await startConnectProxy(t, {
    reaction: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.once("data", () => socket.write(accepted));
    },
  });
  const client = await clientOf(t, "http://mesh.example", { tls: undefined, proxy: { url: proxy.url } });
  await client.send(message);
  assert.match(proxy.asked[0] ?? "", /^CONNECT mesh\.example:80 /);
});
