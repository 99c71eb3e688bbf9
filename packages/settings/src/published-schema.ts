import type { JsonSchema, Schema } from "./schema.ts";

/** The JSON Schema of a file as it is published, for editors: with a name of its own, and with room for `$schema`. */
export function publishedSchema(schema: Schema<unknown>, name: string): JsonSchema {
  const { properties, ...rest } = schema.json;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:restante:schema:${name}:1`,
    ...rest,
    properties: {
      $schema: { type: "string", description: "For editors: where this schema is." },
      ...properties,
    },
  };
}
