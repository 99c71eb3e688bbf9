// What the little parts of structured entries must look like.
import { all, both, between, fields, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { absoluteUri, dateTime, primitive, text, textThat } from "../../input/values.ts";
import { systems } from "../../names.ts";
import { endsBefore } from "../../stu3/ends-before.ts";
import type { Place } from "../../input/problems.ts";
import { isCodeOf } from "../../stu3/code-systems.ts";
import { isSnomedIdentifier } from "../../stu3/snomed.ts";
import type { Coded, IdentifierInput, PeriodInput, QuantityInput } from "./pieces.ts";

const snomedCode = textThat(isSnomedIdentifier, "must be a SNOMED CT identifier, check digit included");

/** Of no system in particular. */
export const code: Shape = primitive("code");

/** Of SNOMED CT unless it names another system. */
const ofItsSystem = between<Coded>(["code", "system"], ({ code: written, system = systems.snomed }, at) => {
  if (system === systems.snomed) snomedCode(written, at.field("code"));
  else tellUnknown(system, written, at.field("code"));
});

export const coded: Shape = all(fields<Coded>({ code, display: text, system: optional(absoluteUri) }), ofItsSystem);

/** Of another system than SNOMED CT, which goes without saying. */
const codeOfItsOwn: Shape = fields<Coded>({ code, display: text, system: optional(absoluteUri) });

const withCode: Shape = all(
  fields<Coded & { text?: string }>({ code, display: text, system: optional(absoluteUri), text: optional(text) }),
  ofItsSystem,
);

/** Of a system that goes without saying, and that may be another. */
export function codeOf(unsaid: string): Shape {
  const ofSystem = between<Coded>(["code", "system"], ({ code: written, system = unsaid }, at) =>
    tellUnknown(system, written, at.field("code")),
  );
  return all(codeOfItsOwn, ofSystem);
}

const inWords: Shape = fields<{ text: string }>({ text });

export const concept: Shape = (value, at) => {
  if (!isRecord(value))
    return at.tell(value === undefined ? "must be given" : "must be a code or a text, in an object");
  if (value["code"] === undefined && value["text"] === undefined) return at.tell("must have a code or a text");
  (value["code"] === undefined ? inWords : withCode)(value, at);
};

function tellUnknown(system: string, written: string, at: Place): void {
  if (isCodeOf(system, written) === false) at.tell("is none that its code system defines", "FHIR, Coding.code");
}

export const concepts: Shape = list(concept);
export const texts: Shape = list(text);

export const period: Shape = both(
  fields<PeriodInput>({ start: dateTime, end: optional(dateTime) }),
  between<PeriodInput>(["start", "end"], ({ start, end }, at) => {
    if (endsBefore(start, end)) at.tell("is a period that ends before it starts", "FHIR per-1");
  }),
);

export const quantity: Shape = fields<QuantityInput>({
  value: primitive("decimal"),
  unit: text,
  ucum: optional(primitive("code")),
});

export const identifier: Shape = fields<IdentifierInput>({ system: absoluteUri, value: text });
