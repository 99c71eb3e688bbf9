import { narrativeLines, type Resource, typeNameOf } from "@restante/itk3";
import type { Against, DocumentEntry, Fact, Said, Term } from "../document-view.ts";
import { bounded, mostKept, mostListed } from "../bounded.ts";
import { extensionsOf, rest } from "./facts.ts";
import { type EntryPlan, planOf } from "./plans.ts";
import { type Called, quantityWords, Saying, wordOf } from "./saying.ts";
import { questions } from "./questions.ts";
import { type Held, isHeld, listOf, spaced, termOf } from "./term.ts";

/** What of the message an entry is read with. */
export interface EntryContext {
  /** The words for what a reference leads to. */
  called: Called;
  /** What a reference of an entry leads to, in the entry itself or in the message. */
  resolve: (reference: unknown, holder: Resource) => Resource | undefined;
  isModified: (resource: Resource) => boolean;
  /** Whether it is about the patient of the document. */
  isThePatient: (reference: unknown) => boolean;
}

/** What every resource has and no person reads, and what is looked at by itself. */
const unread: ReadonlySet<string> = new Set([
  ..."resourceType id meta language implicitRules identifier contained extension modifierExtension text".split(" "),
  ..."subject patient context encounter notDone notGiven doNotPerform".split(" "),
  "_id",
  "_implicitRules",
  "_language",
]);

/** An entry as its row in a table; a QuestionnaireResponse as one for itself and one for each question. */
export function entriesOf(resource: Resource, context: EntryContext, removed: boolean): DocumentEntry[] {
  const held = resource as unknown as Held;
  const own = entryOf(resource, context, removed);
  if (resource.resourceType !== "QuestionnaireResponse") return [own];
  const rows = [...questions(held["item"], context.called)];
  const { against, modified, notThePatient } = own;
  for (const row of rows)
    Object.assign(row, { against, ...(modified && { modified }), ...(notThePatient && { notThePatient }) });
  return [own, ...rows];
}

function entryOf(resource: Resource, context: EntryContext, removed: boolean): DocumentEntry {
  const { resourceType: type } = resource;
  const held = resource as unknown as Held;
  const plan = planOf(type);
  const saying = new Saying(context.called);
  const used = new Set(unread);
  if (type === "QuestionnaireResponse") used.add("item");
  const term = termIn(resource, plan, context, used);
  const facts = (columns: EntryPlan["value"] = []): Fact[] =>
    columns.flatMap(({ part, called }) =>
      partsNamed(held, part).flatMap((name) => {
        if (used.has(name)) return [];
        used.add(name);
        const said = saidOf(type, name, held[name], saying);
        return said.length === 0 ? [] : [{ what: called ?? spaced(name), said }];
      }),
    );
  const columns = {
    value: facts(plan.value),
    range: facts(plan.range),
    interpretation: facts(plan.interpretation),
    status: facts(plan.status),
    dates: facts(plan.dates),
  };
  if (resource.resourceType === "List") used.add("entry");
  const more = [...rest(held, used, saying), ...extensionsOf(held, saying), ...ownText(held)];
  for (const inside of containedIn(resource)) saying.unsaid.add(`${spaced(typeNameOf(inside))} within it`);
  for (const part of listed(resource)) saying.unsaid.add(part);
  const isModified = context.isModified(resource);
  const subject = held["subject"] ?? held["patient"];
  return {
    type,
    ...(term !== undefined && { term }),
    against: againstIn(held, removed),
    ...columns,
    more,
    notShown: [...saying.unsaid],
    ...(isModified && { modified: true as const }),
    ...(subject !== undefined && !context.isThePatient(subject) && { notThePatient: true as const }),
  };
}

/** `onset[x]` is whichever of onsetDateTime, onsetAge and so on there is. */
function partsNamed(held: Held, part: string): string[] {
  if (!part.endsWith("[x]")) return part in held ? [part] : [];
  const base = part.slice(0, -"[x]".length);
  return Object.keys(held).filter((name) => name.startsWith(base) && /^[A-Z]/.test(name.slice(base.length)));
}

function termIn(
  resource: Resource,
  { term: names }: EntryPlan,
  { resolve }: EntryContext,
  used: Set<string>,
): Term | undefined {
  const held = resource as unknown as Held;
  for (const name of names) {
    const value = held[name];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    const led = isHeld(first) && "reference" in first ? resolve(first, resource) : undefined;
    const term = led === undefined ? termOfPart(first) : termOf((led as unknown as Held)["code"]);
    if (term === undefined) continue;
    // Of several the others are said beside it.
    if (!Array.isArray(value) || value.length === 1) used.add(name);
    return term;
  }
  return undefined;
}

/** What a thing that others refer to is called, in a sentence. */
export function wordsFor(resource: Resource): string {
  const held = resource as unknown as Held;
  const { resourceType: type } = resource;
  const texts = planOf(type).term.flatMap((name) => {
    const value = held[name];
    return termOfPart(Array.isArray(value) ? (value[0] as unknown) : value)?.text ?? [];
  });
  return texts[0] === undefined ? spaced(typeNameOf(resource)) : bounded(texts[0], mostListed);
}

function termOfPart(value: unknown): Term | undefined {
  if (typeof value === "string")
    return value.trim() === "" ? undefined : { text: bounded(value, mostKept), codings: [] };
  return termOf(value);
}

function saidOf(type: string, name: string, value: unknown, saying: Saying): Said[] {
  return saying.say(name, type === "Observation" && name === "component" ? componentsOf(value) : value);
}

/** `Systolic blood pressure: 120 mmHg`: what a component is of stands before what was found. */
function componentsOf(value: unknown): unknown[] {
  return listOf(value).map((component) => {
    if (!isHeld(component)) return component;
    const { code, valueQuantity } = component;
    const words = [
      isHeld(code) ? wordOf(code) : undefined,
      isHeld(valueQuantity) ? quantityWords(valueQuantity) : undefined,
    ];
    const text = words.filter((word) => word !== undefined).join(": ");
    const others = Object.entries(component).filter(([name]) => name !== "code" && name !== "valueQuantity");
    return others.length === 0 ? text : Object.fromEntries([["text", text], ...others]);
  });
}

/** What a List leads to stands in the tables; what it says of that beside is not shown. */
function listed(resource: Resource): string[] {
  const entries = resource.resourceType === "List" ? (resource.entry ?? []) : [];
  return entries.some(({ flag, date }) => flag !== undefined || date !== undefined)
    ? ["what it says of its entries"]
    : [];
}

/** But for the medicine, which its own reference leads to. */
function containedIn(resource: Resource): Resource[] {
  const { contained = [] } = resource as { contained?: readonly Resource[] };
  return contained.filter(({ resourceType }) => resourceType !== "Medication");
}

/** What an entry says in a narrative, and not in its parts. */
function ownText({ text }: Held): Fact[] {
  if (!isHeld(text) || text["status"] === "generated" || text["status"] === "empty") return [];
  const { lines } = narrativeLines(textDiv(text), mostKept);
  const said = lines.map(({ texts }) => texts.join(" | "));
  return said.length === 0 ? [] : [{ what: "text", said }];
}

function textDiv(text: Held): string | undefined {
  const { div } = text;
  return typeof div === "string" ? div : undefined;
}

function againstIn(held: Held, removed: boolean): Against[] {
  const is = (name: string, value: unknown): boolean => held[name] === value;
  const found: readonly (readonly [Against, boolean])[] = [
    ["entered-in-error", is("status", "entered-in-error") || is("verificationStatus", "entered-in-error")],
    ["refuted", is("verificationStatus", "refuted")],
    ["removed", removed],
    ["not-taken", is("taken", "n")],
    ["not-given", is("notGiven", true)],
    ["not-done", is("notDone", true)],
    ["not-to-be-done", is("doNotPerform", true)],
  ];
  return found.flatMap(([against, holds]) => (holds ? [against] : []));
}
