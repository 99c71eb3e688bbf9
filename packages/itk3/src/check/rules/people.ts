// Whom and what the document is about: patient, practitioner, organisation, related person, device.
import { isNhsNumber } from "@restante/mesh";
import { profiles, systems } from "../../names.ts";
import { mayFollow } from "../claimed-profiles.ts";
import { hasCoding, hasPhone, identifierOf, isText, none, ofType, onPatient, unless, wholeDate } from "../look.ts";
import type { CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";
import { verificationOf } from "../verification.ts";
import type { HumanName, Identifier, Organization, Practitioner, RelatedPerson } from "../../stu3/types.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "required" });

const should = { severity: "warning" } as const;

const custodian =
  (path: string, holds: (organization: Organization) => boolean) =>
  ({ message }: CheckContext) =>
    message.custodian === undefined ? none : unless(holds(message.custodian), message.custodian, path);

/** The practitioners of the document; of a consultation summary, those who wrote it: the requirement speaks of one. */
const practitioners =
  (path: string, holds: (practitioner: Practitioner) => boolean) =>
  ({ message, inner, references, useCase }: CheckContext) => {
    const found =
      useCase === "consultation-summary"
        ? (message.composition?.author ?? []).flatMap((author) => ofType(references.candidates(author), "Practitioner"))
        : inner.ofType("Practitioner");
    return found.flatMap((practitioner) => unless(holds(practitioner), practitioner, path));
  };

const related =
  (path: string, holds: (person: RelatedPerson) => boolean) =>
  ({ inner }: CheckContext) =>
    inner.ofType("RelatedPerson").flatMap((person) => unless(holds(person), person, path));

function saysWho({ family, text }: HumanName): boolean {
  return isText(family) || isText(text);
}

function hasOneOfficialName(names: readonly HumanName[] | undefined): boolean {
  return (names ?? []).filter((name) => name.use === "official" && saysWho(name)).length === 1;
}

export const peopleRules: readonly Rule[] = [
  rule(
    { cs: "033", oc: "022", ge: "022", scal: "GPCM-SD-028" },
    "The sending Organization must have an ODS code.",
    "The sending Organization has no ODS code.",
    custodian("identifier", ({ identifier }) => isText(identifierOf(identifier, systems.odsOrganisation))),
  ),
  rule(
    { cs: "034", oc: "023", ge: "023", scal: "GPCM-SD-028" },
    "The sending Organization must have a name.",
    "The sending Organization has no name.",
    custodian("name", ({ name }) => isText(name)),
  ),
  rule(
    { cs: "035", oc: "024", ge: "024", scal: "GPCM-SD-028" },
    "The sending Organization must have a telephone number.",
    "The sending Organization has no telephone number.",
    custodian("telecom", ({ telecom }) => hasPhone(telecom)),
  ),
  rule(
    { cs: "036", oc: "025", ge: "025" },
    "The Practitioner must have an SDS user id.",
    "The Practitioner has no SDS user id.",
    practitioners("identifier", ({ identifier }) => isText(identifierOf(identifier, systems.sdsUser))),
  ),
  rule(
    { cs: "037", oc: "026", ge: "026" },
    "The Practitioner must have exactly one official name.",
    "The Practitioner does not have exactly one official name.",
    practitioners("name", ({ name }) => hasOneOfficialName(name)),
  ),
  rule(
    { cs: "038", oc: "027", ge: "027" },
    "The Practitioner should have a telephone number: GP Connect demands it where one is known.",
    "The Practitioner has no telephone number.",
    practitioners("telecom", ({ telecom }) => hasPhone(telecom)),
    should,
  ),
  // A SHOULD in Send Document 2, where the three above are MUSTs of 1.x.
  rule(
    { scal: "GPCM-SD-032" },
    "The sending Practitioner should have an SDS user id, an official name and a telephone number.",
    "No Practitioner of the document has an SDS user id, an official name and a telephone number.",
    ({ inner }) => {
      const found = inner.ofType("Practitioner");
      const [first] = found;
      const holds = found.some(
        (practitioner) =>
          mayFollow(practitioner, profiles.practitioner) &&
          isText(identifierOf(practitioner.identifier, systems.sdsUser)) &&
          (practitioner.name ?? []).some(({ use }) => use === "official") &&
          hasPhone(practitioner.telecom),
      );
      if (first === undefined) return none;
      const lacking = (["identifier", "name", "telecom"] as const).find((name) => first[name] === undefined);
      return unless(holds, first, lacking ?? "identifier");
    },
    should,
  ),
  rule(
    { cs: "039", oc: "017", ge: "017", scal: "GPCM-SD-035" },
    "Patient must have an NHS number, with a right check digit.",
    "Patient's NHS number is missing, or fails its check digit.",
    onPatient((patient) => {
      const number = patient.identifier?.find(({ system }) => system === systems.nhsNumber);
      const value = number?.value ?? "";
      return value === ""
        ? unless(false, patient, "identifier")
        : unless(isNhsNumber(value), number ?? patient, "value");
    }),
  ),
  rule(
    { cs: "040", oc: "018", ge: "018", scal: "GPCM-SD-035" },
    "Patient must have exactly one official name, with the family name that MESH routes by.",
    "Patient does not have exactly one official name with a family name.",
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
    "Patient's date of birth must be a whole date: yyyy-mm-dd.",
    "Patient's date of birth is not a whole date.",
    onPatient((patient) => unless(wholeDate.test(patient.birthDate ?? ""), patient, "birthDate")),
  ),
  rule(
    { oc: "028", ge: "028" },
    "A RelatedPerson must have exactly one name.",
    "A RelatedPerson does not have exactly one name.",
    related("name", ({ name = [] }) => name.length === 1 && name.every(saysWho)),
  ),
  rule(
    { oc: "029", ge: "029" },
    "A RelatedPerson's date of birth must be a whole date: yyyy-mm-dd.",
    "A RelatedPerson's date of birth is not a whole date.",
    related("birthDate", ({ birthDate }) => wholeDate.test(birthDate ?? "")),
  ),
  rule(
    { oc: "030", ge: "030" },
    "A RelatedPerson should have a telephone number: GP Connect demands it where one is known.",
    "A RelatedPerson has no telephone number.",
    related("telecom", ({ telecom }) => hasPhone(telecom)),
    should,
  ),
  rule(
    { oc: "031", ge: "031" },
    "A Device must have a SNOMED CT type.",
    "A Device has no SNOMED CT type.",
    ({ inner }) =>
      inner.ofType("Device").flatMap((device) => unless(hasCoding(device.type, systems.snomed), device, "type")),
  ),
  rule({ oc: "032", ge: "032" }, "A Device must have a manufacturer.", "A Device has no manufacturer.", ({ inner }) =>
    inner.ofType("Device").flatMap((device) => unless(isText(device.manufacturer), device, "manufacturer")),
  ),
  rule(
    { itk: "FHIR-PDS-02" },
    "Where the NHS number is missing or not verified, given name, surname, gender, date of birth, address and postcode must be there.",
    "The NHS number is missing or not verified, and given name, surname, gender, date of birth, address or postcode is missing too.",
    onPatient((patient) => {
      const number = patient.identifier?.find(({ system }) => system === systems.nhsNumber);
      if (number?.value !== undefined && isVerified(number)) return none;
      const name = patient.name?.find(({ use }) => use === "official");
      const holds =
        isText(name?.family) &&
        (name?.given ?? []).length > 0 &&
        patient.gender !== undefined &&
        patient.birthDate !== undefined &&
        (patient.address ?? []).some(({ postalCode, line }) => isText(postalCode) && (line ?? []).length > 0);
      return unless(holds, patient);
    }),
  ),
];

/** A number without a status is another rule's finding (FHIR-PDS-10). */
function isVerified(identifier: Identifier): boolean {
  const code = verificationOf(identifier)?.code;
  return code === undefined || code === "01";
}
