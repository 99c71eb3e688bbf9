import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { scenarioSchema } from "@restante/control/scenario";
import { organisationsSchema, patientsSchema } from "@restante/demographics";
import { type JsonSchema, publishedSchema, type Schema } from "@restante/settings";
import { clientPart } from "./client-file.ts";
import { practicePart } from "./practice-file.ts";
import { serverPart } from "./server-file.ts";

export type SchemaName = "server" | "client" | "practice" | "patients" | "organisations" | "scenario";

const files: Readonly<Record<SchemaName, Schema<unknown>>> = {
  server: serverPart.schema,
  client: clientPart.schema,
  practice: practicePart.schema,
  patients: patientsSchema,
  organisations: organisationsSchema,
  scenario: scenarioSchema,
};

/** The JSON Schema of every file that a person writes, but consultation.json, whose schema is a file of its own. */
export function publishedSchemas(): Readonly<Record<SchemaName, JsonSchema>> {
  const published = Object.entries(files).map(([name, schema]) => [name, publishedSchema(schema, name)]);
  return Object.fromEntries(published) as Record<SchemaName, JsonSchema>;
}

/** Where a schema is on this machine: in `docs/schemas/` of a checkout, or beside the built files of an installed package. */
export function schemaFile(name: SchemaName): string {
  const installed = new URL(`../schemas/${name}.schema.json`, import.meta.url);
  const checkout = new URL(`../../../../docs/schemas/${name}.schema.json`, import.meta.url);
  return fileURLToPath(existsSync(installed) ? installed : checkout);
}
