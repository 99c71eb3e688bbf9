import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  type Bundle,
  check,
  infrastructureAnswer,
  isResponse,
  messageOf,
  readMessage,
  type Resource,
  writeXml,
} from "@restante/itk3";
import { resourceDefinition } from "../../src/stu3/element-table.ts";
import { everyResource, resourceOf } from "../stu3/arbitrary.ts";

function any(name: string): fc.Arbitrary<Resource> {
  const type = resourceDefinition(name);
  assert.ok(type);
  return resourceOf(type);
}

const payload = fc
  .array(
    fc
      .oneof(any("Composition"), any("Patient"), ...everyResource.map(resourceOf))
      .map((resource) => ({ fullUrl: `urn:uuid:${resource.id ?? "a"}`, resource })),
    { minLength: 1, maxLength: 6 },
  )
  .map((entry): Bundle => ({ resourceType: "Bundle", id: "d", type: "document", entry }));

test("whatever stands in a message, it is checked and answered without throwing", () => {
  fc.assert(
    fc.property(
      any("MessageHeader"),
      payload,
      fc.constantFrom(1 as const, 2 as const),
      (header, document, generation) => {
        const bundle: Bundle = {
          resourceType: "Bundle",
          type: "message",
          entry: [{ resource: header }, { fullUrl: "urn:uuid:d", resource: document }],
        };
        for (const useCase of ["consultation-summary", "online-consultation", "generic", "response"] as const) {
          const message = messageOf(bundle);
          assert.ok(message);
          assert.equal(check(message, { generation, useCase }).conforms, false);
        }
        const read = readMessage(Buffer.from(writeXml(bundle)));
        const responder = { odsCode: "Y90002", mailboxId: "X26OT002" };
        const answer = infrastructureAnswer(read, { now: new Date("2026-01-05T11:00:00Z"), responder });
        assert.equal(answer === undefined, isResponse(read));
      },
    ),
    { numRuns: 60 },
  );
});
