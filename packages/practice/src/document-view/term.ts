import { bounded, mostKept, mostListed } from "../bounded.ts";
import type { Term, TermCoding } from "../document-view.ts";

/** Plain data as it was read, of which no more is known than that it is what FHIR allows there. */
export type Held = Readonly<Record<string, unknown>>;

/** More codings say nothing that the first do not. */
const mostCodings = 10;

/** What a CodeableConcept or a Coding says; undefined where it says nothing. */
export function termOf(value: unknown): Term | undefined {
  if (!isHeld(value)) return undefined;
  const all = Array.isArray(value["coding"]) ? (value["coding"] as unknown[]).filter(isHeld) : [value];
  const codings = all.slice(0, mostCodings).map(codingOf).filter(saysSomething);
  const text = textIn(value, "text") ?? codings.find(({ display }) => display)?.display ?? codings[0]?.code;
  return text === undefined ? undefined : { text, codings };
}

export function textIn(value: Held, name: string): string | undefined {
  const text = value[name];
  return typeof text === "string" && text.trim() !== "" ? bounded(text, mostKept) : undefined;
}

export function isHeld(value: unknown): value is Held {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of a part that may be there several times, or is not. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

const choice =
  /^(abatement|allowed|asNeeded|born|deceased|effective|item|medication|occurrence|onset|performed|scheduled|timing|used|value)(?:Boolean|CodeableConcept|Coding|Date|DateTime|Decimal|Integer|Period|Quantity|Range|Ratio|Reference|String|Time|Timing|Uri)$/;

/** `clinical status` of `clinicalStatus`; of a part that may be of several types, such as `asNeededBoolean`, without its type. */
export function spaced(name: string): string {
  return name
    .replace(choice, "$1")
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase();
}

function codingOf(coding: Held): TermCoding {
  const code = textIn(coding, "code");
  const system = textIn(coding, "system");
  const display = textIn(coding, "display");
  return {
    ...(code !== undefined && { code: bounded(code, mostListed) }),
    ...(system !== undefined && { system: systems[system] ?? bounded(system, mostListed) }),
    ...(display !== undefined && { display }),
  };
}

function saysSomething({ code, display }: TermCoding): boolean {
  return code !== undefined || display !== undefined;
}

const systems: Readonly<Record<string, string>> = {
  "http://snomed.info/sct": "SNOMED CT",
  "https://dmd.nhs.uk": "dm+d",
  "http://read.info/readv2": "Read version 2",
  "http://read.info/ctv3": "Read version 3 (CTV3)",
  "http://loinc.org": "LOINC",
  "http://unitsofmeasure.org": "UCUM",
  "http://hl7.org/fhir/sid/icd-10": "ICD-10",
  "http://hl7.org/fhir/sid/icd-10-uk": "ICD-10",
  "https://fhir.hl7.org.uk/Id/emis-drug-codes": "EMIS drug codes",
  "https://fhir.hl7.org.uk/Id/egton-codes": "EMIS codes",
  "https://fhir.hl7.org.uk/Id/multilex-drug-codes": "Multilex",
  "https://fhir.hl7.org.uk/Id/resipuk-gemscript-drug-codes": "Gemscript",
};
