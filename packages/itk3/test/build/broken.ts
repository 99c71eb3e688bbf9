// Inputs of which single fields are broken.
import * as fc from "fast-check";

/** What the input of each builder is called in the path of a problem. */
export const names: Readonly<Record<string, string>> = {
  allergySection: "allergies",
  consentSection: "consents",
  diagnosticReportSection: "diagnosticReport",
  documentReferenceSection: "documents",
  familyHistorySection: "familyHistory",
  immunisationSection: "immunisations",
  locationSection: "locations",
  medicationSection: "medications",
  observationSection: "observations",
  peopleSection: "people",
  problemSection: "problems",
  procedureRequestSection: "procedureRequests",
  questionnaireSection: "questionnaire",
  questionnaireResponseSection: "questionnaireResponse",
  referralSection: "referrals",
  taskSection: "tasks",
};

export interface Field {
  path: string;
  keys: readonly (string | number)[];
}

/** Every field within a value, those that hold others too; of files and dates the whole, and of functions none. */
export function fieldsOf(value: unknown, path = "", keys: readonly (string | number)[] = []): Field[] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, held]: [string, unknown]) => {
    if (typeof held === "function" || held === undefined) return [];
    const isItem = Array.isArray(value);
    const at = isItem ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const line = [...keys, isItem ? Number(key) : key];
    const own: Field = { path: at, keys: line };
    return [own].concat(fieldsOf(held, at, line));
  });
}

/** A copy with another value in one field. */
export function withField<Input>(input: Input, [key, ...rest]: Field["keys"], value: unknown): Input {
  if (key === undefined) return value as Input;
  const copy: Record<string | number, unknown> = Array.isArray(input)
    ? (Object.assign([], input) as unknown as Record<number, unknown>)
    : { ...(input as object) };
  copy[key] = withField(copy[key], rest, value);
  return copy as Input;
}

/** Of neither of two is the other a part. */
export function areApart(one: string, other: string): boolean {
  const holds = (outer: string, inner: string): boolean =>
    inner.startsWith(outer) && /^(?:$|[.[])/.test(inner.slice(outer.length));
  return !holds(one, other) && !holds(other, one);
}

/** Values of a type that no field has. */
export const ofNoType: fc.Arbitrary<unknown> = fc.constantFrom(null, Number.NaN, Symbol("wrong"), 7n);

/** What no field of a document may be: of no type, or text that says nothing or that no message can hold. */
export const wrong: fc.Arbitrary<unknown> = fc.oneof(ofNoType, fc.constantFrom("", " ", "\u0001", "\ud800 "));
