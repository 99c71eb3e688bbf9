import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { headerLimits, headerNames, type MexHeaders } from "@restante/mesh";
import {
  addressOf,
  ofOneMachine,
  startTestServer,
  type TestAnswer,
  testClient,
  testMailboxes,
  testPatients,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const v2 = "application/vnd.mesh.v2+json";

/** The texts that a sender gives and a recipient gets. */
const texts = [
  "subject",
  "localId",
  "fileName",
  "partnerId",
  "processId",
  "fromSmtp",
  "toSmtp",
  "compress",
  "compressed",
  "encrypted",
  "contentType",
] as const satisfies (keyof MexHeaders)[];

function post(server: TestServer, headers: Record<string, string>): Promise<TestAnswer> {
  return testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...headers },
    body: "x",
  });
}

async function send(server: TestServer, headers: Record<string, string>): Promise<string> {
  const { status, json } = await post(server, headers);
  assert.equal(status, 202, JSON.stringify(json));
  return (json as { messageID: string }).messageID;
}

function get(
  server: TestServer,
  messageId: string,
  options: { method?: string; accept?: string } = {},
): Promise<TestAnswer> {
  const { method = "GET", accept } = options;
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  return testRequest(server, pharmacy, { path, method, headers: { accept } });
}

function wire(text: string): string {
  return Buffer.from(text).toString("latin1");
}

/** As many characters, most of them of 4 bytes. */
function filled(name: string, characters: number): string {
  const start = name.endsWith("content-type") ? "a/b;" : "";
  return start + "🙂".repeat(characters - start.length);
}

test("every text that a sender gives comes back, in both versions, by GET and by HEAD", async (t) => {
  const server = await startTestServer(t);
  const given = {
    "mex-subject": "a subject",
    "mex-localid": "local 1",
    "mex-filename": "a.xml",
    "mex-partnerid": "partner",
    "mex-processid": "process",
    "mex-fromsmtp": "from@example.org",
    "mex-tosmtp": "to@example.org",
    "mex-content-compress": "Y",
    "mex-content-compressed": "N",
    "mex-content-encrypted": "N",
    "mex-content-checksum": "md5 0123",
    "mex-content-type": "text/xml",
  };
  const messageId = await send(server, given);

  for (const method of ["GET", "HEAD"]) {
    for (const accept of [undefined, v2]) {
      const { headers } = await get(server, messageId, { method, ...(accept !== undefined && { accept }) });
      for (const [name, value] of Object.entries(given)) assert.equal(headers[name], value, `${method} ${name}`);
    }
  }
  const path = `/messageexchange/${sender}/outbox/tracking?messageID=${messageId}`;
  const { json } = await testRequest(server, sender, { path });
  assert.partialDeepStrictEqual(json, { compressFlag: "Y", isCompressed: "N", processId: "process" });
});

test("a header comes back in the sender's bytes: UTF-8, Latin-1, or neither", async (t) => {
  const server = await startTestServer(t);
  const samples = {
    "UTF-8": wire("Łukasz’s résumé"),
    "Latin-1": "r\u00E9sum\u00E9",
    "windows-1252": "O\u0092Neill",
    "cut UTF-8": wire("Ł").slice(0, 1),
    "a no-break space at the end": wire("x\u00A0"),
    "that in Latin-1": "r\u00E9sum\u00E9\u00A0",
  };
  for (const [name, bytes] of Object.entries(samples)) {
    const headers: Record<string, string> = {
      ...Object.fromEntries(texts.map((text) => [headerNames[text], bytes.slice(-8)])),
      "mex-content-type": `text/plain; name=${bytes}`,
    };
    const messageId = await send(server, headers);
    for (const method of ["GET", "HEAD"]) {
      const got = (await get(server, messageId, { method })).headers;
      for (const [header, value] of Object.entries(headers)) assert.equal(got[header], value, `${name} in ${header}`);
    }
    assert.equal((await get(server, messageId)).headers["content-type"], headers["mex-content-type"]);
  }
  const plain = await send(server, { "content-type": "text/plain; name=caf\u00E9" });
  assert.equal((await get(server, plain)).headers["content-type"], "text/plain; name=caf\u00E9");
});

test("a content type comes back as it was given, character for character", async (t) => {
  const server = await startTestServer(t);
  for (const contentType of ["application/json", "TEXT/XML;charset=iso-8859-1"]) {
    const messageId = await send(server, { "content-type": contentType });
    assert.equal((await get(server, messageId)).headers["content-type"], contentType);
  }
  const refused = await post(server, { "content-type": "nonsense" });
  assert.equal(refused.status, 400);
  assert.match(JSON.stringify(refused.json), /"content-type".*media type/);
  const own = (await get(server, await send(server, { "mex-content-type": "nonsense" }))).headers;
  assert.deepEqual([own["mex-content-type"], own["content-type"]], ["nonsense", "application/octet-stream"]);
});

test("a report gives back subject and local id in the sender's bytes", async (t) => {
  const server = await startTestServer(t);
  const subject = "r\u00E9sum\u00E9";
  await send(server, {
    "mex-to": addressOf(testPatients.withoutPractice),
    "mex-workflowid": "GPFED_CONSULT_REPORT",
    "mex-subject": subject,
  });
  const { reportId } = await server.events.next("report-placed");

  const { headers } = await testRequest(server, sender, { path: `/messageexchange/${sender}/inbox/${reportId}` });

  assert.equal(headers["mex-subject"], subject);
});

test("every header has its limit, in code points: at it a message is taken, beyond it the header and the limit are named", async (t) => {
  const server = await startTestServer(t);
  const limits = [
    ...texts.map((text) => [headerNames[text], headerLimits[text]] as const),
    ["content-type", 255] as const,
  ];

  for (const [name, limit] of limits) {
    assert.ok(limit !== undefined, `${name} has a limit`);
    assert.equal((await post(server, { [name]: wire(filled(name, limit)) })).status, 202, name);
    for (const accept of ["*/*", v2]) {
      const { status, json } = await post(server, { accept, [name]: wire(filled(name, limit + 1)) });
      assert.equal(status, 400);
      const msg: string = `String should have at most ${limit} characters`;
      assert.deepEqual(json, { detail: [{ type: "string_too_long", loc: ["header", name], msg }] });
    }
  }
});

test("a subject of 400 emoji is 400 characters", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const subject = "🙂".repeat(400);

  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, subject, body: Buffer.from("x") });

  assert.equal((await receiver.download(messageId)).headers.subject, subject);
});

test("a message is tracked by a local id of 300 characters of 4 bytes", async (t) => {
  const server = await startTestServer(t);
  const localId = "🙂".repeat(300);
  const messageId = await send(server, { "mex-localid": wire(localId) });

  const path = `/messageexchange/${sender}/outbox/tracking/${encodeURIComponent(localId)}`;
  const { status, json } = await testRequest(server, sender, { path });

  assert.deepEqual([status, (json as { messageId: string }).messageId], [200, messageId]);
});

test("a workflow filter of 255 characters of 4 bytes is taken", async (t) => {
  const server = await startTestServer(t);
  const ask = (length: number): Promise<TestAnswer> => {
    const path = `/messageexchange/${sender}/inbox?workflow_filter=${encodeURIComponent("🙂".repeat(length))}`;
    return testRequest(server, sender, { path });
  };

  assert.deepEqual([(await ask(255)).status, (await ask(256)).status, (await ask(1)).status], [200, 400, 400]);
});

test("the head of the largest message stays under 16 KB, which a client reads unless told otherwise", async (t) => {
  const workflowId = "🙂".repeat(300);
  const server = await startTestServer(t, {
    config: { workflows: [{ workflowId, senders: ["*"], receivers: ["*"] }] },
  });
  const messageId = await send(server, {
    ...Object.fromEntries(
      texts.map((text) => [headerNames[text], wire(filled(headerNames[text], headerLimits[text] ?? 0))]),
    ),
    "mex-workflowid": wire(workflowId),
    "mex-content-checksum": "x".repeat(100),
  });

  // Node.js refuses a head of more than 16 KB, as undici does.
  const { status, headers } = await get(server, messageId);

  assert.equal(status, 200);
  const size = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length + 4, 17);
  t.diagnostic(`${size} bytes`);
  assert.ok(size > 12_000, "every text is there");
  assert.ok(size < 15_000, `${size} bytes`);
});

test(
  "a message stored before there were limits can be downloaded, without what is too long",
  ofOneMachine(),
  async (t) => {
    const server = await startTestServer(t);
    const messageId = await send(server, { "mex-subject": "short", "content-type": "text/xml" });
    await server.close();
    const store = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"));
    store
      .prepare("UPDATE message SET details = json_set(details, '$.contentType', ?, '$.compressed', ?)")
      .run("x".repeat(8200), "y".repeat(8200));
    store.close();
    await server.restart();

    const { status, headers } = await get(server, messageId);

    assert.deepEqual(
      [status, headers["content-type"], headers["mex-subject"]],
      [200, "application/octet-stream", "short"],
    );
    assert.deepEqual([headers["mex-content-type"], headers["mex-content-compressed"]], [undefined, undefined]);
  },
);
