import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, consultationSummary, messageOf, readMessage, writeJson, writeXml } from "@restante/itk3";
import { positionsOf } from "../../src/check/positions-of.ts";
import type { Breach } from "../../src/check/rule.ts";
import { consultation } from "../consultation.ts";
import { subjects } from "./subjects.ts";

/** What is written from a place on. */
function writtenAt(text: string, { line = 0, column = 0 }: { line?: number; column?: number } = {}): string {
  const written = text.split("\n")[line - 1] ?? "";
  return Array.from(written)
    .slice(column - 1)
    .join("");
}

/** Every plain value of a message, as a finding would name it: of a list the first. */
function* plainValuesOf(element: object): Generator<{ breach: Breach; name: string; value: unknown }> {
  for (const [name, held] of Object.entries(element) as [string, unknown][]) {
    const items: unknown[] = Array.isArray(held) ? held : [held];
    const [first] = items;
    if (typeof first !== "object" && name !== "resourceType") {
      yield { breach: { element, path: name }, name, value: first };
    }
    for (const item of items) if (typeof item === "object" && item !== null) yield* plainValuesOf(item);
  }
}

/** What XML writes as an attribute stands where its element does. */
const attributes = new Set(["id", "url"]);

for (const { name: subject, bundle } of subjects()) {
  test(`the place of every plain value of a ${subject} is its own, in XML`, () => {
    const xml = writeXml(bundle);
    const { message } = readMessage(Buffer.from(xml));
    assert.ok(message);
    const all = Array.from(plainValuesOf(message.bundle));
    const positionAt = positionsOf(
      message.bundle,
      all.map(({ breach }) => breach),
    );
    assert.ok(all.length > 30);
    for (const { breach, name } of all) {
      const written = writtenAt(xml, positionAt(breach));
      const isOwn = new RegExp(`^<${name}[ >]`).test(written);
      assert.ok(isOwn || (attributes.has(name) && /^<\w+ (?:id|url)="/.test(written)), `${name}: ${written}`);
    }
  });

  test(`the place of every plain value of a ${subject} is its own, in JSON`, () => {
    const json = writeJson(bundle);
    const { message } = readMessage(Buffer.from(json));
    assert.ok(message);
    const all = Array.from(plainValuesOf(message.bundle));
    const positionAt = positionsOf(
      message.bundle,
      all.map(({ breach }) => breach),
    );
    for (const { breach, name, value } of all) {
      const written = writtenAt(json, positionAt(breach));
      // A decimal is held as it was written.
      assert.ok(
        [JSON.stringify(value), String(value)].some((said) => written.startsWith(said)),
        `${name}: ${written}`,
      );
    }
  });
}

const { xml, bundle } = consultationSummary(consultation());
const retitle = (text: string): string =>
  text.replace(/(<title value="|"title": ")[^"]+/, (_, before: string) => `${before}Another title`);

for (const [format, valid] of [
  ["XML", xml],
  ["JSON", writeJson(bundle)],
] as const) {
  test(`a finding about a plain value tells its line and column, in ${format}`, () => {
    const text = retitle(valid);
    const bytes = Buffer.from(text);
    const read = readMessage(bytes);
    // Once it was read, its bytes are the caller's again.
    bytes.fill(0x20);
    const titled = check(read).findings.filter(({ location }) => location.endsWith(".resource.title"));
    assert.ok(titled.length > 0);
    for (const finding of titled) {
      assert.match(writtenAt(text, finding), format === "XML" ? /^<title value="Another title"/ : /^"Another title"/);
    }
  });

  test(`a value that was left out, of which a finding says what is wrong, has its own place, in ${format}`, () => {
    const text = valid.replace(/(InfAckRequested"[^t]*?)"?true"?/, (_, before: string) => `${before}"maybe"`);
    const found = check(readMessage(Buffer.from(text))).findings;
    assert.deepEqual(
      found.map(({ id }) => id),
      ["Extension-ITK-MessageHandling-2:InfAckRequested"],
    );
    assert.match(writtenAt(text, found[0]), format === "XML" ? /^<valueBoolean value="maybe"/ : /^"maybe"/);
  });

  test(`a flag that is false, and an NHS number that fails its check digit behind another identifier, have their own places, in ${format}`, () => {
    const message = messageOf(structuredClone(bundle));
    assert.ok(message?.patient?.identifier);
    message.patient.identifier = [{ value: "1" }, ...message.patient.identifier];
    const text = (format === "XML" ? writeXml : writeJson)(message.bundle)
      .replace(/(InfAckRequested"[^t]*?)true/, (_, before: string) => `${before}false`)
      .replace(/(value="|"value": ?")9000000009/, (_, before: string) => `${before}9000000008`);
    const found = check(readMessage(Buffer.from(text))).findings;
    const flag = found.find(({ id }) => id === "GPCM-SD-CS-045");
    assert.match(writtenAt(text, flag), format === "XML" ? /^<valueBoolean value="false"/ : /^false/);
    const number = found.find(({ id }) => id === "GPCM-SD-CS-039");
    assert.match(number?.location ?? "", /\.identifier\[1\]\.value$/);
    assert.match(writtenAt(text, number), format === "XML" ? /^<value value="9000000008"/ : /^"9000000008"/);
  });

  test(`a value that was put in after reading has the place of what holds it, in ${format}`, () => {
    const { message } = readMessage(Buffer.from(valid));
    assert.ok(message?.composition);
    message.composition.implicitRules = "urn:x";
    const finding = check(message).findings.find(({ id }) => id === "FHIR:implicitRules");
    const written = writtenAt(valid, finding);
    assert.match(written, format === "XML" ? /^<Composition>/ : /^\{$/);
  });
}

test("a finding of a message that was built has no line", () => {
  const message = messageOf(structuredClone(bundle));
  assert.ok(message?.composition);
  message.composition.title = "Another title";
  const { findings } = check(message);
  assert.ok(findings.length > 0);
  for (const { line } of findings) assert.equal(line, undefined);
});
