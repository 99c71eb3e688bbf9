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
