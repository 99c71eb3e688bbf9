// The little parts that structured entries share, each from plain input.
import { Itk3Error } from "../../errors.ts";
import { systems } from "../../names.ts";
import { endsBefore } from "../../stu3/ends-before.ts";
import type {
  Annotation,
  CodeableConcept,
  Coding,
  Decimal,
  Extension,
  Identifier,
  Period,
  Quantity,
} from "../../stu3/types.ts";

/** Said where an older record lacks what a message must say (GPCM-SD-GE-090, 153, 155, 169). */
export const noInformation = "No information available";

/** A code and what it is called. */
export interface Coded {
  code: string;
  display: string;
  /** Of SNOMED CT (dm+d is part of it), unless another system is named: a URI. */
  system?: string;
}

/** A code, with the sender's words beside it if there are any, or words where there is no code. */
export type Concept = (Coded & { text?: string }) | { text: string; code?: never };

/** Dates, or dates and times with a zone. The end is the last moment that belongs to it. */
export interface PeriodInput {
  start: string;
  end?: string;
}

/** `0.5` and `ml`. */
export interface QuantityInput {
  /** `85.0` stays `85.0`. */
  value: Decimal;
  unit: string;
  /** The unit's code in UCUM. */
  ucum?: string;
}

/** A name that its owner never gives twice: `system` is the owner's own URI. */
export interface IdentifierInput {
  system: string;
  value: string;
}

export function coding({ code, display, system = systems.snomed }: Coded): Coding {
  return { system, code, display };
}

export function concept(input: Concept): CodeableConcept {
  return given({ coding: input.code === undefined ? undefined : [coding(input)], text: input.text });
}

export function concepts(inputs: readonly Concept[] = []): CodeableConcept[] {
  return inputs.map(concept);
}

export function notes(texts: readonly string[] = []): Annotation[] {
  return texts.map((text) => ({ text }));
}

export function quantity({ value, unit, ucum }: QuantityInput): Quantity {
  return { value, unit, ...(ucum === undefined ? {} : { system: systems.ucum, code: ucum }) };
}

export function identifier({ system, value }: IdentifierInput): Identifier {
  return { system, value };
}

/** Throws Itk3Error `input-invalid` where it ends before it starts. */
export function period({ start, end }: PeriodInput): Period {
  if (end === undefined) return { start };
  if (endsBefore(start, end)) throw new Itk3Error("input-invalid", "A period ends before it starts.");
  return { start, end };
}

/** The extensions that have something to say; an empty list where none has. */
export function extensionsOf(...extensions: readonly (Extension | undefined)[]): Extension[] {
  return extensions.filter((extension) => extension !== undefined);
}

/** Makes something of what was given, and nothing of what was not. */
export function maybe<T, R>(input: T | undefined, make: (given: T) => R): R | undefined {
  return input === undefined ? undefined : make(input);
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what was not given: undefined, and lists of nothing. */
export function given<T extends object>(elements: T): Given<T> {
  const held = Object.entries(elements).filter(
    ([, element]) => element !== undefined && !(Array.isArray(element) && element.length === 0),
  );
  return Object.fromEntries(held) as Given<T>;
}
