// The published description of the API, where it is at hand: held against ours path by path, and asked of the server
// operation by operation.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { startTestServer, testMailboxes, testRequest } from "@restante/testbed";
import { parse } from "yaml";

import {
  ask,
  type Described,
  type DescribedOperation,
  type Description,
  operationsOf,
  shapeProblem,
  wrongValues,
} from "./description.ts";

const file = new URL("../../../../../../shared/reference/mesh/mesh-api.yaml", import.meta.url);
const skip = existsSync(file) ? false : "../shared/reference/mesh/mesh-api.yaml is not on this machine";
const v1 = "application/json";
const v2 = "application/vnd.mesh.v2+json";
const limits = ["minLength", "maxLength", "minimum", "maximum", "default"] as const;

/** What is other here, and why. */
const known: ReadonlySet<string> = new Set([
  // The 202 of a send has never had another type, and version 2 says nothing of a further chunk but null.
  "POST /messageexchange/{mailbox_id}/outbox: 202 has no application/vnd.mesh.v2+json",
  "POST /messageexchange/{mailbox_id}/outbox/{message_id}/{chunk_number}: 202 has no application/vnd.mesh.v2+json",
  // It names no limit, and a message's head must stay within what clients read.
  "POST /messageexchange/{mailbox_id}/outbox: content-type has maxLength 255, not undefined",
  // There is no chunk 0.
  "POST /messageexchange/{mailbox_id}/outbox/{message_id}/{chunk_number}: chunk_number has minimum 1, not undefined",
  // A blank one is no address.
  "GET /messageexchange/endpointlookup/{ods_code}/{workflow_id}: ods_code has minLength 1, not undefined",
  "GET /messageexchange/endpointlookup/{ods_code}/{workflow_id}: workflow_id has minLength 1, not undefined",
  "GET /messageexchange/workflowsearch/{workflow_id}: workflow_id has minLength 1, not undefined",
  // No answer to a HEAD has a body.
  "HEAD /messageexchange/{mailbox_id}/inbox/{message_id}: 400 has no application/json",
]);

function published(): Description {
  return parse(readFileSync(file, "utf8")) as Description;
}

function nameOf({ method, path }: Described): string {
  return `${method} ${path}`;
}

test(
  "our description says what the published one says, path by path, but for what is named here",
  { skip },
  async (t) => {
    const server = await startTestServer(t);
    const { json } = await testRequest(server, testMailboxes.sender, { path: "/openapi.json" });
    const ours = new Map(operationsOf(json as Description).map((each) => [nameOf(each), each.operation]));

    const differences = operationsOf(published()).flatMap((each) => {
      const own = ours.get(nameOf(each));
      const found = own === undefined ? ["is not there"] : differencesOf(each.operation, own);
      return found.map((difference) => `${nameOf(each)}: ${difference}`);
    });

    assert.deepEqual(new Set(differences), known);
  },
);

function differencesOf(theirs: DescribedOperation, ours: DescribedOperation): string[] {
  const found: string[] = [];
  for (const { in: where, name, required = false, schema } of theirs.parameters ?? []) {
    const own = ours.parameters?.find((parameter) => parameter.in === where && parameter.name === name);
    if (own === undefined) {
      found.push(`${name} is not there`);
      continue;
    }
    if ((own.required ?? false) !== required) found.push(`${name} is ${own.required === true ? "" : "not "}required`);
    if ((own.schema.type ?? "string") !== (schema.type ?? "string")) found.push(`${name} is no ${schema.type}`);
    for (const limit of limits) {
      // That an absent text is an empty one is what their framework writes.
      const [is, wanted] = [Object(own.schema)[limit] as unknown, Object(schema)[limit] as unknown];
      if (limit !== "default" && is !== wanted) found.push(`${name} has ${limit} ${String(is)}, not ${String(wanted)}`);
      if (limit === "default" && schema.type === "integer" && is !== wanted)
        found.push(`${name} is another if left out`);
    }
  }
  for (const [status, { content = {} }] of Object.entries(theirs.responses)) {
    const own = ours.responses[status];
    if (own === undefined) found.push(`${status} is not there`);
    for (const [type, { schema }] of Object.entries(content)) {
      const media = own?.content?.[type] ?? own?.content?.["*/*"];
      if (media === undefined) found.push(`${status} has no ${type}`);
      else found.push(...missingProperties(schema, media.schema).map((name) => `${status} ${type} has no ${name}`));
    }
  }
  return found;
}

function missingProperties(
  theirs: { properties?: object } | undefined,
  ours: { properties?: object; anyOf?: { properties?: object }[]; oneOf?: { properties?: object }[] } | undefined,
): string[] {
  const choices = ours?.anyOf ?? ours?.oneOf ?? (ours === undefined ? [] : [ours]);
  const own = new Set(choices.flatMap(({ properties = {} }) => Object.keys(properties)));
  return Object.keys(theirs?.properties ?? {}).filter((name) => !own.has(name));
}

test("every operation that is published answers as it is published, in both versions", { skip }, async (t) => {
  const server = await startTestServer(t);

  for (const each of operationsOf(published())) {
    for (const accept of [v1, v2]) {
      await t.test(`${nameOf(each)} ${accept}`, async () => {
        const answer = await ask(server, each, { accept });
        const described = each.operation.responses[answer.status];
        assert.ok(answer.status < 300 && described !== undefined, `${answer.status} is published`);
        const { content } = described;
        if (content === undefined || known.has(`${nameOf(each)}: ${answer.status} has no ${accept}`)) return;
        const type = String(answer.headers["content-type"]);
        assert.ok(type in content, `${type} is published`);
        if (type !== "application/octet-stream") {
          if (accept in content) assert.equal(type, accept);
          assert.equal(shapeProblem(content[type]?.schema, JSON.parse(answer.body.toString())), undefined);
        }
      });
    }
  }
});

test("every operation that is published refuses what is published as wrong", { skip }, async (t) => {
  const server = await startTestServer(t);

  for (const each of operationsOf(published())) {
    await t.test(nameOf(each), async () => {
      const { parameters = [], responses } = each.operation;
      for (const parameter of parameters) {
        if (parameter.name === "authorization") {
          assert.equal((await ask(server, each, { values: { authorization: undefined } })).status, 403);
          continue;
        }
        for (const value of wrongValues(parameter)) {
          const answer = await ask(server, each, { values: { [parameter.name]: value } });
          assert.equal(answer.status, 400, `${parameter.name}=${value?.slice(0, 20)}`);
          const schema = responses["400"]?.content?.[v1]?.schema;
          assert.equal(shapeProblem({ ...schema, required: ["detail"] }, answer.json), undefined);
        }
      }
      if ("404" in responses) {
        const values = { message_id: "20260302102030456000_ABCDEF" };
        assert.equal((await ask(server, each, { values })).status, 404);
      }
    });
  }
});
