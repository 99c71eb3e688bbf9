import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { isProductionMessageId } from "@restante/mesh";
import {
  addressOf,
  startTestServer,
  testClient,
  testMailboxes,
  testPatients,
  testRequest,
  type TestServer,
  testToken,
  testWorkflow,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const outbox = `/messageexchange/${sender}/outbox`;
const v2 = "application/vnd.mesh.v2+json";

async function post(
  server: TestServer,
  headers: Record<string, string | undefined>,
  body: Buffer | string = "hello",
): ReturnType<typeof testRequest> {
  return testRequest(server, sender, {
    method: "POST",
    path: outbox,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...headers },
    body,
  });
}

test("a send is answered 202 with the id, named as each version has it, always as application/json", async (t) => {
  const server = await startTestServer(t);

  const first = await post(server, {});
  const second = await post(server, { accept: v2 });

  assert.equal(first.status, 202);
  assert.equal(first.headers["content-type"], "application/json");
  assert.ok(isProductionMessageId((first.json as { messageID: string }).messageID));
  assert.equal(second.status, 202);
  assert.equal(second.headers["content-type"], "application/json");
  assert.ok(isProductionMessageId((second.json as { message_id: string }).message_id));
});

const refused: [
  name: string,
  headers: Record<string, string>,
  status: number,
  event: string,
  code: string,
  text: string,
  detail?: { type: string; loc: string[]; msg: string },
][] = [
  ["a blank recipient", { "mex-to": "" }, 400, "SEND", "08", "TO_DTS missing"],
  ["an unknown recipient", { "mex-to": "NOBODY" }, 417, "SEND", "12", "Unregistered to address"],
  ["another sender in mex-from", { "mex-from": pharmacy }, 417, "SEND", "07", "Invalid From Address"],
  [
    "a message type other than DATA",
    { "mex-messagetype": "REPORT" },
    417,
    "SEND",
    "11",
    "Invalid Message Type for the transfer, should be DATA",
  ],
  [
    "an unknown workflow",
    { "mex-workflowid": "NOT_A_WORKFLOW" },
    417,
    "SEND",
    "17",
    "Workflow ID not registered for mailbox",
  ],
  [
    "a recipient that does not take the workflow",
    { "mex-workflowid": "GPFED_CONSULT_REPORT" },
    417,
    "SEND",
    "17",
    "Workflow ID not registered for mailbox",
  ],
  [
    "a sender that may not send the workflow",
    { "mex-workflowid": "GPFED_CONSULT_REPORT_ACK" },
    417,
    "SEND",
    "16",
    "Sender is not allowed to send messages of this type",
  ],
  [
    "a chunk range that is none",
    { "mex-chunk-range": "a:b" },
    417,
    "SEND",
    "InvalidHeaderChunks",
    "Invalid chunk values sent in mex-Chunk-Range header",
  ],
  [
    "a first chunk that is not the first",
    { "mex-chunk-range": "2:3" },
    417,
    "SEND",
    "InvalidHeaderChunks",
    "Invalid chunk values sent in mex-Chunk-Range header",
  ],
  [
    "an encoding other than gzip",
    { "content-encoding": "br" },
    422,
    "SEND",
    "UnsupportedContentEncoding",
    "Unsupported content encoding",
  ],
  [
    "a checksum with other characters",
    { "mex-content-checksum": "a+b" },
    400,
    "SEND",
    "Invalid checksum",
    "Invalid checksum",
  ],
  [
    "a tab in a header",
    { "mex-subject": "a\tb" },
    400,
    "TRANSFER",
    "06",
    "MalformedControlFile",
    { type: "value_error", loc: ["header", "mex-subject"], msg: "String should not hold control characters" },
  ],
  [
    "a link in mex-to",
    { "mex-to": "https://example.com" },
    400,
    "TRANSFER",
    "06",
    "MalformedControlFile",
    { type: "value_error", loc: ["header", "mex-to"], msg: "String should not hold a link" },
  ],
  [
    "a routing address of too few parts",
    { "mex-to": "GPPROVIDER_9955260181_14031979", "mex-workflowid": "GPFED_CONSULT_REPORT" },
    417,
    "SEND",
    "12",
    "Unregistered to address",
  ],
  [
    "a routing address on a workflow that may not use it",
    { "mex-to": addressOf(testPatients.registered) },
    417,
    "SEND",
    "12",
    "Unregistered to address",
  ],
];

test("each refusal has the status, event, code and text of the reference, in both versions", async (t) => {
  const server = await startTestServer(t);
  for (const [name, headers, status, event, code, text, detail] of refused) {
    await t.test(name, async () => {
      const first = await post(server, headers);
      assert.equal(first.status, status);
      const named = detail === undefined ? {} : { fields: [detail.loc[1]] };
      const said = { errorEvent: event, errorCode: code, errorDescription: text, ...named };
      assert.deepEqual(first.json, detail === undefined ? said : { ...said, detail: [detail] });

      const second = await post(server, { ...headers, accept: v2 });
      assert.equal(second.status, status);
      const words = { event, code, msg: text, ...named };
      assert.deepEqual(second.json, { detail: detail === undefined ? [words] : [words, detail] });
    });
  }
});

test("an empty body is refused with COLLECT 02", async (t) => {
  const server = await startTestServer(t);

  const answer = await post(server, {}, "");

  assert.equal(answer.status, 417);
  assert.deepEqual(answer.json, {
    errorEvent: "COLLECT",
    errorCode: "02",
    errorDescription: "Data file is missing or inaccessible.",
  });
});

test("headers that are missing or too long are told all at once, in one shape for both versions", async (t) => {
  const server = await startTestServer(t);
  const headers = { "mex-workflowid": undefined, "mex-subject": "x".repeat(501), "mex-localid": "x".repeat(300) };

  for (const accept of [undefined, v2]) {
    const answer = await post(server, { ...headers, accept });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.json, {
      detail: [
        { type: "missing", loc: ["header", "mex-workflowid"], msg: "Field required" },
        {
          type: "string_too_long",
          loc: ["header", "mex-subject"],
          msg: "String should have at most 500 characters",
        },
      ],
    });
  }
});

test("the limits count characters, not bytes", async (t) => {
  const server = await startTestServer(t);

  const answer = await post(server, { "mex-subject": Buffer.from("Ł".repeat(500)).toString("latin1") });

  assert.equal(answer.status, 202);
});

test("headers beyond 16 KB together are refused with 431", async (t) => {
  const server = await startTestServer(t);

  const answer = await post(server, { "mex-subject": "x".repeat(20_000) });

  assert.equal(answer.status, 431);
  assert.match(JSON.stringify(answer.json), /at most 16384 bytes together/);
  assert.equal(server.events.of("request-refused")[0]?.status, 431);
});

test("more than 100 headers are refused", async (t) => {
  const server = await startTestServer(t);
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-header-${index}`, "x"]));

  assert.equal((await post(server, many)).status, 431);
});

test("a body larger than a request may be is refused with 413, whether or not it says its length, and its token is used up", async (t) => {
  const server = await startTestServer(t, { config: { maxRequestBytes: 1000, smallBodyBytes: 100 } });

  const told = await post(server, {}, Buffer.alloc(1001));
  assert.equal(told.status, 413);
  assert.match(JSON.stringify(told.json), /A request holds at most 1000 bytes/);
  assert.equal((await post(server, { "transfer-encoding": "chunked" }, Buffer.alloc(1001))).status, 413);
  assert.equal((await post(server, { "transfer-encoding": "chunked" }, Buffer.alloc(1000))).status, 202);

  const authorization = testToken(server, sender);
  const cutOff = { authorization, "transfer-encoding": "chunked" };
  assert.equal((await post(server, cutOff, Buffer.alloc(1001))).status, 413);
  assert.equal((await post(server, { authorization }, Buffer.alloc(1000))).status, 403);
});

test("an acknowledgement workflow goes the other way round", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, practice);

  await client.send({ to: sender, workflowId: "GPFED_CONSULT_REPORT_ACK", body: Buffer.from("ack") });

  await using receiver = await testClient(server, sender);
  assert.equal((await receiver.list()).messageIds.length, 1);
});

test("a refused send leaves nothing behind, and its token is used up", async (t) => {
  const server = await startTestServer(t);
  const headers = { "mex-to": "NOBODY", "mex-workflowid": testWorkflow };
  const authorization = testToken(server, sender);

  const first = await post(server, { ...headers, authorization });
  const second = await post(server, { ...headers, "mex-to": pharmacy, authorization });

  assert.deepEqual([first.status, second.status], [417, 403]);
  await using client = await testClient(server, pharmacy);
  assert.deepEqual((await client.list()).messageIds, []);
});

test("gzip is delivered as it came to who takes it, and undone for who does not", async (t) => {
  const server = await startTestServer(t);
  const body = gzipSync("hello hello hello");
  const { json } = await post(server, { "content-encoding": "gzip" }, body);
  const path = `/messageexchange/${pharmacy}/inbox/${(json as { messageID: string }).messageID}`;

  const packed = await testRequest(server, pharmacy, { path, headers: { "accept-encoding": "gzip, deflate" } });
  const plain = await testRequest(server, pharmacy, { path, headers: { "accept-encoding": "gzip;q=0" } });

  assert.deepEqual(packed.body, body);
  assert.equal(packed.headers["content-encoding"], "gzip");
  assert.equal(packed.headers["mex-content-compressed"], "Y");
  assert.equal(plain.body.toString(), "hello hello hello");
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.equal(plain.headers["mex-content-compressed"], undefined);
});
