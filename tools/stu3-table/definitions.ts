// HL7's own definitions of STU3, as published with HAPI: structure definitions, value sets and code systems.
import { readFileSync } from "node:fs";
import { XmlDocument, type XmlElement } from "libxml2-wasm";

const spaces = { f: "http://hl7.org/fhir" };

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

/** Every type that is no profile of another: primitives, datatypes and resources. */
export function readStructures(): Structure[] {
  return ["profile/profiles-types.xml", "profile/profiles-resources.xml"].flatMap((file) => {
    using document = open(file);
    return (
      all(document.root, "f:entry/f:resource/f:StructureDefinition")
        .filter((found) => value(found, "f:derivation") !== "constraint")
        .map(structureOf)
        // A pattern that resources follow; none is derived from it.
        .filter(({ name }) => name !== "MetadataResource")
    );
  });
}

function structureOf(definition: XmlElement): Structure {
  return {
    name: value(definition, "f:id") ?? "",
    base: lastOf(value(definition, "f:baseDefinition")),
    kind: value(definition, "f:kind") ?? "",
    elements: all(definition, "f:differential/f:element").map(elementOf),
  };
}

function elementOf(element: XmlElement): StructureElement {
  const types = all(element, "f:type");
  const targets = types.flatMap((type) => lastOf(value(type, "f:targetProfile")) ?? []);
  const strength = value(element, "f:binding/f:strength");
  return {
    path: value(element, "f:path") ?? "",
    required: value(element, "f:min") === "1",
    repeating: value(element, "f:max") !== "1",
    types: [...new Set(types.flatMap((type) => value(type, "f:code") ?? []))],
    targets: targets.includes("Resource") ? [] : targets,
    sameAs: value(element, "f:contentReference")?.slice(1),
    boundTo: strength === "required" ? value(element, "f:binding/f:valueSetReference/f:reference") : undefined,
    summary: (value(element, "f:short") ?? "").replaceAll(/[^\x21-\x7e]+/g, " ").trim(),
  };
}

/** The codes of a value set by its URL; empty where it lists none (languages, media types). */
export function readValueSets(): (url: string) => string[] {
  const systems = new Map<string, string[]>();
  const sets = new Map<string, Include[]>();
  for (const file of ["valueset/valuesets.xml", "valueset/v3-codesystems.xml"]) {
    using document = open(file);
    for (const system of all(document.root, "f:entry/f:resource/f:CodeSystem")) {
      const codes = all(system, `.//f:concept[not(${abstract})]/f:code`).map(valueOf);
      systems.set(value(system, "f:url") ?? "", codes);
    }
    for (const set of all(document.root, "f:entry/f:resource/f:ValueSet")) {
      const includes = all(set, "f:compose/f:include").map((include) => ({
        system: value(include, "f:system") ?? "",
        codes: all(include, "f:concept/f:code").map(valueOf),
        whole: all(include, "f:filter").length === 0,
        sets: all(include, "f:valueSet").map(valueOf),
      }));
      sets.set(value(set, "f:url") ?? "", includes);
    }
  }
  const codesOf = (url: string): string[] =>
    (sets.get(url) ?? []).flatMap((include) => {
      if (include.codes.length > 0) return include.codes;
      if (include.sets.length > 0) return include.sets.flatMap(codesOf);
      return include.whole ? (systems.get(include.system) ?? []) : [];
    });
  return codesOf;
}

// A heading of a code system, which is no code of it.
const abstract = "f:property[f:code/@value='notSelectable']/f:valueBoolean/@value='true'";

interface Include {
  system: string;
  codes: string[];
  whole: boolean;
  sets: string[];
}

function open(file: string): XmlDocument {
  const url = new URL(`definitions/org/hl7/fhir/dstu3/model/${file}`, import.meta.url);
  return XmlDocument.fromBuffer(readFileSync(url));
}

function all(within: XmlElement, path: string): XmlElement[] {
  return within.find(path, spaces) as XmlElement[];
}

function value(within: XmlElement, path: string): string | undefined {
  return (within.get(path, spaces) as XmlElement | null)?.attr("value")?.value;
}

function valueOf(element: XmlElement): string {
  return element.attr("value")?.value ?? "";
}

function lastOf(url: string | undefined): string | undefined {
  return url?.slice(url.lastIndexOf("/") + 1);
}
