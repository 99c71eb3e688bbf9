// What whoever opens a task must be told before anything else.
import type { Itk3Message, Modifier, Modifiers } from "@restante/itk3";
import type { MessageSummary } from "../store/tasks.ts";
import type { ModifiedPart, TaskFinding, TaskNotice } from "../worklist.ts";

/** Kinds of element that are named; a message with more is told of the first. */
const mostNamed = 20;

/** What a task keeps of its message for its notices; nothing where there are none. */
export function noticed(message: Itk3Message, modifiers: Modifiers): Pick<MessageSummary, "notices" | "modified"> {
  const notices = [...modifiedNotice(modifiers.found.map(words)), ...notShownNotice(message.issues)];
  const modified = modifiedParts(message, modifiers);
  return { ...(notices.length > 0 && { notices }), ...(modified.length > 0 && { modified }) };
}

/** The same, as far as findings tell it, of a task that an earlier version stored. */
export function noticesOf(findings: readonly TaskFinding[]): TaskNotice[] {
  const modifiers = findings.filter(({ id }) => id === "FHIR:modifierExtension" || id === "FHIR:implicitRules");
  const issues = findings.map(({ id, severity }) => ({ code: id.replace(/^STU3:/, ""), severity }));
  return [...modifiedNotice(modifiers.map(() => "Part of the message")), ...notShownNotice(issues)];
}

function modifiedNotice(about: readonly string[]): TaskNotice[] {
  if (about.length === 0) return [];
  const text =
    "Something that is not known here may change what these parts of the message say, or turn them into the opposite. Ask the sender before you rely on them.";
  return [{ kind: "modified", text, about: counted(about) }];
}

function notShownNotice(issues: readonly { code: string; severity: string }[]): TaskNotice[] {
  const entries = issues.filter(({ code }) => code === "unknown-resource").length;
  // Of what is kept nothing is hidden.
  const narratives = issues.filter(({ code, severity }) => code === "narrative" && severity === "error").length;
  if (entries + narratives === 0) return [];
  const text = "This message holds entries that cannot be shown. The message as it was sent has it all.";
  const about = [
    { what: "Entries of a kind that is not known here", count: entries },
    { what: "Texts that are not as FHIR allows", count: narratives },
  ];
  return [{ kind: "not-shown", text, about: about.filter(({ count }) => count > 0) }];
}

function modifiedParts(message: Itk3Message, { touch }: Modifiers): ModifiedPart[] {
  const { header, sender, custodian, patient, composition } = message;
  const parts: readonly (readonly [ModifiedPart, readonly (object | undefined)[]])[] = [
    ["patient", [patient, ...(patient?.name ?? []), ...(patient?.identifier ?? []), composition?.subject]],
    ["sender", [...[sender, custodian].flatMap(named), header.sender, composition?.custodian]],
    ["document", [composition]],
    ["handling", [header, ...(header.extension ?? [])]],
  ];
  return parts.flatMap(([part, shown]) => (shown.some((one) => one !== undefined && touch(one)) ? [part] : []));
}

/** What says who somebody is, beside whom it is said of. */
function named(who: Itk3Message["sender"] | Itk3Message["custodian"]): (object | undefined)[] {
  if (who === undefined) return [];
  const { name, identifier = [] } = who;
  return [who, ...(Array.isArray(name) ? name : []), ...identifier];
}

function counted(all: readonly string[]): TaskNotice["about"] {
  const counts = new Map<string, number>();
  for (const what of all) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].slice(0, mostNamed).map(([what, count]) => ({ what, count }));
}

/** `Allergy or intolerance, reaction`: the names of FHIR are the only words that a message of any kind has in common. */
function words({ resource, path }: Modifier): string {
  const part = path.at(-1);
  const { resourceType } = resource;
  const whole = known[resourceType] ?? spaced(resourceType);
  const all = part === undefined ? whole : `${whole}, ${spaced(part)}`;
  return all.slice(0, 1).toUpperCase() + all.slice(1);
}

function spaced(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

const known: Readonly<Record<string, string>> = {
  AllergyIntolerance: "allergy or intolerance",
  Binary: "attachment",
  Bundle: "everything in the message or in its document",
  Composition: "document",
  Immunization: "immunisation",
  MedicationRequest: "prescription",
  MedicationStatement: "medicine taken",
  MessageHeader: "message handling",
  Organization: "organisation",
  ProcedureRequest: "request",
};
