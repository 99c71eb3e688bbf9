// What GP Connect demands of the clinical resources is mostly of five kinds; each becomes a rule here.
import { resourceDefinition } from "../../../stu3/element-table.ts";
import type { Reference, Resource } from "../../../stu3/types.ts";
import { none } from "../../look.ts";
import type { Breach, CheckContext, RequirementNumbers, Rule } from "../../rule.ts";

type ResourceType = Resource["resourceType"];
type Value = Readonly<Record<string, unknown>>;

/** The number that an online consultation and a generic document share: 33 to 140. */
export function both(number: string): RequirementNumbers {
  return { oc: number, ge: number };
}

/** The number of a generic document alone. */
export function generic(number: string): RequirementNumbers {
  return { ge: number };
}

interface Rest {
  severity?: Rule["severity"];
  /** Where the demand holds only for some of the resources. */
  when?: (resource: Value) => boolean;
  alsoShows?: readonly string[];
}

export const should: Rest = { severity: "warning" };

/** Looks at every resource of a type in the document; `holds` says whether the demand is met. */
export function demand(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string | undefined,
  text: string,
  holds: (resource: Value, context: CheckContext) => boolean,
  { severity = "error", when = () => true, alsoShows = [] }: Rest = {},
): Rule {
  if (resourceDefinition(type) === undefined) throw new Error(`no resource ${type}`);
  return {
    numbers,
    alsoShows,
    severity,
    responseCode: "20009",
    issueCode: "value",
    text,
    breaches: (context): readonly Breach[] => {
      if (context.useCase === "response") return none;
      return context.inner
        .filter((resource) => resource.resourceType === type)
        .filter((resource) => when(resource as unknown as Value) && !holds(resource as unknown as Value, context))
        .map((element) => (path === undefined ? { element } : { element, path: path.replace("[x]", "") }));
    },
  };
}

/** The element is there. */
export function has(numbers: RequirementNumbers, type: ResourceType, path: string, rest?: Rest): Rule {
  return demand(numbers, type, path, `${type} has no ${path}.`, (resource) => everyAt(resource, path).length > 0, rest);
}

/** Wherever the parent is there, so is the element. */
export function hasEach(
  numbers: RequirementNumbers,
  type: ResourceType,
  parent: string,
  name: string,
  rest?: Rest,
): Rule {
  return demand(
    numbers,
    type,
    parent,
    `A ${parent} of ${type} has no ${name}.`,
    (resource) => everyAt(resource, parent).every((value) => everyAt(value as Value, name).length > 0),
    rest,
  );
}

/** The element is there and is one of these. */
export function isOneOf(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string,
  values: readonly (string | boolean)[],
  rest?: Rest,
): Rule {
  return demand(
    numbers,
    type,
    path,
    `${type}.${path} is not ${values.join(" or ")}.`,
    (resource) => {
      const found = everyAt(resource, path);
      return found.length > 0 && found.every((value) => values.includes(value as string));
    },
    rest,
  );
}

/** The element is a reference that leads, within the document, to a resource of one of these types. */
export function leadsTo(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string,
  targets: readonly ResourceType[],
  rest?: Rest,
): Rule {
  return demand(
    numbers,
    type,
    path,
    `${type}.${path} does not lead, in the document, to one of: ${targets.join(", ")}..`,
    (resource, { references }) =>
      everyAt(resource, path).some((value) =>
        references.candidates(value as Reference).some(({ resourceType }) => targets.includes(resourceType)),
      ),
    rest,
  );
}

/** The element is a reference to the patient whom the document is about. */
export function isThePatient(numbers: RequirementNumbers, type: ResourceType, path: string, rest?: Rest): Rule {
  return demand(
    numbers,
    type,
    path,
    `${type}.${path} does not lead to the Patient of the document.`,
    (resource, { message: { patient }, references }) =>
      patient === undefined ||
      everyAt(resource, path).some((value) => references.candidates(value as Reference).includes(patient)),
    rest,
  );
}

/** The element holds a coding with a code, of `system` where one is named. */
export function isCoded(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string,
  { system, code, ...rest }: Rest & { system?: string; code?: string } = {},
): Rule {
  return demand(
    numbers,
    type,
    path,
    `${type}.${path} has no ${code === undefined ? "code" : `code ${code}`}${system === undefined ? "" : ` of ${system}`}.`,
    (resource) =>
      everyAt(resource, `${path}.coding`).some((value) => {
        const coding = value as { system?: string; code?: string };
        return (
          coding.code !== undefined &&
          (system === undefined || coding.system === system) &&
          (code === undefined || coding.code === code)
        );
      }),
    rest,
  );
}

/** The element is a concept, by code or in words. */
export function isConcept(numbers: RequirementNumbers, type: ResourceType, path: string, rest?: Rest): Rule {
  return demand(
    numbers,
    type,
    path,
    `${type}.${path} has neither a code nor a text.`,
    (resource) =>
      everyAt(resource, path).some((value) => {
        const concept = value as { text?: string; coding?: readonly { code?: string }[] };
        return concept.text !== undefined || (concept.coding ?? []).some(({ code }) => code !== undefined);
      }),
    rest,
  );
}

/** The element is not there. */
export function lacks(numbers: RequirementNumbers, type: ResourceType, path: string, text: string, rest?: Rest): Rule {
  return demand(numbers, type, path, text, (resource) => everyAt(resource, path).length === 0, rest);
}

/**
 * Every value at a dotted path, through arrays. `value[x]` stands for any of its types. `extension:Name` stands for an
 * extension whose url ends in `Name-1`, with or without the words that CareConnect and GP Connect put before the name,
 * or that is called `Name` within another.
 */
export function everyAt(element: Value, path: string): unknown[] {
  let values: unknown[] = [element];
  for (const part of path.split(".")) values = values.flatMap((value) => children(value as Value, part));
  return values;
}

function children(value: Value, part: string): unknown[] {
  if (part.startsWith("extension:")) return extensionsNamed(value, part.slice("extension:".length));
  if (part.endsWith("[x]")) {
    const stem = part.slice(0, -3);
    return Object.keys(value)
      .filter((name) => name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length)))
      .flatMap((name) => held(value[name]));
  }
  return held(value[part]);
}

function held(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.filter((item) => item !== null) : [value];
}

function extensionsNamed(value: Value, name: string): unknown[] {
  const found = (value["extension"] ?? []) as readonly { url?: string }[];
  const wanted = name.toLowerCase();
  return found.filter(({ url = "" }) => {
    const last = url
      .slice(url.lastIndexOf("/") + 1)
      .replace(/-\d+$/, "")
      .toLowerCase();
    return last === wanted || last.endsWith(`-${wanted}`) || last.endsWith(`medication${wanted}`);
  });
}
