import type { JsonSchema, Schema } from "./schema.ts";

/** A value of the schema with everything written out that is the same as if it were absent. */
export function withDefaults<Value>(schema: Schema<Value>, value: Value): Value {
  return fill(schema.json, value) as Value;
}

function fill(schema: JsonSchema, given: unknown): unknown {
  const value = given === undefined ? schema.default : given;
  if (Array.isArray(value)) return value.map((item: unknown) => fill(schema.items ?? {}, item));
  if (typeof value !== "object" || value === null) return value;
  const of = value as Readonly<Record<string, unknown>>;
  const { properties = {} } = variantOf(schema, of);
  const filled = Object.entries(properties).map(([name, property]) => [name, fill(property, of[name])]);
  // In the order of the schema, which is that of the documentation.
  return Object.fromEntries(filled.filter(([, property]) => property !== undefined));
}

function variantOf(schema: JsonSchema, value: Readonly<Record<string, unknown>>): JsonSchema {
  const { discriminator, oneOf = [] } = schema;
  if (discriminator === undefined) return schema;
  const by = discriminator.propertyName;
  return oneOf.find(({ properties }) => properties?.[by]?.enum?.includes(value[by])) ?? schema;
}
