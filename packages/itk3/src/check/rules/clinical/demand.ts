// What GP Connect demands of the clinical resources is mostly of a few kinds; each becomes a rule here, or in
// references.ts where it is about where a reference leads. Every rule says in a sentence what is asked.
import type { systems } from "../../../names.ts";
import { resourceDefinition } from "../../../stu3/element-table.ts";
import type { Resource } from "../../../stu3/types.ts";
import type { Breach, CheckContext, RequirementNumbers, Rule } from "../../rule.ts";
import { ofDocuments } from "../../rule-maker.ts";
import { anyOf, everyAt, isAt, placeAt, readable, type Value, withArticle } from "./paths.ts";

export type ResourceType = Resource["resourceType"];

/** The number that an online consultation and a generic document share: 33 to 140. */
export function both(number: string): RequirementNumbers {
  return { oc: number, ge: number };
}

/** The number of a generic document alone. */
export function generic(number: string): RequirementNumbers {
  return { ge: number };
}

/** For which of the resources a demand holds. */
export interface When {
  /** What such a resource does or is, after its type: `is an order`. */
  said: string;
  holds: (resource: Value, context: CheckContext) => boolean;
}

export interface Rest {
  severity?: Rule["severity"];
  /** Where the demand holds only for some of the resources. */
  when?: When;
  alsoShows?: readonly string[];
  leads?: true;
  unled?: true;
}

export const should: Rest = { severity: "warning" };

/** The two sentences of a demand. */
export interface Words {
  /** What it is asked of, before `must` or `should`, where that is not the element: `Every Task.input`. */
  of?: string;
  /** What is asked, after `must` or `should`: `have a start and an end`. */
  asked: string;
  /** What is wrong where it is not so: a whole sentence. */
  wrong: string;
}

/** Looks at every resource of a type in the document; `holds` says whether the demand is met. */
export function demand(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string | undefined,
  { of = elementAt(type, path), asked, wrong }: Words,
  holds: (resource: Value, context: CheckContext) => boolean,
  rest: Rest = {},
): Rule {
  if (resourceDefinition(type) === undefined) throw new Error(`no resource ${type}`);
  const { severity = "error", when, alsoShows = [], leads, unled } = rest;
  const where = when === undefined ? "" : `Where ${withArticle(type)} ${when.said}, `;
  return {
    numbers,
    alsoShows,
    ...(leads === undefined ? {} : { leads }),
    ...(unled === undefined ? {} : { unled }),
    severity,
    responseCode: "20009",
    issueCode: "value",
    requirement: `${where}${of} ${severity === "error" ? "must" : "should"} ${asked}.`,
    text: wrong,
    asked: ofDocuments,
    breaches: (context): readonly Breach[] =>
      context.inner
        .ofType(type)
        .filter((element) => {
          const resource = element as unknown as Value;
          return (when?.holds(resource, context) ?? true) && !holds(resource, context);
        })
        .map((element) => (path === undefined ? { element } : placeAt(element, path))),
  };
}

/** How a finding begins where the demand holds only for some: `The Immunization was given, and `. */
function found(type: ResourceType, { when }: Rest): string {
  return when === undefined ? "" : `The ${type} ${when.said}, and `;
}

/** How people name the element at a path, `Task.for`, or a resource itself. */
export function elementAt(type: ResourceType, path: string | undefined): string {
  return path === undefined ? withArticle(type, "A") : `${type}.${readable(path)}`;
}

/** The element is there. */
export function has(numbers: RequirementNumbers, type: ResourceType, path: string, rest: Rest = {}): Rule {
  const wrong = `${found(type, rest)}${elementAt(type, path)} is missing.`;
  return demand(numbers, type, path, { asked: "be there", wrong }, (resource) => isAt(resource, path), rest);
}

/** Wherever the parent is there, so is the element. */
export function hasEach(
  numbers: RequirementNumbers,
  type: ResourceType,
  parent: string,
  name: string,
  rest?: Rest,
): Rule {
  const within = elementAt(type, parent);
  return demand(
    numbers,
    type,
    parent,
    {
      of: `In every ${within}, ${readable(name)}`,
      asked: "be there",
      wrong: `In ${withArticle(within)}, ${readable(name)} is missing.`,
    },
    (resource) => everyAt(resource, parent).every((value) => isAt(value as Value, name)),
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
    { asked: `be ${anyOf(values)}`, wrong: `${elementAt(type, path)} is missing, or not ${anyOf(values)}.` },
    (resource) => {
      const held = everyAt(resource, path);
      return held.length > 0 && held.every((value) => values.includes(value as string));
    },
    rest,
  );
}

/** The element holds a coding with a code, of `system` where one is named. */
export function isCoded(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string,
  { system, code, ...rest }: Rest & { system?: typeof systems.snomed; code?: string } = {},
): Rule {
  const kind = system === undefined ? "code" : "SNOMED CT code";
  const wanted = code === undefined ? `a ${kind}` : `the ${kind} ${code}`;
  return demand(
    numbers,
    type,
    path,
    { asked: `hold ${wanted}`, wrong: `${elementAt(type, path)} lacks ${wanted}.` },
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
    { asked: "hold a code or a text", wrong: `${elementAt(type, path)} holds neither a code nor a text.` },
    (resource) => isAt(resource, `${path}.text`) || isAt(resource, `${path}.coding.code`),
    rest,
  );
}

/** The element is not there. */
export function lacks(numbers: RequirementNumbers, type: ResourceType, path: string, rest: Rest = {}): Rule {
  const wrong = `${found(type, rest)}${elementAt(type, path)} is there.`;
  return demand(numbers, type, path, { asked: "not be there", wrong }, (resource) => !isAt(resource, path), rest);
}
