import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Bundle,
  businessResponse,
  check,
  type CheckOptions,
  consultationSummary,
  genericDocument,
  infrastructureResponse,
  messageOf,
  onlineConsultation,
} from "@restante/itk3";
import { requirementId, type UseCase } from "../../src/check/rule.ts";
import { rules } from "../../src/check/rules.ts";
import { consultation, countingIds, genericInput } from "../consultation.ts";
import { everySection } from "./full-document.ts";
import { additionsTo } from "./additions.ts";
import { mutantsOf } from "./mutate.ts";

interface Subject {
  name: string;
  bundle: Bundle;
  options: CheckOptions & { generation: 1 | 2; useCase: UseCase };
}

const document = {
  type: { code: "371531000", display: "Report" },
  name: "Immunisation",
  encounterType: { code: "11429006", display: "Consultation" },
};
const replacing = { version: 2, replaces: "00000000-0000-4000-8000-00000000aaaa" };

function subjects(): Subject[] {
  const made: Subject[] = [];
  for (const generation of [1, 2] as const) {
    const changes = { generation, ...replacing };
    const built = [
      ["consultation-summary", consultationSummary(consultation(changes))],
      ["online-consultation", onlineConsultation(consultation(changes))],
      [
        "generic",
        genericDocument(
          genericInput({ ...changes, document, ...(generation === 1 ? { sections: everySection } : {}) }),
        ),
      ],
    ] as const;
    for (const [useCase, { bundle, envelope }] of built) {
      const { workflowId, subject, localId, to } = envelope;
      const options = { generation, useCase, envelope: { workflowId, subject, localId, to, from: "X26OT001" } };
      made.push({ name: `${useCase} ${generation}.x`, bundle, options });
    }
  }
  for (const build of [infrastructureResponse, businessResponse]) {
    const { bundle } = build({
      now: new Date("2026-01-05T11:00:00Z"),
      ids: countingIds(),
      request: { headerId: "a" },
      code: build === businessResponse ? "30002" : "20009",
      diagnostics: "Found in a test.",
      responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
    });
    made.push({
      name: "response",
      bundle,
      options: { generation: 1, useCase: "response", envelope: { workflowId: "GPFED_CONSULT_REPORT_ACK" } },
    });
  }
  return made;
}

test("no rule fires on a valid message with every resource that may be sent", () => {
  for (const { name, bundle, options } of subjects()) {
    const message = messageOf(bundle);
    assert.ok(message);
    assert.deepEqual(check(message, options).findings, [], name);
  }
});

test(
  "every rule fires on a valid message broken in one place, and none says anything of the patient",
  { timeout: 120_000 },
  () => {
    const fired = new Set<string>();
    const secrets = /9000000009|Łukasz|Ampère|1980-02-03|encounter-0001|Test Street|496 000/;
    for (const { bundle, options } of subjects()) {
      const note = (broken: Bundle, held: CheckOptions): void => {
        const message = messageOf(broken);
        if (message === undefined) return;
        const { findings, negative } = check(message, held);
        for (const { id, text } of findings) fired.add(`${id} ${text}`);
        assert.doesNotMatch(JSON.stringify({ findings, negative }), secrets);
      };
      for (const { value } of mutantsOf(bundle)) note(value, options);
      for (const { value } of additionsTo(bundle)) note(value, options);
      if (options.envelope === undefined) continue;
      for (const field of ["from", "to", "workflowId", "subject", "localId"] as const) {
        note(bundle, { ...options, envelope: { ...options.envelope, [field]: "GPPROVIDER_x" } });
      }
    }
    const silent = rules.flatMap((rule) => {
      const ids = ([1, 2] as const).flatMap((generation) =>
        (["consultation-summary", "online-consultation", "generic", "response"] as const).flatMap(
          (useCase) => requirementId(rule, generation, useCase) ?? [],
        ),
      );
      return ids.some((id) => fired.has(`${id} ${rule.text}`)) ? [] : [`${JSON.stringify(rule.numbers)} ${rule.text}`];
    });
    assert.deepEqual(silent, []);
  },
);
