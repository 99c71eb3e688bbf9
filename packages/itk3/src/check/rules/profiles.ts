// What the ITK3 and CareConnect profiles demand beyond FHIR, where no requirement has a number for it.
import { extensions, profiles, systems } from "../../names.ts";
import type { Bundle, Resource } from "../../stu3/types.ts";
import { isText, none, ofType, unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";

function rule(own: string, text: string, breaches: Rule["breaches"], rest: Partial<Rule> = {}): Rule {
  return {
    numbers: { own },
    severity: "error",
    responseCode: "20006",
    issueCode: "structure",
    text,
    breaches,
    ...rest,
  };
}

const payload = { responseCode: "20009" } as const;

/** One rule an element that a profile takes away; `profile` may go on to an element: `ITK-MessageHeader-2:event`. */
function absent(
  profile: string,
  names: readonly string[],
  elements: (context: CheckContext) => readonly object[],
  rest: Partial<Rule> = {},
): Rule[] {
  return names.map((name) =>
    rule(
      `${profile}${profile.includes(":") ? "." : ":"}${name}`,
      `${profile.replace(":", ", ")} does not allow ${name}.`,
      (context) => elements(context).flatMap((element) => unless(!(name in element), element, name)),
      rest,
    ),
  );
}

const header = ({ message }: CheckContext): readonly object[] => [message.header];
const headerEvent = ({ message }: CheckContext): readonly object[] =>
  message.header.event === undefined ? [] : [message.header.event];
const headerSource = ({ message }: CheckContext): readonly object[] =>
  message.header.source === undefined ? [] : [message.header.source];
const messageBundle = ({ message }: CheckContext): readonly object[] => [message.bundle];
const documentBundle = ({ message }: CheckContext): readonly object[] =>
  message.document === undefined ? [] : [message.document];
const entries = (bundle: Bundle | undefined): readonly object[] => bundle?.entry ?? [];
const headerOrganizations = ({ outer }: CheckContext): readonly object[] => ofType(outer, "Organization");
const innerOf =
  (type: Resource["resourceType"]) =>
  ({ inner }: CheckContext): readonly object[] =>
    ofType(inner, type);

const bundleTakesAway = ["total", "link", "signature"];
const entryTakesAway = ["link", "search", "request", "response"];

function bundleRules(
  profile: string,
  type: string,
  bundle: (context: CheckContext) => Bundle | undefined,
  rest: Partial<Rule>,
): Rule[] {
  const some = (context: CheckContext): readonly Bundle[] => {
    const found = bundle(context);
    return found === undefined ? [] : [found];
  };
  return [
    rule(
      `${profile}:type`,
      `The type of the ${type} Bundle is not ${type}.`,
      (context) => some(context).flatMap((found) => unless(found.type === type, found, "type")),
      rest,
    ),
    rule(
      `${profile}:identifier`,
      `The ${type} Bundle has no identifier with a value.`,
      (context) => some(context).flatMap((found) => unless(isText(found.identifier?.value), found, "identifier")),
      { ...rest, issueCode: "required" },
    ),
    rule(
      `${profile}:entry.resource`,
      `An entry of the ${type} Bundle holds no resource.`,
      (context) =>
        some(context).flatMap((found) =>
          (found.entry ?? []).flatMap((entry) => unless(entry.resource !== undefined, entry, "resource")),
        ),
      rest,
    ),
    rule(
      `${profile}:entry.fullUrl`,
      `An entry of the ${type} Bundle has no fullUrl, or the same as another (FHIR bdl-7).`,
      (context) => some(context).flatMap(repeatedUrls),
      rest,
    ),
  ];
}

function repeatedUrls(bundle: Bundle): Breach[] {
  const seen = new Set<string>();
  const breaches: Breach[] = [];
  for (const entry of bundle.entry ?? []) {
    if (entry.fullUrl === undefined || seen.has(entry.fullUrl)) breaches.push({ element: entry, path: "fullUrl" });
    else seen.add(entry.fullUrl);
  }
  return breaches;
}

/** A slice of the identifiers that a CareConnect profile allows once. */
function onlyOne(type: "Practitioner" | "Organization", system: string, name: string): Rule {
  return rule(
    `CareConnect-${type}-1:identifier`,
    `${type} has more than one ${name}.`,
    ({ inner }) =>
      ofType(inner, type).flatMap((resource) =>
        unless(
          (resource.identifier ?? []).filter((found) => found.system === system).length <= 1,
          resource,
          "identifier",
        ),
      ),
    payload,
  );
}

export const profileRules: readonly Rule[] = [
  ...bundleRules("ITK-Message-Bundle-1", "message", ({ message }) => message.bundle, {}),
  ...absent("ITK-Message-Bundle-1", bundleTakesAway, messageBundle),
  ...absent("ITK-Message-Bundle-1:entry", entryTakesAway, ({ message }) => entries(message.bundle)),
  rule(
    "ITK-Message-Bundle-1:entry[0]",
    "The first entry of the message is not its MessageHeader (FHIR bdl-12).",
    ({ message }) => unless(message.bundle.entry?.[0]?.resource === message.header, message.header),
  ),
  ...bundleRules("ITK-Document-Bundle-1", "document", ({ message }) => message.document, payload),
  ...absent("ITK-Document-Bundle-1", bundleTakesAway, documentBundle, payload),
  ...absent("ITK-Document-Bundle-1:entry", entryTakesAway, ({ message }) => entries(message.document), payload),
  rule(
    "ITK-Document-Bundle-1:entry[0]",
    "The first entry of the document is not its Composition (FHIR bdl-11).",
    ({ message }) =>
      message.document === undefined || message.composition === undefined
        ? none
        : unless(message.document.entry?.[0]?.resource === message.composition, message.composition),
    payload,
  ),
  ...absent("ITK-MessageHeader-2", ["enterer", "author", "responsible", "reason"], header),
  ...absent("ITK-MessageHeader-2:event", ["version", "userSelected"], headerEvent),
  ...absent("ITK-MessageHeader-2:source", ["name", "software", "version", "contact"], headerSource),
  rule(
    "ITK-MessageHeader-2:event.display",
    "MessageHeader.event has no display.",
    ({ message }) => unless(isText(message.header.event?.display), message.header, "event.display"),
    { issueCode: "required" },
  ),
  rule(
    "ITK-MessageHeader-2:event.system",
    "MessageHeader.event is not of ITK-MessageEvent-2.",
    ({ message }) => unless(message.header.event?.system === systems.messageEvent, message.header, "event.system"),
    { issueCode: "code-invalid" },
  ),
  rule(
    "ITK-MessageHeader-2:sender",
    "MessageHeader.sender has no reference.",
    ({ message }) => unless(isText(message.header.sender?.reference), message.header, "sender"),
    { issueCode: "required" },
  ),
  rule("ITK-MessageHeader-2:focus", "MessageHeader has more than one focus.", ({ message }) =>
    unless((message.header.focus ?? []).length <= 1, message.header, "focus"),
  ),
  rule("ITK-MessageHeader-2:response", "MessageHeader has a response and is no ITK Response.", ({ message, useCase }) =>
    unless(useCase === "response" || message.header.response === undefined, message.header, "response"),
  ),
  ...absent(
    "CareConnect-ITK-Header-Organization-1",
    ["active", "type", "name", "alias", "telecom", "address", "partOf", "contact", "endpoint"],
    headerOrganizations,
  ),
  rule(
    "CareConnect-ITK-Header-Organization-1:identifier",
    "An Organization of the header does not have an ODS organisation or site code, or has another identifier.",
    ({ outer }) =>
      ofType(outer, "Organization").flatMap((organization) => {
        const identifiers = organization.identifier ?? [];
        const allowed = identifiers.every(
          ({ system, value }) => (system === systems.odsOrganisation || system === systems.odsSite) && isText(value),
        );
        const distinct = new Set(identifiers.map(({ system }) => system)).size === identifiers.length;
        return unless(identifiers.length > 0 && allowed && distinct, organization, "identifier");
      }),
  ),
  rule(
    "CareConnect-Patient-1:name",
    "Patient does not have exactly one official name with a family name.",
    ({ inner }) =>
      ofType(inner, "Patient").flatMap((patient) => {
        const official = (patient.name ?? []).filter((name) => name.use === "official");
        return unless(official.length === 1 && isText(official[0]?.family), patient, "name");
      }),
    payload,
  ),
  rule(
    "CareConnect-Patient-1:identifier",
    "Patient has more than one NHS number.",
    ({ inner }) =>
      ofType(inner, "Patient").flatMap((patient) =>
        unless(
          (patient.identifier ?? []).filter(({ system }) => system === systems.nhsNumber).length <= 1,
          patient,
          "identifier",
        ),
      ),
    payload,
  ),
  rule(
    "CareConnect-Patient-1:name.use",
    "A name of the Patient has no use.",
    ({ inner }) =>
      ofType(inner, "Patient").flatMap((patient) =>
        (patient.name ?? []).flatMap((name) => unless(name.use !== undefined, name, "use")),
      ),
    payload,
  ),
  rule(
    "CareConnect-Patient-1:telecom",
    "A telecom of the Patient has no system or no value.",
    ({ inner }) =>
      ofType(inner, "Patient").flatMap((patient) =>
        (patient.telecom ?? []).flatMap((point) => unless(point.system !== undefined && isText(point.value), point)),
      ),
    payload,
  ),
  ...absent("CareConnect-Patient-1", ["animal", "communication"], innerOf("Patient"), payload),
  onlyOne("Practitioner", systems.sdsUser, "SDS user id"),
  onlyOne("Organization", systems.odsOrganisation, "ODS organisation code"),
  onlyOne("Organization", systems.odsSite, "ODS site code"),
  ...absent("CareConnect-Practitioner-1", ["communication"], innerOf("Practitioner"), payload),
  rule(
    "CareConnect-Composition-1:identifier",
    "Composition.identifier has no system or no value.",
    ({ inner }) =>
      ofType(inner, "Composition").flatMap(({ identifier }) =>
        identifier === undefined ? none : unless(isText(identifier.system) && isText(identifier.value), identifier),
      ),
    payload,
  ),
  rule(
    "CareConnect-Composition-1:relatesTo",
    "Composition.relatesTo stands more than once.",
    ({ inner }) =>
      ofType(inner, "Composition").flatMap((composition) =>
        unless((composition.relatesTo ?? []).length <= 1, composition, "relatesTo"),
      ),
    payload,
  ),
  ...absent("ITK-Attachment-Binary-1", ["securityContext"], innerOf("Binary"), payload),
  {
    numbers: { itk: "FHIR-PDS-10" },
    severity: "error",
    responseCode: "20009",
    issueCode: "required",
    text: "Patient's NHS number has no verification status.",
    breaches: ({ inner }) =>
      ofType(inner, "Patient").flatMap((patient) =>
        (patient.identifier ?? [])
          .filter(({ system }) => system === systems.nhsNumber)
          .flatMap((identifier) => {
            const status = identifier.extension?.find(({ url }) => url === extensions.verificationStatus);
            const coding = status?.valueCodeableConcept?.coding?.[0];
            return unless(coding?.system === systems.verificationStatus && isText(coding.code), identifier);
          }),
      ),
  },
  {
    numbers: { core: "025", scal: "GPCM-SD-108" },
    alsoShows: ["GPCM-SD-027"],
    severity: "error",
    responseCode: "20009",
    issueCode: "required",
    text: "A resource does not say in meta.profile which profile it follows.",
    breaches: ({ message, inner, outer }) =>
      [message.bundle, ...outer, ...inner].flatMap((resource) =>
        unless((resource.meta?.profile ?? []).length > 0, resource, "meta"),
      ),
  },
  {
    numbers: { core: "028" },
    severity: "error",
    responseCode: "20009",
    issueCode: "required",
    text: "A resource has no id.",
    breaches: ({ message, inner, outer }) =>
      [message.bundle, ...outer, ...inner].flatMap((resource) => unless(isText(resource.id), resource, "id")),
  },
  {
    numbers: { own: "ITK-Message-Bundle-1:meta.profile" },
    severity: "error",
    responseCode: "20006",
    issueCode: "structure",
    text: "The message bundle or its header does not follow its ITK3 profile.",
    breaches: ({ message }) => [
      ...unless(message.bundle.meta?.profile?.includes(profiles.messageBundle) ?? false, message.bundle, "meta"),
      ...unless(message.header.meta?.profile?.includes(profiles.messageHeader) ?? false, message.header, "meta"),
    ],
  },
];
