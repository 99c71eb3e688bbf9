import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answers, reportState, type Step } from "../../src/hand-over/states.ts";
import type { ReportState } from "../../src/worklist.ts";

const good = { code: "20013", positive: true };
const duplicate = { code: "20007", positive: false };
const bad = { code: "20009", positive: false };
const known = { code: "30001", positive: true };
const unknown = { code: "30002", positive: false };

const cases: [Step, Partial<Answers>, ReportState][] = [
  ["due", {}, "built"],
  ["staged", {}, "built"],
  ["sending", {}, "built"],
  ["handed-over", {}, "handed-over"],
  ["sent", {}, "sent"],
  ["held", {}, "held"],
  ["failed", {}, "failed"],
  ["sent", { returned: true }, "returned"],
  ["handed-over", { infrastructure: good }, "received"],
  ["sent", { infrastructure: good }, "received"],
  ["sent", { infrastructure: bad }, "refused"],
  ["sent", { infrastructure: duplicate }, "refused"],
  ["sent", { infrastructure: good, business: known }, "accepted"],
  ["sent", { infrastructure: good, business: unknown }, "refused"],
  ["handed-over", { business: known }, "accepted"],
  ["sent", { infrastructure: duplicate, business: known }, "accepted"],
  ["sent", { infrastructure: bad, business: known }, "refused"],
  ["sent", { returned: true, infrastructure: good }, "received"],
];

for (const [step, answers, state] of cases) {
  const { returned = false, infrastructure, business } = answers;
  const codes = [returned ? "returned" : "", infrastructure?.code, business?.code].filter(Boolean).join(" and ");
  test(`a report at ${step} with ${codes || "no answer"} is ${state}`, () => {
    assert.equal(reportState(step, { returned, ...answers }), state);
  });
}
