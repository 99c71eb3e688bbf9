// Small looks at a message that rules are made of.
import type { CodeableConcept, Coding, ContactPoint, Identifier, Patient, Resource } from "../stu3/types.ts";
import type { Breach, CheckContext } from "./rule.ts";

export const none: readonly Breach[] = [];

/** A breach at `element` unless `holds`. */
export function unless(holds: boolean, element: object, path?: string): readonly Breach[] {
  if (holds) return none;
  return [path === undefined ? { element } : { element, path }];
}

export function ofType<T extends Resource["resourceType"]>(
  resources: readonly Resource[],
  type: T,
): Extract<Resource, { resourceType: T }>[] {
  return resources.filter(
    (resource): resource is Extract<Resource, { resourceType: T }> => resource.resourceType === type,
  );
}

export function identifierOf(identifiers: readonly Identifier[] | undefined, system: string): string | undefined {
  return identifiers?.find((identifier) => identifier.system === system)?.value;
}

export function hasCoding(concept: CodeableConcept | undefined, system: string, code?: string): boolean {
  return (concept?.coding ?? []).some(
    (coding: Coding) =>
      coding.system === system && coding.code !== undefined && (code === undefined || coding.code === code),
  );
}

export function hasPhone(telecom: readonly ContactPoint[] | undefined): boolean {
  return (telecom ?? []).some((point) => point.system === "phone" && isText(point.value));
}

/** `2001-02-03`. */
export const wholeDate: RegExp = /^\d{4}-\d\d-\d\d$/;

export function isText(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "";
}

/** The mailbox that MessageHeader.source.endpoint holds, with or without the name of the scheme before it. */
export function mailboxIn(endpoint: string | undefined): string | undefined {
  const id = endpoint?.replace(/^urn:nhs-uk:addressing:mesh:/, "");
  return id !== undefined && /^[A-Za-z0-9_-]{1,100}$/.test(id) ? id.toUpperCase() : undefined;
}

export function officialFamily(patient: Patient | undefined): string | undefined {
  return patient?.name?.find((name) => name.use === "official")?.family;
}

// A summary stands near the beginning: a narrative of megabytes is not looked through.
const longestNarrative = 100_000;

const blocks =
  /<\/?(?:div|p|br|hr|h[1-6]|blockquote|pre|address|ul|ol|li|dl|dt|dd|table|caption|thead|tfoot|tbody|tr|th|td)\b[^>]*>/gi;

/** The paragraphs of a narrative, without tags and empty ones; of one longer than 100,000 characters, the beginning. */
export function paragraphsOf(div: string | undefined): string[] {
  return (div ?? "")
    .slice(0, longestNarrative)
    .replace(/\s+/g, " ")
    .replace(blocks, "\n")
    .replace(/<[^>]*>/g, "")
    .split("\n")
    .map((paragraph) => unescaped(paragraph).replace(/\s+/g, " ").trim())
    .filter((paragraph) => paragraph !== "");
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);/g, (_, name: string) => {
    const plain = named[name];
    if (plain !== undefined) return plain;
    const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10_ffff ? String.fromCodePoint(code) : "";
  });
}

/** The composition if there is one: the absence of it is one rule's finding, not everybody's. */
export function onComposition(
  look: (composition: NonNullable<CheckContext["message"]["composition"]>, context: CheckContext) => readonly Breach[],
): (context: CheckContext) => readonly Breach[] {
  return (context) => (context.message.composition === undefined ? none : look(context.message.composition, context));
}

/** The patient if there is one. */
export function onPatient(
  look: (patient: Patient, context: CheckContext) => readonly Breach[],
): (context: CheckContext) => readonly Breach[] {
  return (context) => (context.message.patient === undefined ? none : look(context.message.patient, context));
}
