import assert from "node:assert/strict";
import { test } from "node:test";
import { isRegisteredAt } from "@restante/demographics";
import { elsewhere, here, patient } from "./records.ts";

const record = patient({ practice: { odsCode: here, from: "2020-01-02", to: "2026-03-31" } });

test("a patient is registered from the first day to the last, both included", () => {
  const days: [string, boolean][] = [
    ["2020-01-01", false],
    ["2020-01-02", true],
    ["2026-03-31", true],
    ["2026-04-01", false],
  ];
  for (const [today, registered] of days) assert.equal(isRegisteredAt(record, here, today), registered, today);
});

test("a registration without days has begun and has not ended", () => {
  assert.equal(isRegisteredAt(patient({ practice: { odsCode: here } }), here, "1900-01-01"), true);
});

test("a patient of another practice, or of none, is not registered here", () => {
  assert.equal(isRegisteredAt(record, elsewhere, "2025-01-01"), false);
  assert.equal(isRegisteredAt(patient({ practice: undefined }), here, "2025-01-01"), false);
});
