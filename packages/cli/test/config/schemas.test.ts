import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { JsonSchema } from "@restante/settings";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
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

/** A validator that knows of a schema what JSON Schema itself says, as an editor's: no format of ours, no rule between parts. */
function editors(schema: JsonSchema): (value: unknown) => string[] {
  const keywords = ["errorMessage", "discriminator"];
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    validateFormats: false,
    keywords,
  });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath));
}

test("an editor's validator takes the published schemas to the letter, finds the examples right, and much of what is wrong", () => {
  for (const [name, schema] of schemas) {
    const problems = editors(schema);
    const example = parse(readFileSync(new URL(exampleOf(name), root), "utf8")) as object;
    assert.deepEqual(problems(example), [], name);
    assert.ok(problems({ ...example, surprise: 1 }).length > 0, name);
  }
  const { server, client } = publishedSchemas();
  const [problemsOfServer, problemsOfClient] = [editors(server), editors(client)];
  for (const [file, problems, from, to, place] of [
    ["server", problemsOfServer, "port: 8700", 'port: "8700"', "/port"],
    ["server", problemsOfServer, "odsCode: Y99001", "odsCode: Y99-001", "/mailboxes/0/odsCode"],
    ["server", problemsOfServer, "odsCode: Y99001", "odsCode: 12E45", "/mailboxes/0/odsCode"],
    ["server", problemsOfServer, "mailboxId: Y99001OT001", "mailboxId: Y99001 OT001", "/mailboxes/0/mailboxId"],
    ["server", problemsOfServer, "pointer: /Y99001OT001", "pointer: Y99001OT001", "/mailboxes/0/password/pointer"],
    ["server", problemsOfServer, "sharedKey: { file: secrets/shared-key }", "sharedKey: secret", "/sharedKey"],
    ["client", problemsOfClient, "url: https://", "url: http://", "/url"],
  ] as const) {
    const text = readFileSync(new URL(`examples/${file}.yaml`, root), "utf8");
    assert.ok(text.includes(from), from);
    assert.ok(problems(parse(text.replace(from, to))).includes(place), to);
  }
});

function exampleOf(name: SchemaName): string {
  if (name === "scenario") return "packages/control/scenarios/lost-answer.yaml";
  return `examples/${name}.${["server", "client", "practice"].includes(name) ? "yaml" : "json"}`;
}

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
