import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  check,
  fileTypeOf,
  infrastructureAnswer,
  isResponse,
  Itk3Error,
  messageOf,
  onlineConsultation,
  readMessage,
  readResponse,
  whyUnanswered,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { consultation } from "../consultation.ts";

const { xml } = onlineConsultation(consultation());
const read = readMessage(Buffer.from(xml));
const responder = { odsCode: "Y90002", mailboxId: "X26OT002" };
const answering = { now: new Date("2026-01-05T11:00:00Z"), responder };

const none = [undefined, null, 1, true, "", xml, [], [xml], {}, () => {}, Symbol("none"), 7n, new Map(), new Date(0)];

function refusedFor(call: () => unknown): string[] {
  let paths: string[] = [];
  assert.throws(call, (error) => {
    assert.ok(error instanceof Itk3Error, error instanceof Error ? error.stack : String(error));
    assert.equal(error.code, "input-invalid");
    assert.doesNotMatch(error.message, /O'Łukasz|9000000009/);
    paths = error.problems.map(({ path }) => path);
    assert.ok(paths.length > 0);
    return true;
  });
  return paths;
}

test("what is no message, no bytes and no resource is refused by name, not by a fault within", () => {
  for (const given of none) {
    const wrong = given as never;
    assert.deepEqual(
      refusedFor(() => readMessage(wrong)),
      ["bytes"],
    );
    assert.deepEqual(
      refusedFor(() => fileTypeOf(wrong)),
      ["content"],
    );
    for (const call of [check, isResponse, messageOf, readResponse, whyUnanswered, writeXml, writeJson]) {
      refusedFor(() => call(wrong));
    }
    refusedFor(() => infrastructureAnswer(wrong, answering));
  }
});

test("options that are none are refused, and so is a part of a message that is of another type", () => {
  for (const given of none) {
    const wrong = given as never;
    if (given === undefined || (typeof given === "object" && !Array.isArray(given) && given !== null)) continue;
    assert.deepEqual(
      refusedFor(() => readMessage(Buffer.from(xml), wrong)),
      ["options"],
    );
    assert.deepEqual(
      refusedFor(() => check(read, wrong)),
      ["options"],
    );
    refusedFor(() => infrastructureAnswer(read, wrong));
    assert.deepEqual(
      refusedFor(() => whyUnanswered(read, wrong)),
      ["envelope"],
    );
  }
  assert.deepEqual(
    refusedFor(() => readMessage(Buffer.from(xml), { maxBytes: "5" as never })),
    ["options.maxBytes"],
  );
  assert.deepEqual(
    refusedFor(() => check(read, { generation: 3, useCase: "letter", envelope: { to: 7 } } as never)),
    ["options.envelope.to", "options.generation", "options.useCase"],
  );
  for (const part of ["bundle", "header", "handling", "attachments", "issues"]) {
    for (const given of [null, 7, "x"]) {
      assert.deepEqual(
        refusedFor(() => check({ ...read.message, [part]: given } as never)),
        [`input.${part}`],
      );
    }
  }
  assert.deepEqual(
    refusedFor(() => infrastructureAnswer(read, { ...answering, responder: undefined as never, now: 7 as never })),
    ["now", "responder"],
  );
});

test("a reference that came as JSON with characters that XML cannot hold is not echoed", () => {
  const odd = JSON.parse(JSON.stringify(read)) as typeof read;
  assert.ok(odd.message);
  odd.message.handling.senderReference = "a\u0001b";
  const answer = infrastructureAnswer(odd, answering);
  assert.ok(answer);
  assert.match(answer.xml, /<valueString value="None"\/>/);
});
