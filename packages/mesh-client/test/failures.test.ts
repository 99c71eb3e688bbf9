import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { inspect } from "node:util";
import { createMeshClient, type OutgoingMessage } from "@restante/mesh-client";
import { strangeAuthority, testAuthority, waitFor } from "@restante/testbed";
import { answer, breakOff, clientOf, hang, password, sharedKey, startFaultyPeer } from "./faulty-peer.ts";
import { codeAndRetry, failureOf } from "./failure-of.ts";

const message: OutgoingMessage = { to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: Buffer.from("body") };

test("a send to a server that is not there has not happened", async (t) => {
  const client = await clientOf(t, "https://127.0.0.1:9");
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "unreachable safe");
});

test("a call that may be repeated is retried when the server is not there, and then fails as safe", async (t) => {
  const client = await clientOf(t, "https://127.0.0.1:9");
  assert.equal(codeAndRetry(await failureOf(client.list())), "unreachable safe");
});

test("nothing is sent to a server whose certificate is not trusted", async (t) => {
  const peer = await startFaultyPeer(t, [answer(202)], { stranger: true });
  const client = await clientOf(t, peer.url);
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "server-certificate never");
  assert.deepEqual(peer.requests, []);
});

test("a server certificate for another name is not trusted", async (t) => {
  const peer = await startFaultyPeer(t, [answer(202)]);
  const client = await clientOf(t, peer.url.replace("127.0.0.1", "127.0.0.2"));
  // 127.0.0.2 reaches nobody on some systems: then it is unreachable, which is as well.
  const { code } = await failureOf(client.send(message));
  assert.ok(code === "server-certificate" || code === "unreachable", code);
  assert.deepEqual(peer.requests, []);
});

test("a client certificate that the server does not trust never sends a message", async (t) => {
  const peer = await startFaultyPeer(t, [answer(202)]);
  const stranger = await strangeAuthority();
  const { cert, key } = await stranger.issue({ commonName: "somebody", kind: "client" });
  const trusted = await clientOf(t, peer.url);
  assert.equal((await failureOf(trusted.send(message))).code, "unexpected-answer", "the peer does answer a friend");
  const client = await clientOf(t, peer.url, { tls: { ca: (await testAuthority()).caPem, cert, key } });
  const { code } = await failureOf(client.send(message));
  // In TLS 1.3 the refusal can be overtaken by the end of the connection.
  assert.ok(code === "client-certificate" || code === "answer-lost", code);
  assert.equal(peer.requests.length, 1);
});

test("a send whose answer is lost may have happened", async (t) => {
  const peer = await startFaultyPeer(t, [breakOff]);
  const client = await clientOf(t, peer.url);
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "answer-lost ambiguous");
  assert.equal(peer.requests.length, 1, "and is not made again");
});

test("a send that broke off before its last byte has not happened", async (t) => {
  const peer = await startFaultyPeer(t, [hang], { breakAfterBytes: 100_000 });
  const client = await clientOf(t, peer.url);
  const bodyLength = 200 * 1024 * 1024;
  const body = (): Readable => Readable.from(pieces(bodyLength), { objectMode: false });
  assert.equal(codeAndRetry(await failureOf(client.send({ ...message, body, bodyLength }))), "answer-lost safe");
  assert.equal(codeAndRetry(await failureOf(client.send({ ...message, body }))), "answer-lost safe");
});

function* pieces(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= 65_536) yield Buffer.alloc(Math.min(left, 65_536));
}

test("a send that is not answered in time may have happened", async (t) => {
  const peer = await startFaultyPeer(t, [hang]);
  const client = await clientOf(t, peer.url, { requestTimeoutMs: 100 });
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "timed-out ambiguous");
});

test("a send that was accepted without a readable message id may have happened", async (t) => {
  const accepted = answer(202, { message_id: "20260101120000000000_ABCDEF" });
  const peer = await startFaultyPeer(t, [
    answer(202, "{}"),
    answer(202, "not JSON"),
    (socket) => void socket.write(accepted.slice(0, -5), () => socket.destroy()),
  ]);
  const client = await clientOf(t, peer.url);
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "unexpected-answer ambiguous");
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "unexpected-answer ambiguous");
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "answer-lost ambiguous");
});

test("a send that is given up may have happened once it was on its way, and not before", async (t) => {
  const peer = await startFaultyPeer(t, [hang]);
  const client = await clientOf(t, peer.url);
  assert.equal(codeAndRetry(await failureOf(client.send(message, { signal: AbortSignal.abort() }))), "aborted safe");
  assert.equal(peer.connections(), 0);

  const controller = new AbortController();
  const sending = failureOf(client.send(message, { signal: controller.signal }));
  await waitFor(() => peer.requests.length === 1);
  controller.abort();
  assert.equal(codeAndRetry(await sending), "aborted ambiguous");
});

test("a send whose body cannot be read has not happened", async (t) => {
  const peer = await startFaultyPeer(t, [answer(202)]);
  const client = await clientOf(t, peer.url);
  const body = (): Readable =>
    new Readable({
      read() {
        this.push("some");
        this.destroy(new Error("the disk broke"));
      },
    });
  assert.equal(
    codeAndRetry(await failureOf(client.send({ ...message, body, bodyLength: 4000 }))),
    "body-unreadable safe",
  );
  assert.equal(codeAndRetry(await failureOf(client.send({ ...message, body }))), "body-unreadable safe");
  assert.deepEqual(peer.requests, []);
});

test("a header that cannot be written is refused before anything is sent", async (t) => {
  const peer = await startFaultyPeer(t, [answer(202)]);
  const client = await clientOf(t, peer.url);
  const error = await failureOf(client.send({ ...message, subject: "one\r\nmex-to: two" }));
  assert.equal(codeAndRetry(error), "request-invalid never");
  assert.deepEqual(peer.requests, []);
});

test("a send is never made twice, whatever the server answers", async (t) => {
  const verdicts = { 425: "safe", 429: "safe", 503: "safe", 500: "ambiguous", 502: "ambiguous", 504: "ambiguous" };
  for (const [status, retry] of Object.entries(verdicts)) {
    const peer = await startFaultyPeer(t, [answer(Number(status))]);
    const client = await clientOf(t, peer.url);
    assert.equal((await failureOf(client.send(message))).retry, retry, status);
    assert.equal(peer.requests.length, 1, status);
  }
});

test("a listing is asked for again after 425, 429, 502, 503 and 504, each time with a new token", async (t) => {
  const listing = answer(200, { messages: ["20260101120000000000_ABCDEF"] });
  for (const status of [425, 429, 502, 503, 504]) {
    const peer = await startFaultyPeer(t, [answer(status), breakOff, listing]);
    const client = await clientOf(t, peer.url);
    assert.deepEqual(await client.list(), { messageIds: ["20260101120000000000_ABCDEF"] });
    const tokens = peer.requests.map((head) => /authorization: (.*)/i.exec(head)?.[1]);
    assert.equal(new Set(tokens).size, 3);
  }
});

test("a listing is not asked for again after 500, nor for ever", async (t) => {
  const broken = await startFaultyPeer(t, [answer(500)]);
  assert.equal(codeAndRetry(await failureOf((await clientOf(t, broken.url)).list())), "server-failed safe");
  assert.equal(broken.requests.length, 1);

  const busy = await startFaultyPeer(t, [answer(503)]);
  assert.equal(codeAndRetry(await failureOf((await clientOf(t, busy.url)).list())), "unavailable safe");
  assert.equal(busy.requests.length, 3);
});

test("giving up ends the wait before a retry", async (t) => {
  const peer = await startFaultyPeer(t, [answer(503, "", { "retry-after": "3600" })]);
  const client = await clientOf(t, peer.url, { retries: { longestWaitMs: 3_600_000 } });
  const controller = new AbortController();
  const listing = failureOf(client.list({ signal: controller.signal }));
  await waitFor(() => peer.requests.length === 1);
  controller.abort();
  assert.equal(codeAndRetry(await listing), "aborted safe");
});

test("version 1 and version 2 errors are read alike, and routing addresses are taken out", async (t) => {
  const peer = await startFaultyPeer(t, [
    answer(417, { detail: [{ event: "SEND", code: "12", msg: "No GPPROVIDER_9990000018_01011980_Smith here" }] }),
    answer(417, { errorEvent: "SEND", errorCode: "12", errorDescription: "Unregistered to address" }),
    answer(400, { detail: [{ type: "value_error", loc: ["header", "mex-to"], msg: "field required" }] }),
    answer(403, "<html>proxy</html>"),
  ]);
  const client = await clientOf(t, peer.url);
  const { status, event, meshCode, description, code } = await failureOf(client.send(message));
  assert.deepEqual(
    { status, event, meshCode, description, code },
    { status: 417, event: "SEND", meshCode: "12", description: "No GPPROVIDER", code: "refused" },
  );
  assert.equal((await failureOf(client.send(message))).description, "Unregistered to address");
  assert.equal((await failureOf(client.send(message))).description, "field required");
  assert.equal((await failureOf(client.send(message))).code, "unauthorised");
});

test("no error says a password, a shared key, a token or what was sent", async (t) => {
  const peer = await startFaultyPeer(t, [breakOff, answer(403, { detail: [{ msg: "no" }] }), answer(500)]);
  const client = await clientOf(t, peer.url);
  const secret = { ...message, subject: "Subject of Smith", localId: "LOCAL-Smith", fileName: "Smith.dat" };
  const errors = [
    await failureOf(client.send(secret)),
    await failureOf(client.send(secret)),
    await failureOf(client.send({ ...secret, subject: "Smith\n" })),
    await failureOf((await clientOf(t, "https://127.0.0.1:9")).send(secret)),
  ];
  for (const error of errors) {
    const shown = inspect(error, { depth: 20, showHidden: true });
    for (const word of [password, sharedKey, "NHSMESH", "Smith"]) assert.ok(!shown.includes(word), `${word}: ${shown}`);
  }
});

test("an answer whose head is as large as headers may be is read, and one that is larger is told as that", async (t) => {
  const listing = (bytes: number): string => answer(200, { messages: [] }, { "mex-subject": "x".repeat(bytes) });
  const peer = await startFaultyPeer(t, [listing(40_000), listing(70_000), answer(202, "", { x: "x".repeat(70_000) })]);
  const client = await clientOf(t, peer.url);
  assert.deepEqual(await client.list(), { messageIds: [] });
  const error = await failureOf(client.list());
  assert.equal(codeAndRetry(error), "answer-head-too-large never");
  assert.equal(error.message, "The head of the server's answer is larger than 64 KB.");
  assert.equal(peer.requests.length, 2, "and is not asked for again");
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "answer-head-too-large ambiguous");
});

test("an answer that is not HTTP is told as that, and not as a broken connection", async (t) => {
  const cut = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab";
  const peer = await startFaultyPeer(t, [(socket) => void socket.end(cut), "SSH-2.0-OpenSSH_9.6\r\n"]);
  const client = await clientOf(t, peer.url);
  assert.equal(codeAndRetry(await failureOf(client.list())), "answer-lost safe");
  assert.equal(codeAndRetry(await failureOf(client.list())), "unexpected-answer safe");
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "unexpected-answer ambiguous");
});

test("a refusal says which field is wrong, in the server's words", async (t) => {
  const wrong = (name: string, msg: string): object => ({ type: "value_error", loc: ["header", name], msg });
  const peer = await startFaultyPeer(t, [
    answer(400, {
      detail: [wrong("mex-subject", "String should have at most 500 characters"), wrong("mex-to", "No.")],
    }),
    answer(400, { detail: [wrong("Smith", "too long")] }),
    answer(400, { detail: "There was an error parsing the body" }),
    answer(413, "Request entity too large\r\n", { "content-type": "text/plain; charset=utf-8" }),
    answer(400, "<html>proxy</html>", { "content-type": "text/html" }),
  ]);
  const client = await clientOf(t, peer.url);
  const first = await failureOf(client.send(message));
  assert.equal(
    first.message,
    "The server answered 400: mex-subject: String should have at most 500 characters; mex-to: No.",
  );
  assert.deepEqual(
    { field: first.field, description: first.description, code: first.code },
    { field: "mex-subject", description: "String should have at most 500 characters", code: "refused" },
  );
  assert.equal((await failureOf(client.send(message))).message, "The server answered 400: too long.");
  assert.equal(
    (await failureOf(client.send(message))).message,
    "The server answered 400: There was an error parsing the body.",
  );
  assert.equal((await failureOf(client.send(message))).message, "The server answered 413: Request entity too large.");
  assert.equal((await failureOf(client.send(message))).message, "The server answered 400.");
});

test("of a request that names no patient, words that may name one are not told: what every MESH server says is", async (t) => {
  const detail = [{ event: "RECEIVE", code: "20", msg: "Patient Smith is not here" }];
  const peer = await startFaultyPeer(t, [
    answer(404, { detail }),
    answer(404, { detail: [{ ...detail[0], msg: "Message does not exist" }] }),
    answer(418, { detail: [{ type: "x", loc: ["query", "max_results"], msg: "Smith" }] }),
    answer(418, "Smith", { "content-type": "text/plain" }),
    answer(500, { detail: "Smith" }),
  ]);
  const client = await clientOf(t, peer.url);
  const errors = [];
  for (let count = 0; count < 4; count += 1) errors.push(await failureOf(client.list()));
  errors.push(await failureOf(client.send({ ...message, subject: "Report" })));
  assert.deepEqual(
    errors.map((error) => error.message),
    [
      "The server answered 404: RECEIVE 20.",
      "The server answered 404: RECEIVE 20 Message does not exist.",
      "The server answered 418: max_results.",
      "The server answered 418.",
      "The server answered 500.",
    ],
  );
  assert.equal(errors[0]?.description, "Patient Smith is not here", "who calls may read it");
});

test("what a server echoes of a patient is not repeated, quoted or not, whole or cut, in whatever writing", async (t) => {
  const secret = {
    ...message,
    to: "GPPROVIDER_9990000018_01021980_O'Neill-Wi\u015Bniewski",
    subject: "Report for Ms Li O\u2019Neill-Wi\u015Bniewski, NHS Number 999 000 0018",
    localId: "LOC-778",
    fileName: "oneill_discharge.dat",
  };
  const echoes = [
    "Invalid value 'Report for Ms Li O\u2019Neill-Wi\u015Bniewski, NHS Number 999 000 0018' for header",
    "Bad header value: Report for Ms Li O\u2019Neill-Wi",
    `Latin-1: ${Buffer.from("O\u2019Neill-Wi\u015Bniewski").toString("latin1")}`,
    "unknown patient O'NEILL-WI\u015ANIEWSKI, Li born 01/02/1980 or 1980-02-01 or 01021980",
    "NHS number 9990000018, 999 000 0018, 999-000-0018",
    "local id loc-778 in use, file ONEILL_discharge.dat",
    "path /tracking/O%E2%80%99Neill-Wi%C5%9Bniewski",
    '"Ms Li" (unclosed \'Ms Li O',
    "To GPPROVIDER_9990000018_01021980_O'Neill is unknown",
  ];
  const peer = await startFaultyPeer(
    t,
    echoes.map((msg) => answer(400, { detail: [{ type: "value_error", loc: ["header", "mex-subject"], msg }] })),
  );
  const client = await clientOf(t, peer.url);
  for (const echo of echoes) {
    const error = await failureOf(client.send(secret));
    const shown = inspect(error, { depth: 20, showHidden: true });
    for (const word of [/neill/i, /ni?ewski/i, /\bLi\b/, /999/, /1980/, /778/, /discharge/i]) {
      assert.doesNotMatch(shown, word, `${echo} became ${error.message}`);
    }
    assert.match(error.message, /^The server answered 400: mex-subject: ./);
  }
});

test("a server's words are one line, and no longer than they need be", async (t) => {
  const msg = `one\r\ntwo\u001B[31m ${"too long ".repeat(1000)}`;
  const peer = await startFaultyPeer(t, [answer(400, { detail: [{ msg }] })]);
  const { message: words } = await failureOf((await clientOf(t, peer.url)).send(message));
  assert.match(words, /^The server answered 400: one two \[31m too long/);
  assert.ok(words.length < 300);
});

test("a closed client says so", async (t) => {
  const peer = await startFaultyPeer(t, [answer(202)]);
  const client = await clientOf(t, peer.url);
  await client[Symbol.asyncDispose]();
  assert.equal(codeAndRetry(await failureOf(client.send(message))), "closed safe");
});

test("an address that is not https, or has the path that is added to it, is refused", () => {
  const tls = { ca: "", cert: "", key: "" };
  for (const url of ["http://127.0.0.1:1", "127.0.0.1", "", "https://127.0.0.1:1/messageexchange/"]) {
    assert.throws(() => createMeshClient({ url, mailboxId: "Y90001OT001", password, sharedKey, tls }), {
      code: "request-invalid",
    });
  }
});
