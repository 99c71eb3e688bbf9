import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { JsonSchema } from "@restante/settings";
import { Ajv2020 } from "ajv/dist/2020.js";
import { settingsPage } from "../../../../scripts/settings-page.ts";
import { publishedSchemas, schemaFile, type SchemaName } from "../../src/config/schemas.ts";

const root = new URL("../../../../", import.meta.url);
const schemas = Object.entries(publishedSchemas()) as [SchemaName, JsonSchema][];

test("the published schemas are those by which files are checked (npm run schemas)", () => {
  for (const [name, schema] of schemas) {
    assert.equal(schemaFile(name), fileURLToPath(new URL(`docs/schemas/${name}.schema.json`, root)));
    assert.deepEqual(JSON.parse(readFileSync(schemaFile(name), "utf8")), JSON.parse(JSON.stringify(schema)), name);
  }
});

test("the tables of docs/settings.md are those of the schemas (npm run schemas)", () => {
  const page = readFileSync(new URL("docs/settings.md", root), "utf8");
  const { server, client, practice } = publishedSchemas();
  const plain = (text: string): string => text.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ").trim();
  assert.equal(plain(page), plain(settingsPage(page, { server, client, practice })));
});

test("every published schema is one of JSON Schema, and says of each property what it means and what its absence does", () => {
  for (const [name, schema] of schemas) {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    assert.ok(ajv.validateSchema(schema), `${name}: ${ajv.errorsText(ajv.errors)}`);
    for (const [pointer, property, isRequired] of propertiesOf(schema)) {
      assert.match(property.description ?? "", /^[A-Z0-9].*\.$/, `${name} ${pointer} has no description`);
      if (isRequired || property.default !== undefined || pointer.endsWith("/$schema")) continue;
      // Of a secret one of two is there, which the schema says.
      if (/\/(file|env)$/.test(pointer)) continue;
      assert.match(property.description ?? "", /Absent: /, `${name} ${pointer} does not say what its absence does`);
    }
  }
});

test("the schema of consultation.json is one of JSON Schema", () => {
  const file = new URL("packages/practice/src/consultation/consultation.schema.json", root);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  assert.ok(ajv.validateSchema(JSON.parse(readFileSync(file, "utf8")) as object), ajv.errorsText(ajv.errors));
});

function propertiesOf(schema: JsonSchema, at = ""): [string, JsonSchema, boolean][] {
  const { properties = {}, required = [], items, oneOf = [] } = schema;
  const found: [string, JsonSchema, boolean][] = [];
  for (const [name, property] of Object.entries(properties)) {
    found.push([`${at}/${name}`, property, required.includes(name)], ...propertiesOf(property, `${at}/${name}`));
  }
  if (items !== undefined) found.push(...propertiesOf(items, `${at}/*`));
  for (const kind of oneOf) found.push(...propertiesOf(kind, at));
  return found;
}
