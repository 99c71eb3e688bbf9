// What goes over one connection one after another: no answer is lost, or read as another's.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { startTestServer, testMailboxes, testWorkflow } from "@restante/testbed";

import { connectRaw, headOf } from "./raw-connection.ts";

const { sender, pharmacy } = testMailboxes;
const toPharmacy = { "Mex-To": pharmacy, "Mex-WorkflowID": testWorkflow };

for (const [what, method, target, headers, status] of [
  ["too large", "POST", "/outbox", toPharmacy, 413],
  ["refused for its headers, and too large", "POST", "/outbox", { ...toPharmacy, "Mex-To": "NOBODY" }, 417],
  ["too large, of HEAD", "HEAD", "/nothing", {}, 404],
  ["too large, of OPTIONS", "OPTIONS", "/inbox", {}, 204],
] as const) {
  test(`a request that is ${what} ends its connection, and its answer says so and comes whole, though the client sends on`, async (t) => {
    const server = await startTestServer(t, { config: { maxRequestBytes: 200_000 } });
    using connection = await connectRaw(server, sender, [method]);

    connection.write(headOf(server, sender, method, target, { ...headers, "Content-Length": "400000" }));
    connection.write(Buffer.alloc(150_000));
    const [answer] = method === "POST" ? await connection.answers(1) : [];
    connection.write(Buffer.alloc(250_000));
    const answers = await connection.answers(2);
    if (!connection.socket.destroyed) await once(connection.socket, "close");

    assert.deepEqual(
      answers.map((each) => [each.status, each.last]),
      [[status, true]],
    );
    if (method === "POST") assert.equal(answer?.status, status, "before all was sent");
  });
}

test("a refused request that is not too large leaves its connection open for the next", async (t) => {
  const server = await startTestServer(t);
  using connection = await connectRaw(server, sender, ["POST", "GET"]);
  const headers = { ...toPharmacy, "Mex-To": "NOBODY", "Content-Length": "100000" };

  connection.write(headOf(server, sender, "POST", "/outbox", headers));
  await connection.answers(1);
  connection.write(Buffer.alloc(100_000));
  connection.write(headOf(server, sender, "GET", "/inbox"));

  const answers = await connection.answers(2);
  assert.deepEqual(
    answers.map(({ status, last }) => [status, last]),
    [
      [417, false],
      [200, false],
    ],
  );
});

test("a request that waits to be asked for its body, sent behind another, mixes with no answer", async (t) => {
  const server = await startTestServer(t);
  using connection = await connectRaw(server, sender, ["GET", "POST", "GET"]);
  const waiting = { ...toPharmacy, Expect: "100-continue", "Content-Length": "5" };

  connection.write(
    headOf(server, sender, "GET", "/inbox") +
      `${headOf(server, sender, "POST", "/outbox", waiting)}hello` +
      headOf(server, sender, "GET", "/outbox/tracking/none"),
  );

  const answers = await connection.answers(3);
  assert.deepEqual(
    answers.map(({ status, body }) => [status, Object.keys(JSON.parse(body.toString()) as object)[0]]),
    [
      [200, "messages"],
      [202, "messageID"],
      [404, "errorEvent"],
    ],
  );
});

test("a request that waits to be asked for its body is asked, by itself and behind another", async (t) => {
  const server = await startTestServer(t);
  using connection = await connectRaw(server, sender, ["POST", "GET", "POST"]);
  const waiting = { ...toPharmacy, Expect: "100-continue", "Content-Length": "5" };
  const asked = async (): Promise<void> => {
    for (let text = ""; !text.includes("HTTP/1.1 100 Continue\r\n\r\n");) {
      text += ((await once(connection.socket, "data")) as [Buffer])[0].toString("latin1");
    }
  };

  const first = asked();
  connection.write(headOf(server, sender, "POST", "/outbox", waiting));
  await first;
  connection.write("hello");
  assert.equal((await connection.answers(1))[0]?.status, 202);

  const second = asked();
  connection.write(headOf(server, sender, "GET", "/inbox") + headOf(server, sender, "POST", "/outbox", waiting));
  await second;
  connection.write("hello");
  assert.equal((await connection.answers(3))[2]?.status, 202);
});

test("a request that asks for another protocol is answered as any other, and that the connection then ends is said", async (t) => {
  const server = await startTestServer(t);
  for (const [target, status, others] of [
    ["/inbox", 200],
    ["/nothing", 404],
    ["/%", 400],
    ["/inbox", 417, { Expect: "the impossible" }],
  ] as const) {
    using connection = await connectRaw(server, sender, ["GET", "GET"]);
    connection.write(
      headOf(server, sender, "GET", target, { Connection: "Upgrade", Upgrade: "h2c", ...others }) +
        headOf(server, sender, "GET", "/inbox"),
    );

    const answers = await connection.answers(2);
    assert.deepEqual(
      answers.map(({ status, last }) => [status, last]),
      [[status, true]],
    );
  }
});

test("a request that expects what nobody can promise is refused in its turn, and the next is answered", async (t) => {
  const server = await startTestServer(t);
  using connection = await connectRaw(server, sender, ["GET", "GET", "GET"]);
  connection.write(
    headOf(server, sender, "GET", "/inbox") +
      headOf(server, sender, "GET", "/inbox", { Expect: "the impossible" }) +
      headOf(server, sender, "GET", "/inbox"),
  );

  const answers = await connection.answers(3);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 417, 200],
  );
  assert.match(answers[1]!.body.toString(), /Expectation Failed/);
});

test("of what cannot be read and goes on coming behind a send one refusal is told, after the send's answer", async (t) => {
  const server = await startTestServer(t);
  using connection = await connectRaw(server, sender, ["POST", "GET"]);
  connection.write(
    `${headOf(server, sender, "POST", "/outbox", { ...toPharmacy, "Content-Length": "5" })}hello and more\r\n\r\n`,
  );
  for (let times = 0; times < 20; times += 1) connection.write("and more\r\n\r\n");

  const answers = await connection.answers(2);
  assert.deepEqual(
    answers.map(({ status, last }) => [status, last]),
    [
      [202, false],
      [400, true],
    ],
  );
  assert.equal(server.events.of("request-refused").filter(({ code }) => code === "request-malformed").length, 1);
});

test("a send that is followed by what cannot be read gets its own answer, and then that is refused", async (t) => {
  const server = await startTestServer(t);
  using connection = await connectRaw(server, sender, ["POST", "GET"]);

  connection.write(
    `${headOf(server, sender, "POST", "/outbox", { ...toPharmacy, "Content-Length": "5" })}hello and more than that\r\n\r\n`,
  );

  const answers = await connection.answers(2);
  assert.deepEqual(
    answers.map(({ status, last }) => [status, last]),
    [
      [202, false],
      [400, true],
    ],
  );
});
