import assert from "node:assert/strict";
import { test } from "node:test";

import {
  settableClock,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const v1 = "application/json";
const v2 = "application/vnd.mesh.v2+json";
const root = `/messageexchange/${sender}`;

async function send(server: TestServer, headers: Record<string, string | undefined>): ReturnType<typeof testRequest> {
  return testRequest(server, sender, { method: "POST", path: `${root}/outbox`, headers, body: "hello" });
}

test("an error has the content type of the version that was asked for", async (t) => {
  const server = await startTestServer(t);
  const typeOf = async (path: string, accept?: string): Promise<[number, string | undefined]> => {
    const { status, headers } = await testRequest(server, sender, { path, headers: { accept } });
    return [status, headers["content-type"]];
  };

  for (const [path, status] of [
    [`${root}/inbox/20260101000000000000_ABCDEF`, 404],
    [`/messageexchange/${pharmacy}/inbox`, 403],
    ["/nothing", 404],
  ] as const) {
    assert.deepEqual(await typeOf(path), [status, v1]);
    assert.deepEqual(await typeOf(path, v2), [status, v2]);
  }
  const unknown = { "mex-to": "NOBODY", "mex-workflowid": testWorkflow };
  assert.equal((await send(server, unknown)).headers["content-type"], v1);
  assert.equal((await send(server, { ...unknown, accept: v2 })).headers["content-type"], v2);
});

test("a validation error is application/json in both versions", async (t) => {
  const server = await startTestServer(t);

  for (const accept of [undefined, v2]) {
    const { status, headers } = await testRequest(server, sender, {
      path: `${root}/inbox?max_results=9`,
      headers: { accept },
    });
    assert.deepEqual([status, headers["content-type"]], [400, v1]);
  }
});

test("a send without mex-to has the shape of a validation error, one with a blank mex-to has code 08", async (t) => {
  const server = await startTestServer(t);

  for (const accept of [undefined, v2]) {
    const absent = await send(server, { "mex-subject": "x".repeat(501), accept });
    assert.equal(absent.status, 400);
    assert.deepEqual(absent.json, {
      detail: [
        { type: "missing", loc: ["header", "mex-to"], msg: "Field required" },
        { type: "missing", loc: ["header", "mex-workflowid"], msg: "Field required" },
        {
          type: "string_too_long",
          loc: ["header", "mex-subject"],
          msg: "String should have at most 500 characters",
        },
      ],
    });
  }
  const blank = await send(server, { "mex-to": " ", "mex-workflowid": testWorkflow });
  assert.deepEqual(
    [blank.status, blank.json],
    [400, { errorEvent: "SEND", errorCode: "08", errorDescription: "TO_DTS missing" }],
  );
});

test("MalformedControlFile names every field that is wrong, beside its code", async (t) => {
  const server = await startTestServer(t);
  const wrong = { "mex-to": "https://example.com", "mex-workflowid": testWorkflow, "mex-subject": "a\tb" };
  const fields = ["mex-to", "mex-subject"];

  assert.partialDeepStrictEqual((await send(server, wrong)).json, { errorCode: "06", fields });
  assert.partialDeepStrictEqual((await send(server, { ...wrong, accept: v2 })).json, {
    detail: [{ event: "TRANSFER", code: "06", msg: "MalformedControlFile", fields }],
  });
});

test("the count's internalID is a time and a few digits, another each time", async (t) => {
  const server = await startTestServer(t, { clock: settableClock(new Date("2026-03-02T10:20:30.456Z")) });
  const ask = async (): Promise<string> =>
    ((await testRequest(server, sender, { path: `${root}/count` })).json as { internalID: string }).internalID;

  const first = await ask();

  assert.match(first, /^20260302102030456\d{3}_[0-9A-F]{6}$/);
  assert.notEqual(await ask(), first);
});

test("an answer without a body has no content type", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const body = Buffer.from("hello");
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body });
  const inbox = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  const made = { "mex-clientversion": "test", "mex-osname": "Linux", "mex-osversion": "6" };

  const answers = [
    await testRequest(server, sender, { method: "POST", path: root, headers: { ...made, accept: v2 } }),
    await testRequest(server, pharmacy, { method: "HEAD", path: inbox }),
    await testRequest(server, pharmacy, {
      method: "PUT",
      path: `${inbox}/status/acknowledged`,
      headers: { accept: v2 },
    }),
  ];

  for (const { status, headers, body: nothing } of answers) {
    assert.deepEqual([status, nothing.length, headers["content-type"]], [200, 0, undefined]);
  }
  assert.equal(answers[0]?.headers["content-length"], "0");
});

test("a report is downloaded as 200 of length 0 without a content type, last modified when it was made", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
  const server = await startTestServer(t, { clock });
  await using client = await testClient(server, sender);
  await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("hello") });

  clock.advance(5 * 24 * 60 * 60_000 + 1);
  const { reportId } = await server.events.next("report-placed");
  const got = await testRequest(server, sender, { path: `${root}/inbox/${reportId}` });

  assert.deepEqual([got.status, got.headers["content-type"], got.headers["content-length"]], [200, undefined, "0"]);
  assert.equal(got.headers["last-modified"], "Sat, 07 Mar 2026 10:20:30 GMT");
});

test("a download says when the message was accepted as Last-Modified, before and after its acknowledgement", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
  const server = await startTestServer(t, { clock });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const body = Buffer.from("hello");
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body });
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  const modified = async (method: string): Promise<string | undefined> =>
    (await testRequest(server, pharmacy, { method, path })).headers["last-modified"];

  clock.advance(60_000);

  for (const method of ["GET", "HEAD"]) assert.equal(await modified(method), "Mon, 02 Mar 2026 10:20:30 GMT");
  await receiver.acknowledge(messageId);
  assert.equal(await modified("GET"), "Mon, 02 Mar 2026 10:20:30 GMT");
});

test("tracking in version 1 has every field of the API, and those with nothing to say are empty text", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const body = Buffer.from("hello");
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body });

  const { json } = await testRequest(server, sender, { path: `${root}/outbox/tracking?messageID=${messageId}` });

  const empty = Object.entries(json as object).filter(([, value]) => value === "");
  assert.deepEqual(
    empty.map(([name]) => name),
    [
      "checksum",
      "compressFlag",
      "contentEncoding",
      "downloadTimestamp",
      "encryptedFlag",
      "failureDate",
      "failureDiagnostic",
      "isCompressed",
      "linkedMsgId",
      "localId",
      "partnerId",
      "processId",
      "recipientBillingEntity",
      "senderBillingEntity",
      "statusCode",
      "statusDescription",
      "statusEvent",
      "subject",
    ],
  );
  assert.equal(Object.keys(json as object).length, 44);
});
