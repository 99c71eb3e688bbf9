import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  type Bundle,
  check,
  onlineConsultation,
  readMessage,
  type Resource,
  type stu3,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { consultation } from "../consultation.ts";

const count = 5000;

/** A message whose document is stuffed. */
function stuffed(
  resources: (index: number) => Resource,
  section: (index: number) => string,
  id: (index: number) => string,
): Buffer {
  const { bundle } = onlineConsultation(consultation());
  const document = bundle.entry?.at(-1)?.resource as Bundle;
  const composition = document.entry?.[0]?.resource as stu3.Composition;
  const numbers = Array.from({ length: count }, (_, index) => index);
  document.entry?.push(...numbers.map((index) => ({ fullUrl: id(index), resource: resources(index) })));
  const references = numbers.map((index) => ({ reference: section(index) }));
  composition.section?.push({ title: "Stuffed", entry: references });
  const list: stu3.List = {
    resourceType: "List",
    id: "list",
    status: "current",
    mode: "snapshot",
    entry: references.map((item) => ({ item })),
  };
  document.entry?.push({ fullUrl: "urn:uuid:list", resource: list });
  return Buffer.from(writeXml(bundle));
}

const observation = (index: number): Resource => ({
  resourceType: "Observation",
  id: `o-${index}`,
  status: "final",
  code: { text: "x" },
});
const binary = (index: number): Resource => ({
  resourceType: "Binary",
  id: `o-${index}`,
  contentType: "image/png",
  content: "AAAA",
});
const own = (index: number): string => `urn:uuid:o-${index}`;
const shared = (): string => "urn:uuid:shared";

for (const [what, bytes] of [
  ["5,000 Observations", stuffed(observation, own, own)],
  ["5,000 Observations of one id", stuffed(observation, shared, shared)],
  ["5,000 attachments of one id", stuffed(binary, shared, shared)],
  ["5,000 references to nothing", stuffed(observation, () => "urn:uuid:nothing", own)],
] as const) {
  test(`${what} are checked, and their findings do not pile up`, { timeout: 20_000 }, async () => {
    const { findings } = check(readMessage(bytes, { maxBytes: 20_000_000 }));
    assert.ok(findings.length < 3000);
    assert.ok(findings.some(({ text }) => /in \d{4} places/.test(text)));
    // The timeout of a test that never waits is never noticed.
    await setTimeout(0);
  });
}

// More than a call can take as its arguments, and no more than a message may have.
test("a list of 150,000 references to nothing is checked without throwing", { timeout: 20_000 }, async () => {
  const details = Array.from({ length: 150_000 }, () => '{"reference":"x"}').join(",");
  const json = writeJson(onlineConsultation(consultation()).bundle).replace(
    '"resourceType": "Composition",',
    (found) => `${found}"event":[{"detail":[${details}]}],`,
  );
  const { findings } = check(readMessage(Buffer.from(json)));
  assert.ok(findings.some(({ id, text }) => id === "FHIR:reference" && text.includes("in 150000 places")));
  // The timeout of a test that never waits is never noticed.
  await setTimeout(0);
});

test("an Observation of 20,000 contained performers is checked in time", { timeout: 20_000 }, async () => {
  const { bundle } = onlineConsultation(consultation());
  const document = bundle.entry?.at(-1)?.resource as Bundle;
  const ids = Array.from({ length: 20_000 }, (_, index) => `p-${index}`);
  const performed: stu3.Observation = {
    resourceType: "Observation",
    id: "performed",
    contained: ids.map((id) => ({ resourceType: "Patient", id })),
    status: "final",
    code: { text: "x" },
    performer: ids.map((id) => ({ reference: `#${id}` })),
  };
  document.entry?.push({ fullUrl: "urn:uuid:performed", resource: performed });
  const { findings } = check(readMessage(Buffer.from(writeJson(bundle)), { maxBytes: 20_000_000 }));
  // The timeout of a test that never waits is never noticed.
  await setTimeout(0);
  assert.ok(findings.some(({ id }) => id === "GPCM-SD-OC-052"));
});

test(
  "50,000 references to an entry whose fullUrl is a megabyte long are checked in time",
  { timeout: 20_000 },
  async () => {
    const { bundle } = onlineConsultation(consultation());
    const document = bundle.entry?.at(-1)?.resource as Bundle;
    const performer = Array.from({ length: 50_000 }, () => ({ reference: "Organization/long" }));
    const performed: stu3.Observation = {
      resourceType: "Observation",
      id: "long",
      status: "final",
      code: { text: "x" },
      performer,
    };
    const fullUrl = `https://supplier.example/${"a/".repeat(500_000)}`;
    document.entry?.push(
      { fullUrl: `${fullUrl}Observation/long`, resource: performed },
      { fullUrl: `${fullUrl}Organization/lone`, resource: { resourceType: "Organization", id: "lone" } },
      { fullUrl: "https://supplier.example/1", resource: { resourceType: "Organization", id: "long" } },
    );
    const { findings } = check(readMessage(Buffer.from(writeJson(bundle)), { maxBytes: 20_000_000 }));
    await setTimeout(0);
    assert.ok(findings.some(({ id, text }) => id === "FHIR:reference.fullUrl" && text.includes("in 50000 places")));
  },
);
