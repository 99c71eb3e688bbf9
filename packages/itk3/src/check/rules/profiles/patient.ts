// CareConnect-Patient-1.
import { extensions, systems } from "../../../names.ts";
import { isText, unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { absent, each, identifierOnce, inner, payload, requiredInPayload, rule, type Slice } from "./profile.ts";

const profile = "CareConnect-Patient-1";
const patients = inner("Patient");
const nhsNumber: Slice = {
  profile,
  type: "Patient",
  name: "NHS number",
  system: systems.nhsNumber,
  find: patients,
};

export const patientRules: readonly Rule[] = [
  rule(
    `${profile}:name`,
    "Patient must have exactly one official name, with a family name.",
    "Patient does not have exactly one official name with a family name.",
    each(patients, (patient) => {
      const official = (patient.name ?? []).filter((name) => name.use === "official");
      return unless(official.length === 1 && isText(official[0]?.family), patient, "name");
    }),
    payload,
  ),
  identifierOnce(nhsNumber, payload),
  rule(
    `${profile}:name.use`,
    "Every name of the Patient must have a use.",
    "A name of the Patient has no use.",
    each(patients, (patient) => (patient.name ?? []).flatMap((name) => unless(name.use !== undefined, name, "use"))),
    payload,
  ),
  rule(
    `${profile}:telecom`,
    "Every telecom of the Patient must have a system and a value.",
    "A telecom of the Patient has no system or no value.",
    each(patients, (patient) =>
      (patient.telecom ?? []).flatMap((point) => unless(point.system !== undefined && isText(point.value), point)),
    ),
    payload,
  ),
  ...absent(profile, "Patient", ["animal", "communication"], patients, payload),
  rule(
    { itk: "FHIR-PDS-10" },
    "The NHS number of the Patient must say, by extension and code, how far it is verified.",
    "Patient's NHS number has no verification status.",
    each(patients, (patient) =>
      (patient.identifier ?? [])
        .filter(({ system }) => system === systems.nhsNumber)
        .flatMap((identifier) => {
          const status = identifier.extension?.find(({ url }) => url === extensions.verificationStatus);
          const coding = status?.valueCodeableConcept?.coding?.[0];
          return unless(coding?.system === systems.verificationStatus && isText(coding.code), identifier);
        }),
    ),
    requiredInPayload,
  ),
];
