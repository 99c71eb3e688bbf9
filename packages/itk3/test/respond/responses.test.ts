import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  businessResponse,
  consultationSummary,
  infrastructureResponse,
  isResponse,
  Itk3Error,
  readMessage,
  readResponse,
  type ResponseInput,
  responseCodes,
  unreadableHeaderId,
} from "@restante/itk3";
import { consultation, countingIds } from "../consultation.ts";

function response(code: string, changes: Partial<ResponseInput> = {}) {
  const input: ResponseInput = {
    now: new Date("2026-01-05T11:00:00Z"),
    ids: countingIds(),
    request: { headerId: "0b1c2d3e-0000-4000-8000-000000000001", senderReference: "encounter-0001" },
    code,
    diagnostics: "Found in a test.",
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
    ...changes,
  };
  return code.startsWith("3") ? businessResponse(input) : infrastructureResponse(input);
}

test(
  "every code is answered with its severity, issue code, display and response code, and reads back",
  { tags: ["RC-HS-01", "RC-HS-02"] },
  () => {
    assert.equal(responseCodes.size, 49);
    for (const expected of responseCodes.values()) {
      const built = response(expected.code);
      const { message, issues } = readMessage(Buffer.from(built.xml));
      assert.deepEqual(issues, []);
      assert.ok(message);
      assert.equal(isResponse(message), true);
      assert.deepEqual(readResponse(message), {
        requestHeaderId: "0b1c2d3e-0000-4000-8000-000000000001",
        level: expected.level,
        code: expected.code,
        positive: expected.positive,
        diagnostics: "Found in a test.",
      });
      assert.equal(message.header.response?.code, expected.responseCode);
      assert.deepEqual(
        [message.handling.busAckRequested, message.handling.infAckRequested, message.handling.senderReference],
        [false, false, "encounter-0001"],
      );
      const outcome = message.bundle.entry?.at(-1)?.resource;
      assert.ok(outcome?.resourceType === "OperationOutcome");
      assert.deepEqual(outcome.issue, [
        {
          severity: expected.severity,
          code: expected.issueCodes[0],
          details: {
            coding: [
              {
                system: "https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1",
                code: expected.code,
                display: expected.display,
              },
            ],
          },
          diagnostics: "Found in a test.",
        },
      ]);
    }
  },
);

test("the answer to a message whose id could not be read, or cannot be repeated, says so", () => {
  for (const headerId of [undefined, "", "not an id"]) {
    const { message } = readMessage(Buffer.from(response("10009", { request: { headerId } }).xml));
    assert.equal(message?.header.response?.identifier, unreadableHeaderId);
    assert.equal(message.handling.senderReference, "None");
  }
});

test("a code of the other level, an unknown code and a missing diagnosis are refused", () => {
  assert.throws(() => infrastructureResponse({ ...inputOf("30001") }), { code: "code-unknown" });
  assert.throws(() => businessResponse({ ...inputOf("20013") }), { code: "code-unknown" });
  assert.throws(() => infrastructureResponse({ ...inputOf("99999") }), { code: "code-unknown" });
  assert.throws(() => response("20013", { diagnostics: " " }), { code: "input-invalid" });
  assert.throws(() => response("20013", JSON.parse('{ "diagnostics": null }') as object), { code: "input-invalid" });
  assert.throws(() => response("20013", { now: new Date(Number.NaN) }), { code: "input-invalid" });
  for (const code of ["20013", "30002"]) {
    for (const number of ["9000000009", "900 000 0009"]) {
      assert.throws(() => response(code, { diagnostics: `Not found: ${number}.` }), {
        code: "input-invalid",
        message: "diagnostics hold an NHS number (FHIR-BA-02).",
      });
    }
  }
  assert.throws(() => response("20013", { issueCode: "duplicate" }), { code: "input-invalid" });
});

test("a document is no response", () => {
  const { message } = readMessage(Buffer.from(consultationSummary(consultation()).xml));
  assert.ok(message);
  assert.equal(isResponse(message), false);
  assert.equal(readResponse(message), undefined);
});

function inputOf(code: string): ResponseInput {
  return {
    now: new Date("2026-01-05T11:00:00Z"),
    request: { headerId: "a" },
    code,
    diagnostics: "x",
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
  };
}

test("who answers must be named by a mailbox and an ODS code", () => {
  const input = {
    now: new Date("2026-01-05T11:00:00Z"),
    request: { headerId: "a" },
    code: "20013",
    diagnostics: "Found in a test.",
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
  };
  const wrong = [
    [{ odsCode: "", mailboxId: "X26OT002" }, "responder.odsCode"],
    [{ odsCode: "Y90002", mailboxId: "not a mailbox" }, "responder.mailboxId"],
  ] as const;
  for (const [responder, path] of wrong) {
    assert.throws(
      () => infrastructureResponse({ ...input, responder }),
      (error) => {
        assert.ok(error instanceof Itk3Error);
        assert.equal(error.code, "input-invalid");
        assert.deepEqual(
          error.problems.map((problem) => problem.path),
          [path],
        );
        return true;
      },
    );
  }
});
