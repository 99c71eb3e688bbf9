import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { type MexHeaders, newMessageId } from "@restante/mesh";
import { type MeshReport, readReport } from "@restante/mesh-client";
import { settableClock, startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";

const { sender, practice } = testMailboxes;
const day = 24 * 60 * 60_000;

test("a report says which message it is about, what became of it and when, and has no body", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30Z"));
  const server = await startTestServer(t, { clock });
  await using from = await testClient(server, sender);
  const message = {
    to: practice,
    workflowId: testWorkflow,
    body: "x",
    localId: "local 1",
    subject: "about",
    // MESH leaves it out of a report of what was not collected.
    fileName: undefined,
  };
  const { messageId } = await from.send(message);
  clock.advance(5 * day + 1);
  const { reportId } = await server.events.next("report-placed");

  const expected: MeshReport = {
    linkedMessageId: messageId,
    event: "SEND",
    code: "14",
    description: "Message not collected by recipient after 5 days",
    at: new Date("2026-03-07T10:20:30Z"),
    workflowId: testWorkflow,
    to: practice,
    localId: "local 1",
    subject: "about",
    // MESH leaves it out of a report of what was not collected.
    fileName: undefined,
  };
  const { report, body } = await from.download(reportId);
  assert.deepEqual({ ...report, at: undefined }, { ...expected, at: undefined });
  assert.ok((report?.at?.getTime() ?? 0) >= (expected.at?.getTime() ?? NaN));
  assert.equal((await buffer(body)).length, 0);
  assert.deepEqual((await from.head(reportId)).report, report);
});

test("a message of data is no report, and a report whose link cannot be an id has none", () => {
  const messageId = newMessageId(new Date());
  const report = (headers: MexHeaders): MeshReport | undefined => readReport({ messageType: "Report", ...headers });
  assert.equal(readReport({ messageType: "DATA", statusCode: "00", linkedMessageId: messageId }), undefined);
  assert.equal(readReport({}), undefined);
  assert.equal(report({ linkedMessageId: messageId })?.linkedMessageId, messageId);
  assert.equal(report({ linkedMessageId: ".." })?.linkedMessageId, undefined);
  assert.equal(report({})?.linkedMessageId, undefined);
});
