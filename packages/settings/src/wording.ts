import type { ErrorObject } from "ajv/dist/2020.js";
import { escapePointer, nearestName } from "@restante/mesh";
import type { Finding } from "./finding.ts";
import type { JsonSchema, TextFormat } from "./schema.ts";

export interface Wording {
  /**
   * An unknown property is told by its name. Else only if it is nearly the name of a known one: in a file put together
   * wrongly it may be anything, a secret or a patient's name too.
   */
  readonly tellNames?: boolean;
}

/** What the checker found, in words for the person who wrote the value. */
export function wordsOf(error: ErrorObject, formats: readonly TextFormat[], { tellNames = false }: Wording): Finding {
  const params = error.params as Record<string, unknown>;
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const pointer = error.instancePath;
  switch (error.keyword) {
    case "required": {
      const name = String(params["missingProperty"]);
      const must = mustBe(schema.properties?.[name], formats);
      const words = must === undefined ? "is missing" : `is missing: it ${must}`;
      return { pointer: `${pointer}/${escapePointer(name)}`, words };
    }
    case "additionalProperties":
      return unknownProperty(pointer, String(params["additionalProperty"]), schema, tellNames);
    case "discriminator":
      return tag(error, String(params["tag"]), schema);
    case "dependentRequired":
      return {
        pointer,
        words: `must have "${String(params["missingProperty"])}" with "${String(params["property"])}"`,
      };
    case "oneOf":
      return { pointer, words: mustHaveOne(schema) };
    case "not":
      return { pointer, words: schema.description ?? "is not allowed here" };
    case "format":
      return { pointer, words: formatWords(formats, String(params["format"]), String(error.data)) };
    case "minLength":
      return { pointer, words: "must not be empty" };
    case "maxLength":
      return { pointer, words: `must not be longer than ${String(params["limit"])} characters` };
    case "maxItems":
      return { pointer, words: `must not have more than ${String(params["limit"])} items` };
    default: {
      const must = mustBe(schema, formats);
      return { pointer, words: must === undefined ? "is not valid" : `${must}${hint(error.data, schema)}` };
    }
  }
}

function formatWords(formats: readonly TextFormat[], format: string, text: string): string {
  const { problem = "is not valid", fault } = formats.find(({ name }) => name === format) ?? {};
  const wrong = fault?.(text);
  return wrong === undefined ? problem : `${wrong}: it ${problem}`;
}

function unknownProperty(pointer: string, name: string, schema: JsonSchema, tellNames: boolean): Finding {
  const at = `${pointer}/${escapePointer(name)}`;
  const names = Object.keys(schema.properties ?? {});
  const meant = nearestName(name, names);
  const advice = meant === undefined ? "" : `; did you mean '${meant}'?`;
  if (tellNames) return { pointer: at, words: `is not a property here${advice}` };
  if (meant !== undefined) return { pointer, at, words: `has '${name}', which is not a property here${advice}` };
  if (name === "<<") return { pointer, at, words: "has '<<', which merges nothing here: write its properties out" };
  return {
    pointer,
    at,
    words: `has a property that is none of ${names.filter((known) => known !== "$schema").join(", ")}`,
  };
}

/** Of `variants`: which of them it is. */
function tag({ instancePath, data }: ErrorObject, name: string, { oneOf = [] }: JsonSchema): Finding {
  const kinds = oneOf.flatMap((kind) => kind.properties?.[name]?.enum ?? []);
  const must = `must be ${choice(kinds.map((kind) => JSON.stringify(kind)))}`;
  const isMissing = (data as Record<string, unknown>)[name] === undefined;
  return { pointer: `${instancePath}/${name}`, words: isMissing ? `is missing: it ${must}` : must };
}

function mustHaveOne({ oneOf = [] }: JsonSchema): string {
  return `must have either ${choice(oneOf.flatMap(({ required = [] }) => required).map((name) => `"${name}"`))}`;
}

/** `must be a whole number from 0 to 65535`. Undefined for a schema that says nothing that has words. */
function mustBe(schema: JsonSchema | undefined, formats: readonly TextFormat[]): string | undefined {
  if (schema === undefined) return undefined;
  if (schema.errorMessage !== undefined) return schema.errorMessage;
  const types = [schema.type ?? []].flat();
  // A text of that format, or something else.
  const format = types.length > 1 ? undefined : formats.find(({ name }) => name === schema.format);
  if (format !== undefined) return format.problem;
  if (schema.enum !== undefined) return `must be ${choice(schema.enum.map((word) => JSON.stringify(word)))}`;
  const named = types.map((type) => typeWords(type, types.length > 1 ? {} : schema));
  return named.length === 0 ? undefined : `must be ${choice(named)}`;
}

function typeWords(type: string, schema: JsonSchema): string {
  switch (type) {
    case "string":
      return schema.pattern === "\\S" || schema.minLength === 1 ? "a text that is not empty" : "a text";
    case "integer":
      return `a whole number${limits(schema)}`;
    case "boolean":
      return "true or false";
    case "array":
      return `a list${schema.minItems === undefined ? "" : ` of at least ${schema.minItems} item`}`;
    default:
      return "an object";
  }
}

function limits({ minimum: from, maximum: to }: JsonSchema): string {
  if (from === undefined) return to === undefined ? "" : ` of ${to} or less`;
  return to === undefined ? ` of ${from} or more` : ` from ${from} to ${to}`;
}

/** What most likely went wrong: YAML takes `12E45` and `0123` for numbers, and whoever quotes all quotes numbers too. */
function hint(value: unknown, schema: JsonSchema): string {
  if (value === null) return "; there is no value";
  const takesText = schema.type === "string" || schema.enum?.every((word) => typeof word === "string") === true;
  if (takesText && (typeof value === "number" || typeof value === "boolean")) return "; put it between quotes";
  const takesOther = schema.type === "integer" || schema.type === "boolean";
  if (takesOther && typeof value === "string" && /^(\d+|true|false)$/.test(value)) return "; write it without quotes";
  return "";
}

function choice(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)!}`;
}
