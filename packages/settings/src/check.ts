import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { Finding } from "./finding.ts";
import { findIn } from "./rules.ts";
import type { JsonSchema, Schema, TextFormat } from "./schema.ts";
import { type Wording, wordsOf } from "./wording.ts";

export type { Wording } from "./wording.ts";

/** Everything in which a value departs from a schema, its rules included; empty if nothing does. */
export function findProblems(schema: Schema<unknown>, value: unknown): Finding[] {
  let check = checks.get(schema);
  if (check === undefined) checks.set(schema, (check = createCheck(schema.json, schema.formats)));
  const find = findIn(value);
  return [...check(value), ...schema.rules.flatMap((rule) => rule(find))];
}

/** A schema is compiled when it is first used. */
const checks = new WeakMap<Schema<unknown>, (value: unknown) => Finding[]>();

/** The check of any JSON Schema, such as one that is shipped as a file. */
export function createCheck(
  json: JsonSchema,
  formats: readonly TextFormat[],
  wording: Wording = {},
): (value: unknown) => Finding[] {
  let validate: ValidateFunction | undefined;
  return (value) => {
    validate ??= compile(json, formats);
    if (validate(value)) return [];
    return withoutRepeats(told(validate.errors ?? []).map((error) => wordsOf(error, formats, wording)));
  };
}

function compile(json: JsonSchema, formats: readonly TextFormat[]): ValidateFunction {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    strictTypes: false,
    discriminator: true,
    keywords: ["errorMessage"],
    // A schema of ours is one: tests see to it. Compiling the schema of schemas would take most of a start.
    validateSchema: false,
    meta: false,
  });
  for (const { name, accepts } of formats) ajv.addFormat(name, { type: "string", validate: accepts });
  return ajv.compile(json);
}

/**
 * `if` says only that `then` failed, which has told its own problem; what is missing of each branch is summed up by
 * `oneOf`, and a missing kind by `discriminator`; an empty text fails minLength and its format, and what fails its pattern fails that too.
 *
 * Each error is held against those of its own place alone: a file of many thousand patients may have as many problems.
 */
function told(errors: readonly ErrorObject[]): ErrorObject[] {
  const byPlace = Map.groupBy(errors, ({ instancePath }) => instancePath);
  return errors.filter((error) => isTold(error, byPlace.get(error.instancePath)!));
}

function isTold(error: ErrorObject, beside: readonly ErrorObject[]): boolean {
  if (error.keyword === "if") return false;
  if (error.keyword === "required") return !isSummedUp(error, beside);
  // What is no object has none of the properties.
  if (error.keyword === "oneOf") return !beside.some(({ keyword }) => keyword === "type");
  if (error.keyword !== "format") return true;
  return !beside.some(({ keyword }) => keyword === "minLength" || keyword === "pattern");
}

function isSummedUp({ schemaPath, params }: ErrorObject, beside: readonly ErrorObject[]): boolean {
  return beside.some(
    (other) =>
      (other.keyword === "oneOf" && schemaPath.startsWith(`${other.schemaPath}/`)) ||
      (other.keyword === "discriminator" && params["missingProperty"] === other.params["tag"]),
  );
}

/** A text that is none fails its type and its format alike, and both are told in the same words. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const before = new Set<string>();
  return findings.filter(({ pointer, at = pointer, words }) => {
    const key = `${at} ${words}`;
    if (before.has(key)) return false;
    before.add(key);
    return true;
  });
}
