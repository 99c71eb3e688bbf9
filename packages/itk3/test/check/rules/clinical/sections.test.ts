import assert from "node:assert/strict";
import { test } from "node:test";
import { type FullDocument, foundAfter } from "./found-after.ts";

const id = "00000000-0000-4000-8000-00000000bbbb";
const reference = `urn:uuid:${id}`;

/** Puts into the document another of the first resource of a type, and into the section with that. */
function another({ first, add, composition }: FullDocument, type: "Observation" | "Task" | "Condition"): void {
  const original = first(type);
  add({ ...structuredClone(original), id });
  const section = composition.section?.find(({ entry }) =>
    entry?.some((one) => one.reference === `urn:uuid:${original.id}`),
  );
  assert.ok(section?.entry);
  section.entry.push({ reference });
}

test("a List that leaves an Observation out is no List of all of them", () => {
  assert.deepEqual(
    foundAfter((full) => another(full, "Observation")),
    ["GPCM-SD-GE-046"],
  );
});

test("two Lists that lead to some of the Observations each are no List of all of them", () => {
  assert.deepEqual(
    foundAfter((full) => {
      another(full, "Observation");
      const list = structuredClone(full.first("List"));
      full.add({ ...list, id: "11111111-1111-4111-8111-111111111112", entry: [{ item: { reference } }] });
    }),
    ["FHIR:entry", "GPCM-SD-GE-040"],
  );
});

test("an Observation that no List leads to is not missed in the sections as well", () => {
  assert.ok(
    !foundAfter(({ first, add }) => add({ ...structuredClone(first("Observation")), id })).includes("GPCM-SD-008"),
  );
});

test("two of one type and Encounter should be in a List, be they in a section or not", () => {
  assert.deepEqual(
    foundAfter((full) => another(full, "Task")),
    ["GPCM-SD-026"],
  );
});

test("two of one type and of different Encounters need no List", () => {
  const found = foundAfter((full) => {
    another(full, "Task");
    full.first("Task").context = { reference: "https://example.org/Encounter/1" };
  });
  assert.deepEqual(found, ["GPCM-SD-GE-121"]);
});

test("a List in a section leads to what it holds", () => {
  const found = foundAfter(({ composition, document }) => {
    const requests = new Set(
      document.entry?.flatMap(({ fullUrl, resource }) =>
        resource?.resourceType === "MedicationRequest" ? (fullUrl ?? "") : [],
      ),
    );
    const medicines = composition.section?.find(({ title }) => title === "Medications");
    assert.ok(medicines?.entry);
    medicines.entry = medicines.entry.filter(({ reference }) => !requests.has(reference ?? ""));
  });
  assert.deepEqual(found, []);
});

test("a Condition that is no problem may be in no section", () => {
  const adding =
    (category: string, profile: string) =>
    ({ first, add }: FullDocument): void => {
      const condition = structuredClone(first("Condition"));
      delete condition.context;
      const coding = [{ system: "http://hl7.org/fhir/condition-category", code: category }];
      add({ ...condition, id, meta: { profile: [profile] }, category: [{ coding }] });
    };
  const plain = "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Condition-1";
  const header = "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-ProblemHeader-Condition-1";
  assert.ok(!foundAfter(adding("encounter-diagnosis", plain)).includes("GPCM-SD-021"));
  assert.ok(foundAfter(adding("problem-list-item", plain)).includes("GPCM-SD-021"));
  assert.ok(foundAfter(adding("encounter-diagnosis", header)).includes("GPCM-SD-021"));
});
