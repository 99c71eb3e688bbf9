import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, consultationSummary, readMessage } from "@restante/itk3";
import { consultation } from "../consultation.ts";

test("documents in sections within sections are found, in their order", () => {
  const { xml } = consultationSummary(consultation());
  const nested = xml
    .replace("<section>", "<section><title value='Outer'/><section>")
    .replace("</section>", "</section></section>");
  const read = readMessage(Buffer.from(nested));
  assert.deepEqual(
    read.message?.attachments.map(({ contentType, primary }) => [contentType, primary]),
    [
      ["application/pdf", true],
      ["image/png", false],
    ],
  );
  assert.equal(check(read).acceptable, true);
});
