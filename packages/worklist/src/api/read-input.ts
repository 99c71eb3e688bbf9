import { createCheck, type Finding, type JsonSchema, type Schema } from "@restante/settings";
import { problem } from "@restante/web";

const checks = new WeakMap<Schema<unknown>, (value: unknown) => Finding[]>();

function findingsOf(schema: Schema<unknown>, value: unknown): Finding[] {
  let check = checks.get(schema);
  if (check === undefined) {
    checks.set(schema, (check = createCheck(schema.json, schema.formats, { tellNames: true })));
  }
  return check(value);
}

/** What a request says, in its address or in its body, and all that is wrong with it. Nothing of a value is repeated. */
function requireValid(schema: Schema<unknown>, value: unknown, place: "query" | "body"): void {
  const problems = findingsOf(schema, value).map(({ pointer, at = pointer, words }) => ({
    in: place,
    pointer: at,
    words,
  }));
  if (problems.length > 0) throw problem("request-invalid", { problems });
}

/** @throws Problem `request-invalid` */
export function readBody(schema: Schema<unknown> | undefined, body: unknown): unknown {
  if (schema === undefined) return undefined;
  requireValid(schema, body ?? {}, "body");
  return body;
}

/**
 * The parameters of an address: numbers as such, and lists by their commas. A path that takes none refuses each.
 *
 * @throws Problem `request-invalid`
 */
export function readQuery(schema: Schema<unknown> = nothing, query: Readonly<Record<string, unknown>> = {}): unknown {
  const twice = Object.keys(query).filter((name) => typeof query[name] !== "string");
  if (twice.length > 0) {
    const problems = twice.map((name) => ({ in: "query", pointer: `/${name}`, words: "is there twice" }));
    throw problem("request-invalid", { problems });
  }
  const properties = schema.json.properties ?? {};
  const value = Object.fromEntries(
    Object.entries(query).map(([name, text]) => [
      name,
      valueOf(Object.hasOwn(properties, name) ? properties[name] : undefined, String(text)),
    ]),
  );
  requireValid(schema, value, "query");
  return value;
}

const nothing: Schema<unknown> = {
  json: { type: "object", additionalProperties: false, properties: {} },
  formats: [],
  rules: [],
};

function valueOf(schema: JsonSchema | undefined, text: string): unknown {
  if (schema?.type === "array") return text.split(",");
  // In one spelling.
  if (schema?.type === "integer" && /^(?:0|[1-9]\d{0,8})$/.test(text)) return Number(text);
  return text;
}
