// CareConnect-Patient-1.
import { extensions, systems } from "../../../names.ts";
import type { Identifier, Patient } from "../../../stu3/types.ts";
import { isText, none, unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { verificationOf, verificationSystems } from "../../verification.ts";
import {
  absent,
  each,
  extensionAtMost,
  identifierOnce,
  identifierValue,
  inner,
  isWhollyCoded,
  payload,
  requiredInPayload,
  rule,
  type Slice,
} from "./profile.ts";

const profile = "CareConnect-Patient-1";
const patients = inner("Patient");
const contacts = (context: CheckContext): NonNullable<Patient["contact"]> =>
  patients(context).flatMap(({ contact }) => contact ?? []);
const nhsNumbers = (context: CheckContext): Identifier[] =>
  patients(context).flatMap(({ identifier }) =>
    (identifier ?? []).filter(({ system }) => system === systems.nhsNumber),
  );
const nhsNumber: Slice = { profile, type: "Patient", name: "NHS number", system: systems.nhsNumber, find: patients };

const onceOnly: readonly (readonly [name: string, url: string])[] = [
  ["ethnicCategory", extensions.ethnicCategory],
  ["religiousAffiliation", extensions.religiousAffiliation],
  ["patient-cadavericDonor", extensions.cadavericDonor],
  ["deathNotificationStatus", extensions.deathNotificationStatus],
];

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
  rule(
    `${profile}:name.use`,
    "Every name of the Patient should have a use.",
    "A name of the Patient has no use.",
    each(patients, (patient) => (patient.name ?? []).flatMap((name) => unless(name.use !== undefined, name, "use"))),
    { ...payload, severity: "warning" },
  ),
  identifierOnce(nhsNumber, payload),
  identifierValue(nhsNumber, payload),
  rule(
    { itk: "FHIR-PDS-10" },
    "The NHS number of the Patient must say, by extension and code, how far it is verified.",
    "Patient's NHS number has no verification status.",
    each(nhsNumbers, (identifier) => unless(isText(verificationOf(identifier)?.code), identifier)),
    requiredInPayload,
  ),
  rule(
    "CareConnect-NHSNumberVerificationStatus-1:system",
    "The verification status of an NHS number must be a code of CareConnect's code system.",
    "The verification status of an NHS number is of another code system than CareConnect's.",
    each(nhsNumbers, (identifier) => {
      const coding = verificationOf(identifier);
      const holds = !isText(coding?.code) || verificationSystems.has(coding?.system ?? "");
      return unless(holds, coding ?? identifier, "system");
    }),
    { ...payload, issueCode: "code-invalid" },
  ),
  extensionAtMost(
    1,
    profile,
    "Patient.identifier",
    "nhsNumberVerificationStatus",
    extensions.verificationStatus,
    nhsNumbers,
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
  rule(
    `${profile}:maritalStatus`,
    "The marital status of the Patient must have exactly one coding, with system, code and display.",
    "The marital status of the Patient does not have exactly one coding with system, code and display.",
    each(patients, ({ maritalStatus }) =>
      maritalStatus === undefined
        ? none
        : unless((maritalStatus.coding ?? []).length === 1 && isWhollyCoded(maritalStatus), maritalStatus, "coding"),
    ),
    payload,
  ),
  // Subsumes FHIR pat-1.
  rule(
    `${profile}:contact`,
    "A contact of the Patient must have a name with a use.",
    "A contact of the Patient has no name, or one without a use.",
    each(contacts, (contact) => unless(contact.name?.use !== undefined, contact, "name")),
    requiredInPayload,
  ),
  ...absent(profile, "Patient", ["animal", "communication"], patients, payload),
  ...onceOnly.map(([name, url]) => extensionAtMost(1, profile, "Patient", name, url, patients, payload)),
];
