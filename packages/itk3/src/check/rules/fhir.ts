// What FHIR itself demands of any bundle and the element table cannot say.
import { sectionsOf } from "../../message/sections.ts";
import { events, systems } from "../../names.ts";
import type { Bundle, Resource } from "../../stu3/types.ts";
import { none, onComposition, unless } from "../look.ts";
import { isSnomedIdentifier } from "../snomed.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";

function rule(own: string, text: string, breaches: Rule["breaches"], rest: Partial<Rule> = {}): Rule {
  return {
    numbers: { own },
    severity: "error",
    responseCode: "20009",
    issueCode: "structure",
    text,
    breaches,
    ...rest,
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const verificationStatuses = /^0[1-8]$/;

export const fhirRules: readonly Rule[] = [
  rule(
    "FHIR:modifierExtension",
    "A modifier extension may change the meaning of what holds it, and none is known to Send Document.",
    ({ elements }) =>
      (["DomainResource", "BackboneElement"] as const).flatMap((type) =>
        elements
          .ofType(type)
          .flatMap((element) => unless(!("modifierExtension" in element), element, "modifierExtension")),
      ),
    { issueCode: "extension" },
  ),
  rule(
    "FHIR:implicitRules",
    "A resource follows implicit rules, and none are known to Send Document.",
    ({ inner, outer }) =>
      [...outer, ...inner].flatMap((resource) =>
        unless(resource.implicitRules === undefined, resource, "implicitRules"),
      ),
  ),
  rule("FHIR:fullUrl", "An entry's fullUrl does not go with the id of its resource (Bundle, 2.36.4).", ({ message }) =>
    [message.bundle, message.document].flatMap((bundle) =>
      (bundle?.entry ?? []).flatMap((entry) => {
        const { fullUrl, resource } = entry;
        if (resource?.id === undefined || fullUrl === undefined) return none;
        const last = fullUrl.slice(Math.max(fullUrl.lastIndexOf("/"), fullUrl.lastIndexOf(":")) + 1);
        return unless(last === resource.id, entry, "fullUrl");
      }),
    ),
  ),
  rule("FHIR:reference", "A reference leads to nothing in the message.", danglingReferences),
  rule("FHIR:identifier", "An identifier of the UUID system is no UUID.", ({ elements }) =>
    elements.ofType("Identifier").flatMap((element) => {
      const { system, value } = element;
      return unless(system !== systems.rfc4122 || uuid.test((value ?? "").replace(/^urn:uuid:/, "")), element, "value");
    }),
  ),
  rule(
    "FHIR:section",
    "Two sections of the Composition lead to the same resource.",
    onComposition((composition) => {
      const seen = new Set<string>();
      return sectionsOf(composition).flatMap(({ entry }) =>
        (entry ?? []).flatMap((reference) => {
          const repeated = reference.reference !== undefined && seen.has(reference.reference);
          seen.add(reference.reference ?? "");
          return unless(!repeated, reference);
        }),
      );
    }),
    { severity: "warning" },
  ),
  rule(
    "ITK-MessageEvent-2:display",
    "MessageHeader.event's display is not that of its code.",
    ({ message: { header } }) => {
      const known = Object.values(events).find(({ code }) => code === header.event?.code);
      return unless(known === undefined || known.display === header.event?.display, header, "event.display");
    },
    { responseCode: "20006", issueCode: "code-invalid" },
  ),
  rule(
    "CareConnect-NHSNumberVerificationStatus-1",
    "An NHS number's verification status is none of 01 to 08.",
    ({ elements }) =>
      elements.ofType("Coding").flatMap((element) => {
        const { system, code } = element;
        return unless(system !== systems.verificationStatus || verificationStatuses.test(code ?? ""), element, "code");
      }),
    { issueCode: "code-invalid" },
  ),
  rule(
    "SNOMED-CT:check-digit",
    "A SNOMED CT code fails its check digit.",
    ({ elements }) =>
      [...elements.ofType("Coding"), ...elements.ofType("Quantity")].flatMap((element) => {
        const { system, code } = element;
        return unless(system !== systems.snomed || code === undefined || isSnomedIdentifier(code), element, "code");
      }),
    { issueCode: "code-invalid" },
  ),
];

// Within the message a reference is a urn, `Type/id` or, to something contained, `#id`. What lies outside is not ours.
function danglingReferences({ message, elements }: CheckContext): Breach[] {
  const known = new Set<string>();
  for (const bundle of [message.bundle, message.document]) namesIn(bundle, known);
  return elements.ofType("Reference").flatMap((element) => {
    const { reference } = element;
    if (reference === undefined || /^https?:/.test(reference)) return none;
    return unless(known.has(reference), element, "reference");
  });
}

function namesIn(bundle: Bundle | undefined, known: Set<string>): void {
  for (const { fullUrl, resource } of bundle?.entry ?? []) {
    if (fullUrl !== undefined) known.add(fullUrl);
    if (resource?.id === undefined) continue;
    known.add(`urn:uuid:${resource.id}`);
    known.add(`${resource.resourceType}/${resource.id}`);
    for (const contained of containedIn(resource)) known.add(`#${contained.id}`);
  }
}

function containedIn(resource: Resource): readonly Resource[] {
  return "contained" in resource ? (resource.contained ?? []) : [];
}
