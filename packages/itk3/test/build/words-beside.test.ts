import assert from "node:assert/strict";
import { test } from "node:test";
import { consultationSummary, genericDocument, infrastructureResponse, readMessage, wordsBeside } from "@restante/itk3";
import { consultation, genericInput, receipt } from "../consultation.ts";

function told(xml: string): ReturnType<typeof wordsBeside> {
  const { message } = readMessage(Buffer.from(xml));
  assert.ok(message !== undefined);
  return wordsBeside(message);
}

test("a message tells the words that its builder gave it, but the subject, which names nobody", () => {
  for (const generation of [1, 2] as const) {
    const { xml, envelope } = consultationSummary(consultation({ generation }));
    const { workflowId, localId } = envelope;
    assert.deepEqual(told(xml), { workflowId, localId, subject: "Consultation report", from: "X26OT001" });
  }
});

test("the title of a generic document, which its sender words, is not repeated", () => {
  const document = { ...genericInput().document, name: "Ann Łukasz's immunisation" };
  for (const generation of [1, 2] as const) {
    const { xml, envelope } = genericDocument(genericInput({ generation, document }));
    const { workflowId, localId } = envelope;
    assert.deepEqual(told(xml), { workflowId, localId, subject: "Document", from: "X26OT001" });
  }
});

test("a response does not tell its workflow", () => {
  const { xml } = infrastructureResponse(receipt());
  assert.deepEqual(told(xml), { workflowId: undefined, localId: "Y90002", subject: "Response", from: "X26OT002" });
});
