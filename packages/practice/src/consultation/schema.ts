import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { escapePointer, nearestName } from "@restante/mesh";
import type { ConsultationProblem } from "./consultation-file-error.ts";
import { formats } from "./formats.ts";

/**
 * The JSON Schema of a consultation file, as shipped with the package: docs/consultation-json.md describes it. The path
 * holds from src/ and from dist/, because the package carries both.
 */
export const consultationSchemaUrl: URL = new URL("../../src/consultation/consultation.schema.json", import.meta.url);

/** Everything in which `json` departs from the schema, in the order of the schema; empty if nothing does. */
export function findSchemaProblems(json: unknown): ConsultationProblem[] {
  validate ??= compile();
  if (validate(json)) return [];
  return (validate.errors ?? []).filter(isTold).map(explain);
}

let validate: ValidateFunction | undefined;

function compile(): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false });
  for (const [name, { accepts }] of Object.entries(formats)) ajv.addFormat(name, { type: "string", validate: accepts });
  return ajv.compile(JSON.parse(readFileSync(consultationSchemaUrl, "utf8")) as object);
}

/** `if` says only that `then` failed, which has told its own problem; an empty text fails minLength and its format. */
function isTold(error: ErrorObject, _: number, all: ErrorObject[]): boolean {
  if (error.keyword === "if") return false;
  if (error.keyword !== "format") return true;
  return !all.some((other) => other.keyword === "minLength" && other.instancePath === error.instancePath);
}

function explain(error: ErrorObject): ConsultationProblem {
  const params = error.params as Record<string, unknown>;
  const at = error.instancePath;
  switch (error.keyword) {
    case "required":
      return { pointer: `${at}/${escapePointer(String(params["missingProperty"]))}`, problem: "is missing" };
    case "additionalProperties":
      return {
        pointer: `${at}/${escapePointer(String(params["additionalProperty"]))}`,
        problem: unknownProperty(String(params["additionalProperty"]), error.parentSchema),
      };
    case "false schema":
      return { pointer: at, problem: "belongs to an online consultation only" };
    case "type":
      return { pointer: at, problem: `must be ${typeNames([params["type"]].flat().map(String))}` };
    case "enum":
      return { pointer: at, problem: `must be ${oneOf((params["allowedValues"] as string[]).map((v) => `"${v}"`))}` };
    case "format":
      return { pointer: at, problem: formats[String(params["format"])]?.problem ?? "is not well formed" };
    case "minLength":
      return { pointer: at, problem: "must not be empty" };
    case "maxLength":
      return { pointer: at, problem: `must not be longer than ${String(params["limit"])} characters` };
    case "minItems":
      return { pointer: at, problem: `must have at least ${String(params["limit"])} item` };
    case "maxItems":
      return { pointer: at, problem: `must not have more than ${String(params["limit"])} items` };
    case "minimum":
      return { pointer: at, problem: `must be ${String(params["limit"])} or more` };
    case "maximum":
      return { pointer: at, problem: `must be ${String(params["limit"])} or less` };
    default:
      return { pointer: at, problem: error.message ?? "is not valid" };
  }
}

function unknownProperty(name: string, schema: object = {}): string {
  const problem = "is not a property that a consultation file has here";
  const { properties = {} } = schema as { properties?: object };
  const meant = nearestName(name, Object.keys(properties));
  return meant === undefined ? problem : `${problem}; did you mean "${meant}"?`;
}

const names: Readonly<Record<string, string>> = {
  string: "a text",
  object: "an object { }",
  array: "a list [ ]",
  integer: "a whole number",
  boolean: "true or false",
};

function typeNames(types: string[]): string {
  return oneOf(types.map((type) => names[type] ?? type));
}

function oneOf(choices: string[]): string {
  return choices.length < 2 ? choices.join("") : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}
