import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bundle, type DocumentParts, genericDocument, messageOf, modifiersOf, readMessage } from "@restante/itk3";
import { genericKinds } from "../../../itk3/test/build/sections/generic-kinds.ts";
import { onlineKinds } from "../../../itk3/test/build/sections/online-kinds.ts";
import { genericInput } from "../../../itk3/test/consultation.ts";
import type { DocumentEntry, DocumentView, EntryTable } from "../../src/document-view.ts";
import { documentViewOf } from "../../src/document-view/view.ts";

const document = {
  name: "Clinic",
  type: { code: "371531000", display: "Report of clinical encounter" },
  encounterType: { code: "11429006", display: "Consultation" },
};
const every = (parts: DocumentParts) =>
  Object.values({ ...onlineKinds, ...genericKinds }).flatMap(({ full }) => full(parts));

test("every word of every entry is shown, or said not to be", () => {
  const { xml, bundle } = genericDocument(genericInput({ document, sections: every }));
  const shown = JSON.stringify(viewOf(xml));
  const said = (text: string): boolean => shown.includes(JSON.stringify(text).slice(1, -1));
  const missing = leaves(innerOf(bundle)).filter(({ text }) => !said(text));
  assert.deepEqual(missing, []);
  assert.ok(leaves(innerOf(bundle)).length > 100);
});

test("entries stand in the section that leads to them, in a table of their kind", () => {
  const view = viewOf(genericDocument(genericInput({ document, sections: every })).xml);
  const kinds = new Set(view.sections.flatMap(({ title, tables }) => tables.map(({ kind }) => `${title}: ${kind}`)));
  for (const one of ["Allergies: allergies", "Medications: medicines", "Immunisations: immunisations"])
    assert.ok(kinds.has(one), one);
  assert.deepEqual(
    view.unplaced.map(({ kind }) => kind),
    ["encounters"],
  );
  const pressure = entriesIn(view).find(({ term }) => term?.text === "Blood pressure");
  assert.deepEqual(pressure?.value, [
    { what: "", said: ["Systolic (SNOMED CT 72313002): 120 mmHg", "Diastolic (SNOMED CT 1091811000000102): 80 mmHg"] },
  ]);
  assert.deepEqual(pressure?.term?.codings, [{ code: "75367002", system: "SNOMED CT", display: "Blood pressure" }]);
});

test("an entry that says the opposite of what its row seems to say is marked, and so is one about somebody else", () => {
  const { xml } = genericDocument(genericInput({ document, sections: every }));
  const against = (changed: string): string[] => entriesIn(viewOf(changed)).flatMap((entry) => entry.against);
  assert.deepEqual(against(xml), ["not-given"]);
  assert.deepEqual(against(xml.replace('<taken value="unk"/>', '<taken value="n"/>')).toSorted(), [
    "not-given",
    "not-taken",
  ]);
  const refuted = xml.replace('<verificationStatus value="unconfirmed"/>', '<verificationStatus value="refuted"/>');
  assert.ok(against(refuted).includes("refuted"));
  const wrong = xml.replace(/(<Observation>[^]*?<status value=")final/, "$1entered-in-error");
  assert.ok(against(wrong).includes("entered-in-error"));

  // By a List, also where no section leads to it.
  const removed = xml.replace(/(<List>(?:(?!<List>)[^])*?<entry>)(?=\s*<item>)/, '$1<deleted value="true"/>');
  const unled = removed.replace(/<section>\s*<title value="Lists"\/>[^]*?<\/section>/, "");
  assert.notEqual(unled, removed);
  for (const changed of [removed, unled]) assert.ok(against(changed).includes("removed"));

  const others = (changed: string): DocumentEntry[] =>
    entriesIn(viewOf(changed)).filter((entry) => entry.notThePatient);
  assert.deepEqual(others(xml), []);
  const another = xml.replace(/(<AllergyIntolerance>[^]*?<patient>\s*<reference value=")[^"]*/, "$1Patient/another");
  assert.deepEqual(
    others(another).map(({ type }) => type),
    ["AllergyIntolerance"],
  );
});

test("what something unknown may change is marked on the rows concerned, and on no other", () => {
  const { xml } = genericDocument(genericInput({ document, sections: every }));
  const modifier = '<modifierExtension url="https://example.org/not"><valueBoolean value="true"/></modifierExtension>';
  const modified = (changed: string): string[] =>
    entriesIn(viewOf(changed)).flatMap((entry) => (entry.modified ? [entry.type] : []));
  assert.deepEqual(modified(xml), []);
  assert.deepEqual(modified(xml.replace("<reaction>", `<reaction>${modifier}`)), ["AllergyIntolerance"]);
  // A medicine is what its statement refers to.
  const medicine = xml.replace(/(<Medication>[^]*?)(<code>)/, `$1${modifier}$2`);
  const concerned = new Set(modified(medicine));
  assert.ok(concerned.size > 0 && [...concerned].every((type) => type.startsWith("Medication")));
  const list = modified(xml.replace(/(<List>[^]*?)(<status)/, `$1${modifier}$2`));
  assert.ok(list.length > 0 && list.length < entriesIn(viewOf(xml)).length);
  const section = viewOf(xml.replace(/<section>(?=\s*<title value="Allergies")/, `<section>${modifier}`)).sections.find(
    (each) => each.modified,
  );
  assert.ok(section && section.tables.every(({ entries }) => entries.every((entry) => entry.modified)));
});

test("an entry of a kind that is not known is listed by its kind, and one that a section names and that is not there is counted", () => {
  const { xml } = genericDocument(genericInput({ document, sections: every }));
  const flagship =
    '<entry><fullUrl value="urn:uuid:9a1b0c2d-0000-4000-8000-0000000000ff"/><resource><Flagship><id value="f"/></Flagship></resource></entry>';
  const [, patient = ""] = /<patient>\s*<reference value="([^"]*)/.exec(xml) ?? [];
  assert.notEqual(patient, "");
  const view = viewOf(
    xml
      .replace(/(<title value="Problems"\/>)/, `$1<entry><reference value="${patient}"/></entry>`)
      .replace(/(<entry>(?:(?!<entry>)[^])*<Patient>)/, `${flagship}$1`)
      .replace(/(<title value="Allergies"\/>)/, '$1<entry><reference value="urn:uuid:nowhere"/></entry>'),
  );
  assert.deepEqual(view.others, [{ what: "Flagship", count: 1 }]);
  assert.equal(
    view.sections.reduce((sum, { leadNowhere }) => sum + leadNowhere, 0),
    1,
  );
});

test("nobody who sent a confidential document is named", () => {
  const input = { ...genericInput({ document, sections: every }), confidential: true };
  const shown = JSON.stringify(viewOf(genericDocument(input).xml).sections);
  assert.doesNotMatch(shown, /Okafor|Northgate Surgery/);
  assert.match(JSON.stringify(viewOf(genericDocument(genericInput({ document, sections: every })).xml)), /Okafor/);
});

test("of a document with more entries than a page can hold the first are shown, and all others counted by kind", () => {
  const { bundle } = genericDocument(genericInput({ document, sections: every }));
  const many = 10_000;
  const inner = innerOf(bundle);
  const [patient] =
    inner.entry?.flatMap(({ resource }) => (resource?.resourceType === "Patient" ? [resource] : [])) ?? [];
  for (let count = 0; count < many; count += 1) {
    inner.entry?.push({
      resource: {
        resourceType: "Observation",
        id: `o-${count}`,
        code: { text: `Observation ${count}` },
        subject: { reference: `Patient/${patient?.id}` },
      },
    });
  }
  const message = messageOf(bundle);
  assert.ok(message);
  const view = documentViewOf(message, modifiersOf(message.bundle, message.issues));
  assert.ok(view);
  const shown = entriesIn(view).filter(({ term }) => term?.text.startsWith("Observation ")).length;
  const left = view.leftOut.entries.find(({ what }) => what === "Observation");
  assert.ok(shown > 500 && entriesIn(view).length <= 1000);
  assert.equal(shown + (left?.count ?? 0), many);
});

test("a value of any length leaves a view of a bounded one", () => {
  const { xml } = genericDocument(genericInput({ document, sections: every }));
  const long = viewOf(xml.replaceAll('<text value="', `<text value="${"long ".repeat(20_000)}`));
  assert.ok(JSON.stringify(long).length < 1_500_000, String(JSON.stringify(long).length));
});

test("each file has what it is by its content, what it is sent as, its size and its digest", () => {
  const { files } = viewOf(genericDocument(genericInput({ document })).xml);
  assert.ok(files.length > 0);
  for (const { sha256, fileType, bytes } of files) {
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.ok(bytes > 0 && fileType.length > 0);
  }
  // What is said to be a file, and is not in the message, is an entry.
  const { xml } = genericDocument(genericInput({ document, sections: every }));
  const documents = (changed: string): number =>
    entriesIn(viewOf(changed)).filter(({ type }) => type === "DocumentReference").length;
  assert.equal(documents(xml), 1);
  assert.equal(documents(xml.replace(/<content>\s*<attachment>\s*<url value="https:[^]*?<\/content>/, "")), 0);
});

function viewOf(xml: string): DocumentView {
  const { message } = readMessage(Buffer.from(xml));
  const view = message && documentViewOf(message, modifiersOf(message.bundle, message.issues));
  assert.ok(view);
  return view;
}

function entriesIn({ sections, unplaced }: DocumentView): DocumentEntry[] {
  const tables: EntryTable[] = [...sections.flatMap(({ tables: own }) => own), ...unplaced];
  return tables.flatMap(({ entries }) => entries);
}

function innerOf(bundle: Bundle): Bundle {
  const inner = bundle.entry?.map(({ resource }) => resource).find((resource) => resource?.resourceType === "Bundle");
  assert.ok(inner?.resourceType === "Bundle");
  return inner;
}

/** The texts that somebody wrote into entries of a table: no ids, addresses or names of profiles. */
function leaves(bundle: Bundle): { at: string; text: string }[] {
  const found: { at: string; text: string }[] = [];
  const unread = new Set(
    "resourceType id meta language identifier text reference system url use valueReference".split(" "),
  );
  const told = (type: string): boolean =>
    !/^(?:Patient|Practitioner|Organization|Location|RelatedPerson|Device|Composition|Binary|List|DocumentReference)$/.test(
      type,
    );
  const go = (value: unknown, at: string): void => {
    if (typeof value === "string") found.push({ at, text: value });
    else if (Array.isArray(value)) for (const each of value) go(each, at);
    else if (typeof value === "object" && value !== null) {
      for (const [name, each] of Object.entries(value)) {
        if (!unread.has(name)) go(each, `${at}.${name}`);
      }
    }
  };
  for (const { resource } of bundle.entry ?? []) {
    if (resource !== undefined && told(resource.resourceType)) go(resource, resource.resourceType);
  }
  return found;
}
