import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  type AddressedAnswer,
  answerAsTold,
  check,
  consultationSummary,
  readMessage,
  readResponse,
  type ToldAnswer,
  unreadableHeaderId,
} from "@restante/itk3";
import { assertClean } from "../clean.ts";
import { consultation } from "../consultation.ts";

const valid = consultationSummary(consultation()).xml;
const workflowId = "GPFED_CONSULT_REPORT";
const by = { now: new Date("2026-01-05T11:00:00Z"), responder: { odsCode: "Y90002", mailboxId: "X26OT002" } };

function told(answer: ToldAnswer, xml: string = valid, workflow: string = workflowId): AddressedAnswer {
  return answerAsTold({ body: Buffer.from(xml), workflowId: workflow }, answer, by);
}

function codeOf({ body }: AddressedAnswer): string | undefined {
  const read = readMessage(body);
  assertClean(check(read));
  return read.message && readResponse(read.message)?.code;
}

test("a message is answered with the code that was told, on its workflow's _ACK, without a patient's detail", () => {
  const { workflowId: workflow, localId, subject } = told({ level: "infrastructure" });
  assert.deepEqual(
    [workflow, localId, subject],
    ["GPFED_CONSULT_REPORT_ACK", "Y90002", "Infrastructure acknowledgement"],
  );
  assert.equal(codeOf(told({ level: "infrastructure" })), "20013");
  assert.equal(codeOf(told({ level: "infrastructure", verdict: "negative" })), "20009");
  assert.equal(codeOf(told({ level: "business", verdict: "positive" })), "30001");
  assert.equal(codeOf(told({ level: "business", verdict: "negative" })), "30002");
  assert.equal(codeOf(told({ level: "business", code: "30003" })), "30003");
});

test("an answer that is to be unreadable is what is left of a right one", () => {
  const { body } = told({ level: "infrastructure", unreadable: true });
  assert.ok(body.byteLength > 500);
  const read = readMessage(body);
  assert.equal(read.message, undefined);
  assert.equal(read.remains?.isResponse, true);
});

test("what cannot be read is answered by refusing it, and in no other way", () => {
  const answer = told({ level: "infrastructure", code: "10009" }, "nothing at all");
  const read = readMessage(answer.body);
  assert.equal(read.message && readResponse(read.message)?.requestHeaderId, unreadableHeaderId);
  assert.throws(() => told({ level: "infrastructure" }, "nothing at all"), { code: "unanswerable" });
});

test("an answer, a message that asks for none, and a code of the other level are refused", () => {
  const answer = Buffer.from(told({ level: "business" }).body).toString();
  assert.throws(() => told({ level: "business" }, answer), { code: "unanswerable" });
  assert.throws(() => told({ level: "business" }, valid, "GPFED_CONSULT_REPORT_ACK"), { code: "unanswerable" });
  const withoutBusiness = valid.replace(/(BusAckRequested">\s*<valueBoolean value=)"true"/, '$1"false"');
  assert.throws(() => told({ level: "business" }, withoutBusiness), { code: "unanswerable" });
  assert.equal(codeOf(told({ level: "infrastructure" }, withoutBusiness)), "20013");
  assert.throws(() => told({ level: "business", code: "20013" }), { code: "code-unknown" });
});
