import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  check,
  consultationSummary,
  infrastructureAnswer,
  type InfrastructureAnswerInput,
  readMessage,
  readResponse,
  type ResponseContent,
  unreadableHeaderId,
  whyUnanswered,
  writeJson,
} from "@restante/itk3";
import { assertClean } from "../clean.ts";
import { consultation } from "../consultation.ts";

const valid = consultationSummary(consultation()).xml;
const input: InfrastructureAnswerInput = {
  now: new Date("2026-01-05T11:00:00Z"),
  responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
};

function answerTo(xml: string): (ResponseContent & { senderReference: string | undefined }) | undefined {
  const answer = infrastructureAnswer(readMessage(Buffer.from(xml)), input);
  if (answer === undefined) return undefined;
  const read = readMessage(Buffer.from(answer.xml));
  assertClean(check(read));
  const content = read.message === undefined ? undefined : readResponse(read.message);
  assert.ok(content);
  return { ...content, senderReference: read.message?.handling.senderReference };
}

test("a message that can be handed on is answered with 20013, its id and its sender's reference", () => {
  const answer = answerTo(valid);
  assert.equal(answer?.code, "20013");
  assert.equal(answer.requestHeaderId, "00000000-0000-4000-8000-000000000002");
  assert.equal(answer.senderReference, "encounter-0001");
});

test("a message without a patient is answered with 20009 and what is missing", () => {
  const answer = answerTo(valid.replace(/<Patient>[\s\S]*<\/Patient>/, '<Organization><id value="x"/></Organization>'));
  assert.equal(answer?.code, "20009");
  assert.match(answer.diagnostics ?? "", /no Patient/);
});

test("a broken message is answered by what is left of it", () => {
  const answer = answerTo(valid.slice(0, valid.indexOf("<Composition>")));
  assert.equal(answer?.code, "10009");
  assert.equal(answer.requestHeaderId, "00000000-0000-4000-8000-000000000002");
  assert.equal(answerTo("nothing at all")?.requestHeaderId, unreadableHeaderId);
});

test("a sender that wants no infrastructure acknowledgement gets none, and an unreadable flag counts as wanting one", () => {
  const flag = /(InfAckRequested">\s*<valueBoolean value=)"true"/;
  assert.equal(answerTo(valid.replace(flag, '$1"false"')), undefined);
  assert.equal(answerTo(valid.replace(flag, '$1"perhaps"'))?.code, "20013");
});

test("nothing that came on a workflow of acknowledgements is answered", () => {
  const envelope = { workflowId: "GPFED_CONSULT_REPORT_ACK" };
  for (const xml of [valid, "nothing at all"]) {
    assert.equal(infrastructureAnswer(readMessage(Buffer.from(xml)), { ...input, check: { envelope } }), undefined);
  }
});

test("a response is not answered, nor is what is left of one", () => {
  const response = infrastructureAnswer(readMessage(Buffer.from(valid)), input)?.xml ?? "";
  assert.equal(answerTo(response), undefined);
  assert.equal(answerTo(response.slice(0, -30)), undefined);
});

test("a sender's reference in JSON that XML cannot hold does not keep a message from its answer", () => {
  const json = writeJson(consultationSummary(consultation()).bundle);
  const answer = answerTo(json.replace('"encounter-0001"', String.raw`"encounter\u0000"`));
  assert.equal(answer?.code, "20013");
  assert.equal(answer.senderReference, "None");
});

test("why there is no answer can be asked, and is undefined wherever there is one", () => {
  const asksNot = valid.replace(/(InfAckRequested">\s*<valueBoolean value=)"true"/, '$1"false"');
  const response = infrastructureAnswer(readMessage(Buffer.from(valid)), input)?.xml ?? "";
  const ack = { workflowId: "GPFED_CONSULT_REPORT_ACK" };
  for (const [xml, envelope, why] of [
    [valid, undefined, undefined],
    ["nothing at all", undefined, undefined],
    [valid, ack, "ack-workflow"],
    ["nothing at all", ack, "ack-workflow"],
    [response, undefined, "response"],
    [asksNot, undefined, "not-asked"],
  ] as const) {
    const read = readMessage(Buffer.from(xml));
    assert.equal(whyUnanswered(read, envelope), why);
    const answer = infrastructureAnswer(read, { ...input, check: envelope === undefined ? {} : { envelope } });
    assert.equal(answer === undefined, why !== undefined);
  }
});
