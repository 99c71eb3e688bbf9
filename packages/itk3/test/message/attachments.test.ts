import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, consultationSummary, onlineConsultation, readMessage, writeJson } from "@restante/itk3";
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
  const { acceptable, findings } = check(read);
  assert.deepEqual(findings, []);
  assert.equal(acceptable, true);
});

/** The report's content damaged on the way: cut off, or with characters that base64 does not have. */
const damages = [(content: string) => content.slice(0, -1), (content: string) => `${content.slice(0, -8)}!!!!!!!!`];

test("a message whose report is damaged is refused, one with a damaged attachment behind it is not", () => {
  const { xml } = consultationSummary(consultation());
  for (const damage of damages) {
    for (const [which, acceptable] of [
      [0, false],
      [1, true],
    ] as const) {
      let at = -1;
      const damaged = xml.replaceAll(/(<content value=")([^"]+)/g, (whole, head: string, content: string) => {
        at += 1;
        return at === which ? head + damage(content) : whole;
      });
      const read = readMessage(Buffer.from(damaged));
      assert.deepEqual(
        read.message?.attachments.map(({ intact }) => intact),
        [which !== 0, which !== 1],
      );
      const result = check(read);
      assert.equal(result.acceptable, acceptable);
      assert.equal(result.negative?.code, acceptable ? undefined : "20009");
      assert.ok(result.findings.some(({ id }) => id === "GPCM-SD-031"));
    }
  }
});

test("a DocumentReference of 160,000 contents is read and checked without throwing", { timeout: 20_000 }, () => {
  const contents = Array.from({ length: 160_000 }, () => '{"attachment":{"data":""}}').join(",");
  const reference = `{"resourceType":"DocumentReference","id":"many","content":[${contents}]}`;
  const json = writeJson(onlineConsultation(consultation()).bundle)
    .replace('"section": [', '"section": [{"entry":[{"reference":"urn:uuid:many"}]},')
    .replace(
      /(\{\s*"fullUrl": "[^"]*",\s*"resource": \{\s*"resourceType": "Composition")/,
      `{"fullUrl":"urn:uuid:other","resource":${reference}},$1`,
    );
  const read = readMessage(Buffer.from(json), { maxBytes: 20_000_000 });
  assert.ok((read.message?.attachments.length ?? 0) >= 160_000);
  assert.equal(check(read).acceptable, false);
});
