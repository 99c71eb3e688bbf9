import { createHash } from "node:crypto";
import {
  type Bundle,
  fileTypeOf,
  isConfidential,
  type Itk3Message,
  type Modifiers,
  narrativeLines,
  type References,
  referencesOf,
  type Resource,
  type stu3,
} from "@restante/itk3";
import { bounded, mostListed } from "../bounded.ts";
import type {
  DocumentEntry,
  DocumentFile,
  DocumentSection,
  DocumentView,
  EntryKind,
  EntryTable,
  KindCount,
  NarrativeText,
} from "../document-view.ts";
import { entriesOf, type EntryContext, wordsFor } from "./entry.ts";
import { type Listed, listedIn } from "./lists.ts";
import { countKinds, type PlacedSection, placeEntries } from "./placing.ts";
import { people, planOf } from "./plans.ts";
import { type Held, isHeld, termOf, textIn } from "./term.ts";

/** What a page can hold, and a person can read. What is more is counted, and stands in the original. */
const mostSections = 200;
const mostEntries = 1000;
const mostCharacters = 500_000;
const mostOfNarrative = 20_000;
const mostFiles = 200;
const mostKinds = 100;

const order: readonly EntryKind[] = [
  "allergies",
  "medicines",
  "conditions",
  "observations",
  "procedures",
  "immunisations",
  "encounters",
  "answers",
  "other",
];

/** What a message says in its sections and entries; undefined where it carries no document. */
export function documentViewOf(message: Itk3Message, modifiers: Modifiers): DocumentView | undefined {
  const { document, composition } = message;
  if (document === undefined) return undefined;
  const references = referencesOf(document);
  const context = contextOf(message, document, references, modifiers);
  const placing = placeEntries(composition, references);
  const files = new Set<object>(message.attachments.flatMap(({ sources }) => sources));
  const room = roomFor(mostEntries, mostCharacters);
  const tell = (resources: readonly Resource[]): EntryTable[] =>
    tablesOf(
      resources.filter((resource) => isTold(resource) && !isFile(resource)),
      (resource) => entriesOf(resource, context, context.listed.removed.has(resource)),
      room,
    );
  const isCarried = (content: stu3.DocumentReferenceContent): boolean => {
    const url = content.attachment?.url;
    const led = url === undefined ? undefined : references.resolve({ reference: url });
    return files.has(content) || (led !== undefined && files.has(led));
  };
  // A DocumentReference too, unless a file of it is not in the message.
  const isFile = (resource: Resource): boolean =>
    files.has(resource) || (resource.resourceType === "DocumentReference" && (resource.content ?? []).every(isCarried));
  const sections = placing.sections.slice(0, mostSections).map((placed) => {
    const section = sectionOf(placed, tell, modifiers, room);
    section.files = placed.entries.filter(isFile).length;
    return section;
  });
  const unshown = placing.sections.slice(mostSections);
  for (const { entries } of unshown) room.leaveOut(entries);
  const unplaced = (document.entry ?? []).flatMap(({ resource }) =>
    resource === undefined || placing.isPlaced(resource) || resource === message.patient || resource === composition
      ? []
      : [resource],
  );
  // Whom the document is about stands at the head of its task.
  const all = [...placing.sections.flatMap(({ entries }) => entries), ...unplaced].filter(
    (one) => !isFile(one) && one !== message.patient,
  );
  const unplacedTables = tell(unplaced);
  return {
    narrative: narrativeOf(composition?.text, room),
    sections,
    unplaced: unplacedTables,
    others: othersAmong(all.filter((one) => !isTold(one) && !isNamedElsewhere(one, context))),
    named: countKinds(all.filter(isPerson)),
    files: message.attachments.slice(0, mostFiles).map(fileOf),
    leftOut: {
      sections: unshown.length,
      entries: room.leftOut(),
      files: Math.max(0, message.attachments.length - mostFiles),
    },
  };
}

/** In a table: everything that FHIR knows, but for who is named, what is told as a file, and what only holds others. */
function isTold(resource: Resource): boolean {
  const { resourceType } = resource;
  if (resource.resourceType === "List" && saysNothing(resource)) return false;
  return (
    !isPerson(resource) &&
    !["unknown", "Binary", "Bundle", "Composition", "Medication", "MessageHeader", "Patient"].includes(resourceType)
  );
}

/** In a row of something else, among the people, or by what it leads to. */
function isNamedElsewhere(resource: Resource, { used }: Context): boolean {
  return isPerson(resource) || used.has(resource) || resource.resourceType === "List";
}

/** What is unknown may call itself anything. */
function othersAmong(resources: readonly Resource[]): KindCount[] {
  const kinds = countKinds(resources);
  const rest = kinds.slice(mostKinds).reduce((sum, { count }) => sum + count, 0);
  const told = kinds.slice(0, mostKinds).map(({ what, count }) => ({ what: bounded(what, mostListed), count }));
  return rest === 0 ? told : [...told, { what: "Entries of other kinds", count: rest }];
}

function isPerson({ resourceType }: Resource): boolean {
  return people.has(resourceType);
}

/** Of its own: what it leads to stands in the tables, and that it led there tells nobody anything. */
function saysNothing({ note, emptyReason, status, mode, entry }: stu3.List): boolean {
  const isPlain = status === "current" && mode !== "changes" && (entry ?? []).length > 0;
  return isPlain && note === undefined && emptyReason === undefined;
}

interface Context extends EntryContext {
  /** What stands in a table as what an entry is of. */
  used: Set<Resource>;
  listed: Listed;
}

function contextOf(
  message: Itk3Message,
  document: Bundle,
  references: References,
  { found, touch }: Modifiers,
): Context {
  const { composition, patient } = message;
  const carriers = new Set<object>(found.map(({ resource }) => resource));
  const isHidden = composition !== undefined && isConfidential(composition);
  const used = new Set<Resource>();
  const concerns = (resource: Resource): boolean => {
    const { contained = [] } = resource as { contained?: readonly Resource[] };
    return touch(resource) || carriers.has(resource) || contained.some((inside) => carriers.has(inside));
  };
  const listed = listedIn(document, references, concerns);
  const resolve = (reference: unknown, holder: Resource): Resource | undefined => {
    if (!isHeld(reference)) return undefined;
    const name = textIn(reference, "reference");
    const { contained = [] } = holder as { contained?: readonly Resource[] };
    const found = name?.startsWith("#")
      ? contained.find(({ id }) => id === name.slice(1))
      : references.resolve(reference);
    if (found !== undefined) used.add(found);
    return found;
  };
  return {
    used,
    listed,
    resolve,
    // Who sent a confidential document is displayed nowhere (CS-030, OC-014).
    called: (reference) => {
      const found = references.resolve(reference);
      if (found === undefined) return isHidden ? undefined : textIn(reference, "display");
      if (people.has(found.resourceType)) return isHidden ? undefined : nameOf(found);
      return found === patient ? "the patient" : wordsFor(found);
    },
    isModified: (resource) =>
      concerns(resource) || listed.modified.has(resource) || medicineOf(resource, resolve).some(concerns),
    isThePatient: (reference) =>
      patient === undefined || (isHeld(reference) && references.candidates(reference).includes(patient)),
  };
}

function medicineOf(resource: Resource, resolve: EntryContext["resolve"]): Resource[] {
  const { medicationReference } = resource as unknown as Held;
  const found = medicationReference === undefined ? undefined : resolve(medicationReference, resource);
  return found === undefined ? [] : [found];
}

/** Of a person or an organisation. */
function nameOf(resource: Resource): string | undefined {
  const { name } = resource as unknown as Held;
  const [first]: unknown[] = Array.isArray(name) ? name : [name];
  if (typeof first === "string") return bounded(first, mostListed);
  if (!isHeld(first)) return undefined;
  const parts = [first["prefix"], first["given"], first["family"]].flat().filter((part) => typeof part === "string");
  return parts.length === 0 ? textIn(first, "text") : bounded(parts.join(" "), mostListed);
}

function sectionOf(
  { section, level, entries, inEarlier, leadNowhere }: PlacedSection,
  tell: (resources: readonly Resource[]) => EntryTable[],
  { touch }: Modifiers,
  room: Room,
): DocumentSection {
  const { title, code, text, emptyReason, entry = [] } = section;
  const isModified = [section, code, text, emptyReason, ...entry].some((part) => part !== undefined && touch(part));
  const term = termOf(code);
  const reason = termOf(emptyReason);
  const tables = tell(entries);
  // What a section says of its entries it says of each.
  if (isModified) for (const table of tables) for (const one of table.entries) one.modified = true;
  return {
    ...(title !== undefined && { title: bounded(title, mostListed) }),
    level,
    ...(term !== undefined && { code: term }),
    narrative: narrativeOf(text, room),
    ...(reason !== undefined && { emptyReason: reason }),
    tables,
    files: 0,
    named: entries.filter(isPerson).length,
    inEarlier,
    leadNowhere,
    ...(isModified && { modified: true as const }),
  };
}

function narrativeOf(text: stu3.Narrative | undefined, room: Room): NarrativeText {
  return narrativeLines(text?.div, Math.min(mostOfNarrative, room.characters()));
}

/** Of each kind in the order of the document. */
function tablesOf(
  resources: readonly Resource[],
  tell: (resource: Resource) => DocumentEntry[],
  room: Room,
): EntryTable[] {
  const tables = new Map<EntryKind, DocumentEntry[]>();
  for (const resource of resources) {
    if (!room.isLeft()) {
      room.leaveOut([resource]);
      continue;
    }
    const { kind } = planOf(resource.resourceType);
    const told = tell(resource);
    const fitting = told.filter((entry) => room.take(entry));
    if (fitting.length < told.length) room.leaveOut(told.slice(fitting.length).map(() => resource));
    if (fitting.length === 0) continue;
    const table = tables.get(kind) ?? [];
    for (const entry of fitting) table.push(entry);
    tables.set(kind, table);
  }
  return order.flatMap((kind) => {
    const entries = tables.get(kind);
    return entries === undefined ? [] : [{ kind, entries }];
  });
}

interface Room {
  isLeft: () => boolean;
  characters: () => number;
  take: (entry: DocumentEntry) => boolean;
  leaveOut: (resources: readonly Resource[]) => void;
  leftOut: () => { what: string; count: number }[];
}

/** For all the entries of a document together. */
function roomFor(entries: number, characters: number): Room {
  const left = { entries, characters };
  const out: Resource[] = [];
  return {
    isLeft: () => left.entries > 0 && left.characters > 0,
    characters: () => Math.max(0, left.characters),
    take(entry) {
      if (left.entries <= 0 || left.characters <= 0) return false;
      left.entries -= 1;
      left.characters -= JSON.stringify(entry).length;
      return true;
    },
    leaveOut(resources) {
      for (const resource of resources) out.push(resource);
    },
    leftOut: () => countKinds(out).map(({ what, count }) => ({ what: bounded(what, mostListed), count })),
  };
}

function fileOf(attachment: Itk3Message["attachments"][number], index: number): DocumentFile {
  const bytes = attachment.bytes();
  return {
    title: bounded(attachment.title ?? `Attachment ${index + 1}`, mostListed),
    fileType: fileTypeOf(bytes) ?? "other",
    claimed: bounded(attachment.contentType, mostListed),
    bytes: bytes.byteLength,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...(!attachment.intact && { damaged: true as const }),
  };
}
