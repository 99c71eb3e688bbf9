import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resource } from "@restante/itk3";
import { Itk3Error, writeXml } from "@restante/itk3";

test("elements come out in schema order, whatever the order of the object", () => {
  const xml = writeXml({ resourceType: "Patient", birthDate: "1980-02-03", active: true, id: "a" });
  assert.equal(
    xml,
    `<Patient xmlns="http://hl7.org/fhir">
  <id value="a"/>
  <active value="true"/>
  <birthDate value="1980-02-03"/>
</Patient>
`,
  );
});

test("what XML or STU3 cannot hold is refused, never written", () => {
  const wrong: unknown[] = [
    { resourceType: "Patient", id: "a\u0000" },
    { resourceType: "Patient", id: "\ud800" },
    { resourceType: "Patient", nhsNumber: "9000000009" },
    { resourceType: "Patient", _name: {} },
    { resourceType: "Patient", active: { x: 1 } },
    { resourceType: "Patient", birthDate: Number.NaN },
    { resourceType: "MolecularSequence" },
    { resourceType: "Bundle", entry: [{ resource: { resourceType: "DomainResource" } }] },
  ];
  for (const resource of wrong) {
    assert.throws(
      () => writeXml(resource as Resource),
      (error) => error instanceof Itk3Error && error.code === "input-invalid",
    );
  }
});
