// Whom and what the document is about: patient, practitioner, organisation, related person, device.
import { isNhsNumber } from "@restante/mesh";
import { systems } from "../../names.ts";
import { hasCoding, hasPhone, identifierOf, isText, none, ofType, onPatient, unless } from "../look.ts";
import type { CheckContext, Rule } from "../rule.ts";
import type { Practitioner } from "../../stu3/types.ts";

function rule(numbers: Rule["numbers"], text: string, breaches: Rule["breaches"], rest: Partial<Rule> = {}): Rule {
  return { numbers, severity: "error", responseCode: "20009", issueCode: "required", text, breaches, ...rest };
}

const custodian =
  (path: string, holds: (organization: NonNullable<CheckContext["message"]["custodian"]>) => boolean) =>
  ({ message }: CheckContext) =>
    message.custodian === undefined ? none : unless(holds(message.custodian), message.custodian, path);

const authors =
  (path: string | undefined, holds: (practitioner: Practitioner) => boolean) =>
  ({ message, references }: CheckContext) =>
    (message.composition?.author ?? [])
      .flatMap((author) => ofType(references.candidates(author), "Practitioner"))
      .flatMap((practitioner) => unless(holds(practitioner), practitioner, path));

const related =
  (path: string, holds: (person: ReturnType<typeof ofType<"RelatedPerson">>[number]) => boolean) =>
  ({ inner }: CheckContext) =>
    ofType(inner, "RelatedPerson").flatMap((person) => unless(holds(person), person, path));

const wholeDate = /^\d{4}-\d\d-\d\d$/;

export const peopleRules: readonly Rule[] = [
  rule(
    { cs: "033", oc: "022", ge: "022", scal: "GPCM-SD-028" },
    "The sending Organization has no ODS code.",
    custodian("identifier", ({ identifier }) => isText(identifierOf(identifier, systems.odsOrganisation))),
  ),
  rule(
    { cs: "034", oc: "023", ge: "023", scal: "GPCM-SD-028" },
    "The sending Organization has no name.",
    custodian("name", ({ name }) => isText(name)),
  ),
  rule(
    { cs: "035", oc: "024", ge: "024", scal: "GPCM-SD-028" },
    "The sending Organization has no telephone number.",
    custodian("telecom", ({ telecom }) => hasPhone(telecom)),
  ),
  rule(
    { cs: "036", oc: "025", ge: "025" },
    "The authoring Practitioner has no SDS user id.",
    authors("identifier", ({ identifier }) => isText(identifierOf(identifier, systems.sdsUser))),
  ),
  rule(
    { cs: "037", oc: "026", ge: "026" },
    "The authoring Practitioner does not have exactly one name, the official one.",
    authors("name", ({ name = [] }) => name.length === 1 && name[0]?.use === "official" && isText(name[0].family)),
  ),
  rule(
    { cs: "038", oc: "027", ge: "027" },
    "The authoring Practitioner has no telephone number.",
    authors("telecom", ({ telecom }) => hasPhone(telecom)),
    { severity: "warning" },
  ),
  // A SHOULD in Send Document 2, where the three above are MUSTs of 1.x.
  rule(
    { scal: "GPCM-SD-032" },
    "The authoring Practitioner has no SDS user id, official name or telephone number.",
    authors(
      undefined,
      ({ identifier, name = [], telecom }) =>
        isText(identifierOf(identifier, systems.sdsUser)) &&
        name.some(({ use }) => use === "official") &&
        hasPhone(telecom),
    ),
    { severity: "warning" },
  ),
  rule(
    { cs: "039", oc: "017", ge: "017", scal: "GPCM-SD-035" },
    "Patient's NHS number is missing, or fails its check digit.",
    onPatient((patient) =>
      unless(isNhsNumber(identifierOf(patient.identifier, systems.nhsNumber) ?? ""), patient, "identifier"),
    ),
  ),
  rule(
    { cs: "040", oc: "018", ge: "018", scal: "GPCM-SD-035" },
    "Patient does not have exactly one official name.",
    onPatient((patient) =>
      unless(
        (patient.name ?? []).filter(({ use, family }) => use === "official" && isText(family)).length === 1,
        patient,
        "name",
      ),
    ),
  ),
  rule(
    { cs: "041", oc: "019", ge: "019", scal: "GPCM-SD-035" },
    "Patient's date of birth is not a whole date.",
    onPatient((patient) => unless(wholeDate.test(patient.birthDate ?? ""), patient, "birthDate")),
  ),
  rule(
    { oc: "028", ge: "028" },
    "A RelatedPerson does not have exactly one name.",
    related("name", ({ name = [] }) => name.length === 1),
  ),
  rule(
    { oc: "029", ge: "029" },
    "A RelatedPerson's date of birth is not a whole date.",
    related("birthDate", ({ birthDate }) => wholeDate.test(birthDate ?? "")),
  ),
  rule(
    { oc: "030", ge: "030" },
    "A RelatedPerson has no telephone number.",
    related("telecom", ({ telecom }) => hasPhone(telecom)),
    { severity: "warning" },
  ),
  rule({ oc: "031", ge: "031" }, "A Device has no SNOMED CT type.", ({ inner }) =>
    ofType(inner, "Device").flatMap((device) => unless(hasCoding(device.type, systems.snomed), device, "type")),
  ),
  rule({ oc: "032", ge: "032" }, "A Device has no manufacturer.", ({ inner }) =>
    ofType(inner, "Device").flatMap((device) => unless(isText(device.manufacturer), device, "manufacturer")),
  ),
  rule(
    { itk: "FHIR-PDS-02" },
    "An NHS number that is not verified comes without given name, surname, gender, date of birth and address.",
    onPatient((patient) => {
      const number = patient.identifier?.find(({ system }) => system === systems.nhsNumber);
      const status = number?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code;
      if (number !== undefined && (status === undefined || status === "01")) return none;
      const name = patient.name?.find(({ use }) => use === "official");
      const address = patient.address?.[0];
      const holds =
        isText(name?.family) &&
        (name?.given ?? []).length > 0 &&
        patient.gender !== undefined &&
        patient.birthDate !== undefined &&
        isText(address?.postalCode) &&
        (address?.line ?? []).length > 0;
      return unless(holds, patient);
    }),
  ),
];
