import assert from "node:assert/strict";
import { test } from "node:test";

import { startTestServer, testClient, testMailboxes, testRequest, testWorkflow } from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;

test("a delivered message has the headers of the reference, and no empty ones", async (t) => {
  const server = await startTestServer(t);
  const sent = await testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: {
      "mex-from": sender,
      "mex-to": pharmacy.toLowerCase(),
      "mex-workflowid": testWorkflow,
      "mex-subject": "a subject",
      "mex-localid": "local 1",
      "mex-partnerid": "",
      "mex-content-checksum": "md5 0123",
      "mex-content-encrypted": "Y",
      "content-type": "text/xml",
    },
    body: "hello",
  });
  const messageId = (sent.json as { messageID: string }).messageID;
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;

  const got = await testRequest(server, pharmacy, { path });
  const head = await testRequest(server, pharmacy, { path, method: "HEAD" });

  assert.equal(got.body.toString(), "hello");
  assert.equal(got.headers["content-type"], "text/xml");
  assert.equal(got.headers["content-length"], "5");
  const expected = {
    "mex-from": sender,
    "mex-to": pharmacy,
    "mex-workflowid": testWorkflow,
    "mex-chunk-range": "1:1",
    "mex-total-chunks": "1",
    "mex-addresstype": "ALL",
    "mex-localid": "local 1",
    "mex-filename": `${messageId}.dat`,
    "mex-subject": "a subject",
    "mex-version": "1.0",
    "mex-messagetype": "DATA",
    "mex-messageid": messageId,
    "mex-statuscode": "00",
    "mex-statusevent": "TRANSFER",
    "mex-statusdescription": "Transferred to recipient mailbox",
    "mex-statussuccess": "SUCCESS",
    "mex-statustimestamp": messageId.slice(0, 14),
    "mex-content-checksum": "md5 0123",
    "mex-content-encrypted": "Y",
    "mex-content-type": "text/xml",
  };
  for (const { headers } of [got, head]) {
    const mex = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("mex-")));
    assert.deepEqual(mex, expected);
  }
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
});

test("text in headers comes back as it was sent: UTF-8, or Latin-1 from an older client", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const subject = "Für Łukasz: żółć, naïve";

  const { messageId } = await client.send({
    to: pharmacy,
    workflowId: testWorkflow,
    subject,
    fileName: "Œuvre.xml",
    body: Buffer.from("x".repeat(100)),
  });
  const latin = await testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, "mex-subject": "café" },
    body: "x",
  });

  const { headers } = await receiver.download(messageId);
  assert.deepEqual([headers.subject, headers.fileName], [subject, "Œuvre.xml"]);
  const path = `/messageexchange/${pharmacy}/inbox/${(latin.json as { messageID: string }).messageID}`;
  const raw = await testRequest(server, pharmacy, { path });
  assert.equal(raw.headers["mex-subject"], "caf\u00E9", "the same bytes, not those of another encoding");
  const head = await testRequest(server, pharmacy, { path, method: "HEAD" });
  assert.equal(head.headers["mex-subject"], raw.headers["mex-subject"]);
});

test("a chunk number that is none is refused with 400", async (t) => {
  const server = await startTestServer(t);

  const path = `/messageexchange/${pharmacy}/inbox/20200101000000000000_ABCDEF/zero`;

  assert.equal((await testRequest(server, pharmacy, { path })).status, 400);
});

test("a content type is given back as it was sent, whatever its letters", async (t) => {
  const server = await startTestServer(t);
  const post = (headers: Record<string, string>): ReturnType<typeof testRequest> =>
    testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox`,
      headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...headers },
      body: "x",
    });
  const strange = Buffer.from("text/plain; name=żółć").toString("latin1");

  for (const headers of [{ "content-type": strange }, { "mex-content-type": strange }]) {
    const { json } = await post(headers);
    const path = `/messageexchange/${pharmacy}/inbox/${(json as { messageID: string }).messageID}`;
    const answer = await testRequest(server, pharmacy, { path });
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, strange]);
  }
  assert.equal((await post({ "content-type": "text/\tplain" })).status, 400);
});
