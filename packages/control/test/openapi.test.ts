import assert from "node:assert/strict";
import { test } from "node:test";
import { controlOpenApi, errorStatuses, everyOperation, type Operation } from "@restante/control";
import { Ajv2020 } from "ajv/dist/2020.js";

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
}

interface Described {
  operationId: string;
  summary: string;
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; content: Content }>;
}

type Content = Record<string, { schema: object }>;

const document = controlOpenApi() as Document;

function described({ path }: Operation): Described {
  const { post, ...others } = document.paths[path]!;
  assert.deepEqual(others, {}, path);
  return post!;
}

test("the document has every verb of the table at its path, and nothing else but events", () => {
  const paths = [...everyOperation.map(({ path }) => path), "/v1/events"];
  assert.deepEqual(Object.keys(document.paths), paths);
  assert.deepEqual(
    Object.values(document.paths).flatMap((of) => Object.values(of).map(({ operationId }) => operationId)),
    [...everyOperation.map(({ name }) => name), "events"],
  );
  assert.equal(new Set(paths).size, paths.length);
});

test("what the document says of an input is the very schema that the input is checked by", () => {
  for (const operation of everyOperation) {
    const { requestBody, responses, summary } = described(operation);
    assert.equal(requestBody!.content["application/json"]!.schema, operation.input.json, operation.name);
    assert.equal(responses["200"]!.content["application/json"]!.schema, operation.answer.json, operation.name);
    assert.equal(summary, operation.summary);
  }
});

test("the document has each refusal of a verb under its status", () => {
  for (const operation of everyOperation) {
    const { responses } = described(operation);
    const statuses = ["200", ...operation.errors.map((code) => String(errorStatuses[code]))];
    assert.deepEqual(Object.keys(responses).toSorted(), [...new Set(statuses)].toSorted(), operation.name);
    for (const code of operation.errors) {
      const { schema } = responses[errorStatuses[code]]!.content["application/json"]!;
      assert.match(JSON.stringify(schema), new RegExp(`"${code}"`));
    }
  }
});

test("every schema of the document is one of JSON Schema, and says what each property means", () => {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    discriminator: true,
  });
  ajv.addKeyword("errorMessage");
  for (const name of ["date-time", "mailbox-id", "ods-code", "nhs-number"]) ajv.addFormat(name, true);
  for (const { name, input, answer } of everyOperation) {
    for (const { json, formats } of [input, answer]) {
      for (const format of formats) ajv.addFormat(format.name, true);
      assert.ok(ajv.validateSchema(json), `${name}: ${ajv.errorsText()}`);
      ajv.compile(json);
      assertDescribed(json, name);
    }
  }
});

test("every text, number and list that a verb takes has a bound", () => {
  for (const { name, input } of everyOperation) assertBounded(input.json, name);
});

function assertDescribed(schema: object, at: string): void {
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    assert.ok("description" in property, `${at} ${name} has no description`);
    assertDescribed(property, `${at} ${name}`);
  }
}

function assertBounded(schema: Readonly<Record<string, unknown>>, at: string): void {
  for (const [name, property] of Object.entries(propertiesOf(schema))) assertBounded(property, `${at} ${name}`);
  if (schema["type"] === "string") {
    // The pattern of an id bounds it as well, and its format a duration, a time and a name.
    assert.ok("maxLength" in schema || "format" in schema, `${at} may be of any length`);
  }
  if (schema["type"] === "integer" || schema["type"] === "number") {
    assert.ok("minimum" in schema && "maximum" in schema, `${at} may be any number`);
  }
  assert.notEqual(schema["type"], "array", `${at} is a list: give it a bound`);
  if (schema["type"] === "object") assert.ok("oneOf" in schema || schema["additionalProperties"] === false, at);
}

function propertiesOf(schema: object): Record<string, Record<string, unknown>> {
  const of = schema as { properties?: Record<string, Record<string, unknown>>; oneOf?: object[] };
  return { ...of.properties, ...Object.assign({}, ...(of.oneOf ?? []).map(propertiesOf)) };
}
