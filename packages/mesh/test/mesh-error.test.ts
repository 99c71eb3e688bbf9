import assert from "node:assert/strict";
import { test } from "node:test";
import { CodedError, ControlFileError, MeshError } from "@restante/mesh";

test("a control file error is a mesh error with a code, a line and no hope in trying again", () => {
  const error = new ControlFileError("Subject is not closed.", 9);
  assert.ok(error instanceof MeshError && error instanceof CodedError);
  assert.deepEqual(
    { code: error.code, line: error.line, retry: error.retry, name: error.name, message: error.message },
    {
      code: "control-file-malformed",
      line: 9,
      retry: "never",
      name: "ControlFileError",
      message: "Control file, line 9: Subject is not closed.",
    },
  );
});
