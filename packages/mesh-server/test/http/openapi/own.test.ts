import assert from "node:assert/strict";
import { test } from "node:test";

import { startTestServer, testMailboxes, testRequest, type TestServer } from "@restante/testbed";

import { ask, type Description, type Described, operationsOf, shapeProblem, wrongValues } from "./description.ts";

const { sender } = testMailboxes;
const v1 = "application/json";
const v2 = "application/vnd.mesh.v2+json";

async function read(server: TestServer): Promise<Description> {
  const { status, json } = await testRequest(server, sender, { path: "/openapi.json", tls: {} });
  assert.equal(status, 200);
  return json as Description;
}

function nameOf({ method, path }: Described): string {
  return `${method} ${path}`;
}

test("the server describes every path that it has, each with its methods, to anybody", async (t) => {
  const server = await startTestServer(t);
  const described = await read(server);

  assert.ok(Object.keys(described.paths).length >= 20);
  for (const [path, methods] of Object.entries(described.paths)) {
    const { status, headers } = await testRequest(server, sender, {
      method: "DELETE",
      path: path.replaceAll(/\{\w+\}/g, "X"),
    });
    assert.equal(status, 405, path);
    const allowed = headers.allow?.split(", ") ?? [];
    for (const method of Object.keys(methods)) assert.ok(allowed.includes(method.toUpperCase()), `${method} ${path}`);
  }
});

test("every operation answers as the server describes it, in both versions", async (t) => {
  const server = await startTestServer(t);

  for (const each of operationsOf(await read(server))) {
    for (const accept of [v1, v2]) {
      const answer = await ask(server, each, { accept });
      const name = `${nameOf(each)} ${accept}: ${answer.status}`;
      const described = each.operation.responses[answer.status];
      assert.ok(answer.status < 300 && described !== undefined, name);
      if (answer.body.length === 0) continue;
      const type = String(answer.headers["content-type"]);
      const content = described.content?.[type] ?? described.content?.["*/*"];
      assert.ok(content !== undefined, `${name} ${type}`);
      if (described.content?.["*/*"] === undefined) {
        assert.equal(shapeProblem(content.schema, JSON.parse(answer.body.toString())), undefined, name);
      }
    }
  }
});

test("what the server describes as wrong it refuses, and names it", async (t) => {
  const server = await startTestServer(t);
  let refused = 0;

  for (const each of operationsOf(await read(server))) {
    for (const parameter of each.operation.parameters ?? []) {
      if (parameter.name === "authorization") continue;
      for (const value of wrongValues(parameter)) {
        const answer = await ask(server, each, { values: { [parameter.name]: value } });
        const name = `${nameOf(each)} ${parameter.name}=${value?.slice(0, 20)}`;
        assert.equal(answer.status, 400, name);
        const { detail } = answer.json as { detail: { loc: string[] }[] };
        assert.deepEqual(
          detail.map(({ loc }) => loc),
          [[parameter.in, parameter.name]],
          name,
        );
        refused += 1;
      }
    }
  }
  assert.ok(refused > 40, `${refused} were tried`);
});
