// What breaks a rule of a profile, and what comes near it and does not.
import type { Resource, stu3 } from "@restante/itk3";
import { type Case, first, type Message } from "./addition.ts";

const ods = "https://fhir.nhs.uk/Id/ods-organization-code";
const site = "https://fhir.nhs.uk/Id/ods-site-code";
const sdsUser = "https://fhir.nhs.uk/Id/sds-user-id";
const sdsRoleProfile = "https://fhir.nhs.uk/Id/sds-role-profile-id";
const careConnect = (name: string): string =>
  `https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-${name}-1`;
const base = (name: string): string => `http://hl7.org/fhir/StructureDefinition/${name}`;

const to = (resource: Resource | undefined): stu3.Reference => ({ reference: `urn:uuid:${resource?.id}` });

const patient = (id: string, what: string, changes: object): Case => [
  `CareConnect-Patient-1:${id}`,
  what,
  (message) => void Object.assign(message.patient ?? {}, changes),
];
const organization = (id: string, what: string, changes: object): Case => [
  `CareConnect-Organization-1:${id}`,
  what,
  ({ custodian }) => void Object.assign(custodian ?? {}, changes),
];
const practitioner = (id: string, what: string, changes: object): Case => [
  `CareConnect-Practitioner-1:${id}`,
  what,
  (message) => void Object.assign(first(message, "Practitioner") ?? {}, changes),
];
/** The header's Organization. */
const sender = (id: string, what: string, changes: object): Case => [
  `CareConnect-ITK-Header-Organization-1:${id}`,
  what,
  (message) => void Object.assign(message.sender ?? {}, changes),
];

/** A Practitioner of the header, as its profile wants it but for the changes. */
function headerPractitioner(id: string, what: string, changes: Partial<stu3.Practitioner>): Case {
  const resource: stu3.Practitioner = {
    resourceType: "Practitioner",
    id: "00000000-0000-4000-8000-00000000bbbb",
    meta: { profile: ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-ITK-Header-Practitioner-1"] },
    identifier: [
      { system: sdsUser, value: "900000000001" },
      { system: sdsRoleProfile, value: "900000000002" },
    ],
    name: [{ use: "official", family: "Okafor" }],
    ...changes,
  };
  return [
    `CareConnect-ITK-Header-Practitioner-1:${id}`,
    what,
    ({ bundle }) => void bundle.entry?.push({ fullUrl: `urn:uuid:${resource.id}`, resource }),
  ];
}

const extension = (url: string): stu3.Extension => ({ url, valueString: "x" });
const twice = (url: string): object => ({ extension: [extension(url), extension(url)] });
const once = (url: string): object => ({ extension: [extension(url)] });

/** Leads a reference of the document to another resource of it. */
function leading(
  target: Resource["resourceType"],
  change: (message: Message, reference: stu3.Reference) => void,
): Case {
  return [
    "FHIR:target",
    `to ${target}`,
    (message) => {
      const found = first(message, target);
      if (found !== undefined) change(message, to(found));
    },
  ];
}

const give = (element: object | undefined, changes: object): void => void Object.assign(element ?? {}, changes);

const receiver = (what: string, find: (message: Message) => stu3.Reference): Case => [
  "ITK-MessageHeader-2:receiver",
  what,
  (message) => give(message.header, { receiver: find(message) }),
];

/** Where a reference stands, and how it gets there. */
const places = {
  generalPractitioner: (message: Message, reference: stu3.Reference) =>
    give(message.patient, { generalPractitioner: [reference] }),
  managingOrganization: (message: Message, reference: stu3.Reference) =>
    give(message.patient, { managingOrganization: reference }),
  contact: (message: Message, organization: stu3.Reference) =>
    give(message.patient, { contact: [{ name: { use: "official", family: "x" }, organization }] }),
  link: (message: Message, other: stu3.Reference) => give(message.patient, { link: [{ other, type: "seealso" }] }),
  issuer: (message: Message, issuer: stu3.Reference) =>
    give(first(message, "Practitioner"), { qualification: [{ code: { text: "x" }, issuer }] }),
  partOf: (message: Message, partOf: stu3.Reference) => give(message.custodian, { partOf }),
  encounter: (message: Message, encounter: stu3.Reference) => give(message.composition, { encounter }),
  attester: (message: Message, party: stu3.Reference) =>
    give(message.composition, { attester: [{ mode: ["legal"], party }] }),
  relatesTo: (message: Message, targetReference: stu3.Reference) =>
    give(message.composition, { relatesTo: [{ code: "replaces", targetReference }] }),
  asserter: (message: Message, asserter: stu3.Reference) => give(first(message, "AllergyIntolerance"), { asserter }),
  participant: (message: Message, individual: stu3.Reference) =>
    give(first(message, "Encounter"), { participant: [{ individual }] }),
  /** Any resource may stand there. */
  extended: (message: Message, valueReference: stu3.Reference) =>
    give(message.patient, { extension: [{ url: "urn:x", valueReference }] }),
  assigner: (message: Message, assigner: stu3.Reference) => give(message.patient?.identifier?.[0], { assigner }),
};

const sdsIds = (system: string): object => ({ identifier: [{ system }] });

export const brokenProfiles: readonly Case[] = [
  [
    "ITK-MessageHeader-2:destination",
    "in Send Document 2 and in a response",
    ({ header }) => give(header, { destination: [{ endpoint: "urn:x" }] }),
  ],
  receiver("in words", () => ({ display: "x" })),
  receiver("to the OperationOutcome", ({ bundle }) =>
    to(bundle.entry?.find(({ resource }) => resource?.resourceType === "OperationOutcome")?.resource),
  ),
  sender("identifier", "without any", { identifier: undefined }),
  sender("identifier", "with two ODS codes", {
    identifier: [
      { system: ods, value: "Y90001" },
      { system: ods, value: "Y90002" },
    ],
  }),
  sender("identifier", "with two ODS site codes", {
    identifier: [
      { system: site, value: "Y90001A" },
      { system: site, value: "Y90001B" },
    ],
  }),
  sender("identifier.value", "of the ODS code", { identifier: [{ system: ods }] }),
  sender("identifier.value", "of the ODS site code", { identifier: [{ system: site }] }),
  sender("identifier.system", "with another register's", { identifier: [{ system: "urn:x", value: "y" }] }),
  sender("extension.mainLocation", "with one", once(careConnect("MainLocation"))),
  sender("extension.organization-period", "with one", once(base("organization-period"))),
  headerPractitioner("telecom", "with one", { telecom: [{ system: "phone", value: "1" }] }),
  headerPractitioner("address", "with one", { address: [{ text: "x" }] }),
  headerPractitioner("gender", "with one", { gender: "male" }),
  headerPractitioner("birthDate", "with one", { birthDate: "1970-01-01" }),
  headerPractitioner("photo", "with one", { photo: [{ title: "x" }] }),
  headerPractitioner("qualification", "with one", { qualification: [{ code: { text: "x" } }] }),
  headerPractitioner("communication", "with one", { communication: [{ text: "x" }] }),
  headerPractitioner("name.text", "with one", { name: [{ text: "x" }] }),
  headerPractitioner("name", "with two", { name: [{ family: "x" }, { family: "y" }] }),
  headerPractitioner("extension.nhsCommunication", "with one", once(careConnect("NHSCommunication"))),
  headerPractitioner("identifier", "with two SDS user ids", {
    identifier: [
      { system: sdsUser, value: "1" },
      { system: sdsUser, value: "2" },
    ],
  }),
  headerPractitioner("identifier.value", "with an empty SDS user id", sdsIds(sdsUser)),
  headerPractitioner("identifier.value", "with an empty SDS role profile id", sdsIds(sdsRoleProfile)),
  patient("maritalStatus", "in words", { maritalStatus: { text: "x" } }),
  patient("maritalStatus", "without display", { maritalStatus: { coding: [{ system: "urn:x", code: "M" }] } }),
  patient("contact", "without a name", { contact: [{ telecom: [{ system: "phone", value: "1" }] }] }),
  patient("contact", "of a name without a use", { contact: [{ name: { family: "x" } }] }),
  patient("extension.ethnicCategory", "twice", twice(careConnect("EthnicCategory"))),
  patient("extension.religiousAffiliation", "twice", twice(careConnect("ReligiousAffiliation"))),
  patient("extension.patient-cadavericDonor", "twice", twice(base("patient-cadavericDonor"))),
  patient("extension.deathNotificationStatus", "twice", twice(careConnect("DeathNotificationStatus"))),
  [
    "CareConnect-Patient-1:identifier.extension.nhsNumberVerificationStatus",
    "twice",
    ({ patient: found }) => {
      const identifier = found?.identifier?.[0];
      give(identifier, { extension: [...(identifier?.extension ?? []), ...(identifier?.extension ?? [])] });
    },
  ],
  practitioner("identifier.value", "of the SDS user id", sdsIds(sdsUser)),
  practitioner("identifier.value", "of the SDS role profile id", sdsIds(sdsRoleProfile)),
  organization("identifier.value", "of the ODS site code", {
    identifier: [{ system: site }, { system: ods, value: "Y90001" }],
  }),
  organization("contact.name", "without a family name", { contact: [{ name: { text: "x" } }] }),
  organization("extension.mainLocation", "twice", twice(careConnect("MainLocation"))),
  organization("extension.organization-period", "twice", twice(base("organization-period"))),
  [
    "CareConnect-Composition-1:extension.careSettingType",
    "twice",
    ({ composition }) => give(composition, twice(careConnect("CareSettingType"))),
  ],
  [
    "ITK-Attachment-Binary-1:contentType",
    "of a file name's ending",
    (message) => give(first(message, "Binary"), { contentType: "pdf" }),
  ],
  [
    "GPCM-SD-025",
    "with the profile of another type beside its own",
    (message) => {
      const { profile = [] } = message.patient?.meta ?? {};
      give(message.patient, { meta: { profile: [...profile, "http://hl7.org/fhir/StructureDefinition/Observation"] } });
    },
  ],
  [
    "GPCM-SD-025",
    "with the profile of another type",
    (message) => {
      const meta = { profile: ["https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-MedicationRequest-1"] };
      give(first(message, "Medication"), { meta });
    },
  ],
  leading("Composition", places.generalPractitioner),
  leading("Practitioner", places.managingOrganization),
  leading("Practitioner", places.contact),
  leading("Organization", places.link),
  leading("Practitioner", places.issuer),
  leading("Practitioner", places.partOf),
  leading("Patient", places.encounter),
  leading("Encounter", places.attester),
  leading("Patient", places.relatesTo),
  leading("Practitioner", places.assigner),
  leading("AllergyIntolerance", places.asserter),
  leading("Binary", places.participant),
  [
    "FHIR:target",
    "out of the message, to what is named as a Practitioner",
    (message) => places.managingOrganization(message, { reference: "https://supplier.example/Practitioner/1" }),
  ],
  [
    "FHIR:target",
    "to what the resource contains",
    ({ patient }) =>
      give(patient, {
        contained: [{ resourceType: "Practitioner", id: "p1" }],
        managingOrganization: { reference: "#p1" },
      }),
  ],
  ["FHIR:target", "from the header to the document", ({ header, document }) => give(header, { sender: to(document) })],
];

export const soundProfiles: readonly Case[] = [
  [
    "GPCM-SD-025",
    "with a profile of any resource beside its own",
    (message) => {
      const { profile = [] } = message.patient?.meta ?? {};
      give(message.patient, {
        meta: { profile: [...profile, "http://hl7.org/fhir/StructureDefinition/DomainResource"] },
      });
    },
  ],
  [
    "GPCM-SD-025",
    "with a supplier's own profile, whatever its name",
    (message) =>
      give(first(message, "Medication"), {
        meta: { profile: ["https://supplier.example/StructureDefinition/Person-1"] },
      }),
  ],
  receiver("to the header's Organization", ({ header }) => ({ ...header.sender })),
  sender("identifier", "with another register's beside the ODS code", {
    identifier: [
      { system: ods, value: "Y90001" },
      { system: "urn:x", value: "y" },
    ],
  }),
  ..."telecom address gender birthDate photo qualification communication name name.text identifier identifier.value extension.nhsCommunication"
    .split(" ")
    .map((id) => headerPractitioner(id, "as the profile wants it", {})),
  patient("maritalStatus", "with one whole coding", {
    maritalStatus: { coding: [{ system: "urn:x", code: "M", display: "Married" }] },
  }),
  patient("contact", "with a name that has a use", { contact: [{ name: { use: "official", family: "x" } }] }),
  patient("extension.ethnicCategory", "once", once(careConnect("EthnicCategory"))),
  organization("contact.name", "without a name", { contact: [{ telecom: [{ system: "phone", value: "1" }] }] }),
  [
    "ITK-Attachment-Binary-1:contentType",
    "with a parameter",
    (message) => give(first(message, "Binary"), { contentType: "text/plain; charset=utf-8" }),
  ],
  [
    "GPCM-SD-025",
    "with several profiles of its type",
    (message) => {
      const profile = [careConnect("Medication"), "http://hl7.org/fhir/StructureDefinition/Medication"];
      give(first(message, "Medication"), { meta: { profile } });
    },
  ],
  [
    "GPCM-SD-025",
    "with a profile whose name tells no type",
    (message) => give(first(message, "Medication"), { meta: { profile: ["https://supplier.example/special-2"] } }),
  ],
  leading("Practitioner", places.generalPractitioner),
  leading("Organization", places.managingOrganization),
  leading("Organization", places.contact),
  leading("RelatedPerson", places.link),
  leading("Organization", places.issuer),
  leading("Practitioner", places.attester),
  leading("Organization", places.assigner),
  leading("Medication", places.extended),
  [
    "FHIR:target",
    "out of the message",
    (message) => places.managingOrganization(message, { reference: "https://supplier.example/Organization/1" }),
  ],
  [
    "FHIR:target",
    "out of the message, with a path that names no type of STU3",
    (message) => places.managingOrganization(message, { reference: "https://supplier.example/Practitioners/1" }),
  ],
  [
    "FHIR:target",
    "to one of two resources that share an id",
    (message) => {
      places.partOf(message, { reference: "urn:uuid:00000000-0000-4000-8000-00000000cccc" });
      for (const resourceType of ["Practitioner", "Organization"] as const)
        message.document?.entry?.push({ resource: { resourceType, id: "00000000-0000-4000-8000-00000000cccc" } });
    },
  ],
];
