import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { consultationSummary, idKey, infrastructureResponse, readMessage, readResponse } from "@restante/itk3";
import { consultation } from "../consultation.ts";

const uuid = "5b1f0d52-9d6b-4f1e-8c47-0a1b2c3d4e5f";

for (const [id, key] of [
  [uuid, uuid],
  [uuid.toUpperCase(), uuid],
  [`urn:uuid:${uuid.toUpperCase()}`, uuid],
  [`URN:UUID:${uuid}`, uuid],
  [` \t\r\n${uuid.toUpperCase()}\n`, uuid],
  [" urn:uuid:Message-1 ", "Message-1"],
  ["Message-1", "Message-1"],
  [`${uuid.toUpperCase()}0`, `${uuid.toUpperCase()}0`],
  [uuid.toUpperCase().replaceAll("-", ""), uuid.toUpperCase().replaceAll("-", "")],
  ["A B", "A B"],
  ["\u00a0A", "\u00a0A"],
  ["urn:uuid:", ""],
  ["", ""],
] as const) {
  test(`the key of ${JSON.stringify(id)} is ${JSON.stringify(key)}, and its own key`, () => {
    assert.equal(idKey(id), key);
    assert.equal(idKey(key), key);
  });
}

test("the key of a text of many megabytes is found in one look at it", () => {
  const text = `x${" ".repeat(8 * 1024 * 1024)}x`;
  assert.equal(idKey(text), text);
});

test("a response has the id of its request in the letters in which it was sent", () => {
  const { xml, headerId } = consultationSummary({ ...consultation(), ids: () => crypto.randomUUID() });
  const { message } = readMessage(Buffer.from(xml.replaceAll(headerId, headerId.toUpperCase())));
  const answer = infrastructureResponse({
    now: new Date("2026-03-02T10:40:00Z"),
    request: { headerId: message?.headerId },
    code: "20013",
    diagnostics: "As a test says.",
    responder: { odsCode: "Y99002", mailboxId: "Y99002OT001" },
  });
  const read = readMessage(Buffer.from(answer.xml)).message;
  assert.ok(read);
  const { requestHeaderId } = readResponse(read) ?? {};
  assert.equal(requestHeaderId, headerId.toUpperCase());
  assert.equal(idKey(requestHeaderId), headerId);
});
