// What FHIR itself demands of any bundle and the element table cannot say. Its numbered invariants: invariants.ts.
import { isUuid, nameKey } from "../../message/id-key.ts";
import { sectionsOf } from "../../message/sections.ts";
import { events, systems } from "../../names.ts";
import { isCodeOf } from "../../stu3/code-systems.ts";
import { isSnomedIdentifier } from "../../stu3/snomed.ts";
import { onComposition, unless } from "../look.ts";
import { targetRuleId } from "../one-cause.ts";
import type { Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";
import { verificationSystems } from "../verification.ts";
import { absoluteUriRules } from "./absolute-uris.ts";
import { fullUrlRules } from "./full-urls.ts";
import { idRules } from "./ids.ts";
import { referenceRules } from "./references.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "structure" });

/** By its form: which of them mean a language is IANA's list. What is no code at all, reading tells of. */
function isLanguage(tag: string): boolean {
  return /^(?:[a-z]{2,8}|[xi](?=-))(?:-[a-z0-9]{1,8})*$/i.test(tag);
}

const verificationStatuses = /^0[1-8]$/;

export const fhirRules: readonly Rule[] = [
  rule(
    "FHIR:modifierExtension",
    "Whoever reads an element must know its modifier extensions: Send Document has none, and none is known here.",
    "An element has a modifier extension, which may change its meaning.",
    ({ elements }) =>
      (["DomainResource", "BackboneElement"] as const).flatMap((type) =>
        elements
          .ofType(type)
          .flatMap((element) => unless(!("modifierExtension" in element), element, "modifierExtension")),
      ),
    { severity: "look", issueCode: "extension" },
  ),
  rule(
    "FHIR:implicitRules",
    "Whoever reads a resource must know its implicitRules: Send Document has none, and none are known here.",
    "A resource has implicitRules, which may change its meaning.",
    ({ elements }) =>
      elements
        .ofType("Resource")
        .flatMap((resource) => unless(resource.implicitRules === undefined, resource, "implicitRules")),
    { severity: "look" },
  ),
  rule(
    "FHIR:repeated",
    "An item of a list should not be there twice.",
    "A list holds the same item twice.",
    ({ elements }) =>
      elements.lists.flatMap(({ holder, name, items }) => {
        const said = new Set(items.map((item) => JSON.stringify(item)));
        return unless(said.size === items.length, holder, name);
      }),
    { severity: "warning" },
  ),
  ...fullUrlRules,
  ...referenceRules,
  ...absoluteUriRules,
  ...idRules,
  rule(
    targetRuleId,
    "A reference must lead to a resource of a type that STU3 lets it lead to; Composition.author, in Send Document 2, also to an Organization.",
    "A reference leads to a resource of a type that it may not lead to.",
    ({ mistargeted }) => [...mistargeted].map((element) => ({ element })),
  ),
  rule(
    "FHIR:identifier",
    "An identifier of the UUID system must be a UUID.",
    "An identifier of the UUID system is no UUID.",
    ({ elements }) =>
      elements.ofType("Identifier").flatMap((element) => {
        const { system, value } = element;
        const named = value?.replace(/^urn:uuid:/, "");
        return unless(system !== systems.rfc4122 || named === undefined || isUuid(named), element, "value");
      }),
  ),
  rule(
    "FHIR:section",
    "The sections of the Composition should lead to each resource no more than once.",
    "Two sections of the Composition lead to the same resource.",
    onComposition((composition) => {
      const seen = new Set<string>();
      return sectionsOf(composition).flatMap(({ entry }) =>
        (entry ?? []).flatMap((reference) => {
          const name = nameKey(reference.reference ?? "");
          const repeated = reference.reference !== undefined && seen.has(name);
          seen.add(name);
          return unless(!repeated, reference);
        }),
      );
    }),
    { severity: "warning" },
  ),
  rule(
    "ITK-MessageEvent-2:display",
    "The display of MessageHeader.event must be that of its code.",
    "MessageHeader.event's display is not that of its code.",
    ({ message: { header } }) => {
      const known = Object.values(events).find(({ code }) => code === header.event?.code);
      const display = header.event?.display;
      return unless(known === undefined || display === undefined || known.display === display, header, "event.display");
    },
    { responseCode: "20006", issueCode: "code-invalid" },
  ),
  rule(
    "CareConnect-NHSNumberVerificationStatus-1",
    "The verification status of an NHS number must be one of 01 to 08.",
    "An NHS number's verification status is none of 01 to 08.",
    ({ elements }) =>
      elements.ofType("Coding").flatMap((element) => {
        const { system = "", code } = element;
        // A status without a code is none: FHIR-PDS-10.
        const holds = !verificationSystems.has(system) || code === undefined || verificationStatuses.test(code);
        return unless(holds, element, "code");
      }),
    { issueCode: "code-invalid" },
  ),
  rule(
    "FHIR:code",
    "The code of a Coding must be one that its system defines, of the systems of HL7 that Send Document names (FHIR, Coding.code).",
    "A code is none of those that its code system defines.",
    ({ elements }) =>
      elements.ofType("Coding").flatMap((element) => {
        const { system, code } = element;
        const holds = system === undefined || code === undefined || isCodeOf(system, code) !== false;
        return unless(holds, element, "code");
      }),
    { issueCode: "code-invalid" },
  ),
  rule(
    "FHIR:language",
    "A language must be one of BCP 47: `en`, `en-GB` (FHIR, Resource.language and Attachment.language).",
    "A language is no tag of BCP 47.",
    ({ elements }) =>
      (["Resource", "Attachment"] as const).flatMap((type) =>
        elements
          .ofType(type)
          .flatMap((element: { language?: string }) =>
            unless(element.language === undefined || isLanguage(element.language), element, "language"),
          ),
      ),
    { issueCode: "code-invalid" },
  ),
  rule(
    "SNOMED-CT:check-digit",
    "A SNOMED CT code must have the check digit that its other digits give.",
    "A SNOMED CT code fails its check digit.",
    ({ elements }) =>
      [...elements.ofType("Coding"), ...elements.ofType("Quantity")].flatMap((element) => {
        const { system, code } = element;
        return unless(
          system !== systems.snomed || code === undefined || !/^\d+$/.test(code) || isSnomedIdentifier(code),
          element,
          "code",
        );
      }),
    { issueCode: "code-invalid" },
  ),
];
