import assert from "node:assert/strict";
import { test } from "node:test";
import { DemographicsError, DirectoryError } from "@restante/demographics";
import { CodedError } from "@restante/mesh";

test("demographics that cannot be reached may be asked again", () => {
  const error = new DemographicsError("unavailable", "PDS does not answer.", { retry: "safe" });
  assert.ok(error instanceof CodedError);
  assert.deepEqual({ code: error.code, retry: error.retry }, { code: "unavailable", retry: "safe" });
});

test("a directory error tells every problem, one a line", () => {
  const error = new DirectoryError(["patients.json /a must be b", "patients.json /c must be d"]);
  assert.ok(error instanceof DemographicsError);
  assert.deepEqual({ code: error.code, retry: error.retry }, { code: "directory-invalid", retry: "never" });
  assert.equal(
    error.message,
    "The patients and organisations have 2 problems:\n  patients.json /a must be b\n  patients.json /c must be d",
  );
});

test("a directory error shows as many problems as a person reads, and how many there are", () => {
  const problems = Array.from({ length: 1000 }, (_, index) => `patients.json /${index} must be b`);
  const error = new DirectoryError(problems);
  const lines = error.message.split("\n");
  assert.equal(lines.length, 52);
  assert.equal(lines[0], "The patients and organisations have 1000 problems:");
  assert.equal(lines.at(-1), "  and 950 more");
  assert.equal(error.problems.length, 1000);
});
