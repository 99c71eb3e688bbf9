import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, type Finding, readMessage, writeXml } from "@restante/itk3";
import { mutantsOf } from "./mutate.ts";
import { type Subject, subjects } from "./subjects.ts";

const valid = subjects().map(({ bundle, options, name }) => ({ xml: writeXml(bundle), bundle, options, name }));

function findingsOf(xml: string, options: Subject["options"]): readonly Finding[] {
  return check(readMessage(Buffer.from(xml)), options).findings;
}

const said = (findings: readonly Finding[]): string => findings.map(({ id }) => id).join(" + ");

/** Values that are none of their type, or of any. */
const wrong = ["", "~ bad"];

/** What goes wrong with a value elsewhere too, where nobody can say that it is one cause. */
const elsewhere: readonly RegExp[] = [
  // The words of the subject and of the text, and the address, name the patient: which of them is wrong?
  /^(?:Composition\.text:patient|GPCM-SD-(?:CS-0(?:23|42|65)|OC-0(?:07|20)|OC-167|GE-0(?:07|20)|GE-295)|SCAL-GPCM-SD-0(?:38|61)| \+ |STU3:bad-value)+$/,
  // A practitioner lacks what the wish asks for; a List no longer holds what it held.
  /SCAL-GPCM-SD-032|GPCM-SD-026/,
  // The only report is no longer one.
  /GPCM-SD-CS-028|GPCM-SD-OC-012|SCAL-GPCM-SD-086/,
];

test("a value that is none is told of once, wherever in a message it stands", { timeout: 120_000 }, (t) => {
  let all = 0;
  const several = new Map<string, number>();
  for (const { xml, options } of valid) {
    for (const { index, 0: whole, 1: name } of xml.matchAll(/<(\w+) value="[^"]*"/g)) {
      for (const value of wrong) {
        all += 1;
        const changed = `${xml.slice(0, index)}<${name} value="${value}"${xml.slice(index + whole.length)}`;
        const found = findingsOf(changed, options);
        if (found.length < 2 || elsewhere.some((one) => one.test(said(found)))) continue;
        several.set(said(found), (several.get(said(found)) ?? 0) + 1);
      }
    }
  }
  t.diagnostic(`${all} values, of which more than once: ${JSON.stringify(Object.fromEntries(several))}`);
  const more = Array.from(several.values()).reduce((sum, count) => sum + count, 0);
  assert.ok(more / all < 0.01, `${more} of ${all}`);
});

test("an element that is missing is told of once, wherever in a message it stood", { timeout: 120_000 }, (t) => {
  let [all, more] = [0, 0];
  const several = new Map<string, number>();
  for (const { bundle, options } of valid) {
    for (const { how, value } of mutantsOf(bundle)) {
      if (how !== "without") continue;
      let xml: string;
      try {
        xml = writeXml(value);
      } catch {
        continue;
      }
      all += 1;
      const found = findingsOf(xml, options);
      if (found.length < 2) continue;
      more += 1;
      several.set(said(found), (several.get(said(found)) ?? 0) + 1);
    }
  }
  const most = Array.from(several).sort(([, one], [, other]) => other - one);
  t.diagnostic(`${more} of ${all} more than once: ${most.map(([ids, count]) => `${count} ${ids}`).join("; ")}`);
  // What is left takes away a resource, or what much is said of: an entry, the message handling, a List.
  assert.ok(more / all < 0.08, `${more} of ${all}`);
});

/** What is found in a consultation summary whose text is changed. */
function after(change: (xml: string) => string): string {
  const { xml, options } = valid.find(({ name }) => name === "consultation-summary 1.x") ?? assert.fail();
  const changed = change(xml);
  assert.notEqual(changed, xml);
  return said(findingsOf(changed, options));
}

const once: readonly (readonly [what: string, change: (xml: string) => string, ids: string])[] = [
  [
    "an id that is none does not disagree with its fullUrl",
    (xml) => xml.replace(/(<Practitioner>\s*<id value=")[^"]*/, "$1a b"),
    "STU3:bad-value",
  ],
  [
    "a profile that is no URI is not also another than the one asked for",
    (xml) => xml.replace(/(<Patient[^>]*>.*?<profile value=")[^"]*/s, "$1~ bad"),
    "STU3:bad-value",
  ],
  [
    "a resource without a profile is not also one that does not follow its profile",
    (xml) => xml.replace(/(<Patient>\s*<id value="[^"]*"\/>)\s*<meta>.*?<\/meta>/s, "$1"),
    "GPCM-SD-025",
  ],
  [
    "a section's entry that leads nowhere is not also a reference that leads nowhere",
    (xml) =>
      xml.replace(
        /(<section>.*?<entry>\s*<reference value=")[^"]*/s,
        "$1urn:uuid:99999999-9999-4999-8999-999999999999",
      ),
    "GPCM-SD-CS-028 + GPCM-SD-030",
  ],
  [
    "an NHS number that is missing is not also another than the address's",
    (xml) => xml.replace(/<identifier>(?:(?!<\/identifier>).)*nhs-number(?:(?!<\/identifier>).)*<\/identifier>/s, ""),
    "GPCM-SD-CS-039",
  ],
];
for (const [what, change, ids] of once) test(what, () => assert.equal(after(change), ids));
