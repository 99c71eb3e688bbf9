import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Answer } from "../../../web/test/http.ts";
import { allProblems } from "../../src/api/problems.ts";
import { worklistOpenApi } from "../../src/api/openapi.ts";
import { everyReport } from "../sample-reports.ts";
import { headerIds } from "../sample-things.ts";
import { fillUnread } from "../sample-unread.ts";
import { jsonOf, openApiSite } from "./open-api-site.ts";

interface Content {
  schema: object;
  example?: unknown;
}

interface Described {
  operationId: string;
  parameters?: { name: string; in: string; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content: Record<string, Content> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
}

const document = worklistOpenApi() as Document;
const all = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

const ajv = new Ajv2020({ allErrors: true, strict: false });
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
ajv.addSchema({ $id: "https://restante.example/api", ...document });

/** What is wrong with a value, by what the document says of it at this place. */
function problemIn(value: unknown, ...place: readonly string[]): string | undefined {
  const pointer = place.map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent);
  const validate = ajv.getSchema(`https://restante.example/api#/${pointer.join("/")}`);
  assert.ok(validate, place.join(" "));
  return validate(value) === true ? undefined : ajv.errorsText(validate.errors);
}

/** The same of an answer, by its status and type. */
function answerProblem(answer: Answer, path: string, method: string): string | undefined {
  const { content } = document.paths[path]?.[method]?.responses[answer.status] ?? {};
  const type = String(answer.headers["content-type"]).split(";")[0] ?? "";
  if (content === undefined) return `${answer.status} is not described`;
  if (content["*/*"] !== undefined) return undefined;
  if (content[type] === undefined) return `${type} is not described`;
  const place = ["paths", path, method, "responses", String(answer.status), "content", type, "schema"];
  return problemIn(JSON.parse(answer.text), ...place);
}

test("the description is OpenAPI 3.1, by somebody else's validator, and has every route and no other", async (t) => {
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(await new Validator().validate(structuredClone(document) as unknown as Record<string, unknown>), {
    valid: true,
  });
  const { pages, program, tokens } = await openApiSite(t, "optional", "nobody");
  assert.deepEqual(jsonOf(await program(tokens["read-only"]).get("/api/openapi.json")), structuredClone(document));
  const served = pages.routes
    .filter(({ url, method }) => url.startsWith("/api") && method !== "HEAD")
    .map(({ method, url }) => `${method.toLowerCase()} ${url.slice("/api".length).replaceAll(/:(\w+)/g, "{$1}")}`);
  assert.deepEqual(all.map(({ method, path }) => `${method} ${path}`).toSorted(), served.toSorted());
  const names = all.map(({ operation }) => operation.operationId);
  assert.equal(new Set(names).size, names.length);
});

test("every example of the description is what the description says, and whatever is taken has a bound", () => {
  let examples = 0;
  for (const { path, method, operation } of all) {
    const places = [
      ...Object.entries(operation.requestBody?.content ?? {}).map(([type, of]) => ({
        of,
        at: ["requestBody", "content", type],
      })),
      ...Object.entries(operation.responses).flatMap(([status, { content }]) =>
        Object.entries(content).map(([type, of]) => ({ of, at: ["responses", status, "content", type] })),
      ),
    ];
    for (const { of, at } of places.filter(({ of: { example } }) => example !== undefined)) {
      assert.equal(problemIn(of.example, "paths", path, method, ...at, "schema"), undefined, `${path} ${at.join(" ")}`);
      examples += 1;
    }
    if (method === "post") assert.ok(operation.requestBody?.content["application/json"]?.example, path);
    const taken = operation.requestBody?.content["application/json"]?.schema;
    if (taken !== undefined) assertBounded(taken as Record<string, unknown>, path);
    for (const { name, schema } of operation.parameters ?? []) assertBounded(schema, `${path} ${name}`);
  }
  assert.ok(examples > 35, String(examples));
});

function assertBounded(schema: Record<string, unknown>, at: string): void {
  const {
    type,
    properties = {},
    items,
    anyOf = [],
  } = schema as {
    type?: string;
    properties?: Record<string, Record<string, unknown>>;
    items?: Record<string, unknown>;
    anyOf?: Record<string, unknown>[];
  };
  if (type === "string") assert.ok("maxLength" in schema || "pattern" in schema, `${at} may be of any length`);
  if (type === "integer") assert.ok("minimum" in schema && "maximum" in schema, `${at} may be any number`);
  if (type === "array") assert.ok("maxItems" in schema, `${at} may have any number`);
  if (type === "object") assert.equal(schema["additionalProperties"], false, at);
  for (const [name, property] of Object.entries(properties)) assertBounded(property, `${at} ${name}`);
  if (items !== undefined) assertBounded(items, `${at} items`);
  for (const one of anyOf) assertBounded(one, at);
}

test("every answer is what the description says of it, of every state that a thing is in, and so is every problem", async (t) => {
  const { worklist, program, tokens } = await openApiSite(t);
  fillUnread(worklist);
  worklist.trouble.push({
    part: "filing",
    since: new Date("2026-11-23T07:00:00Z"),
    code: "EACCES",
    reason: "It may not.",
  });
  const asking = program(tokens.clinician);
  const check = async (method: "get" | "post", path: string, address: string, body?: unknown): Promise<Answer> => {
    const full = `/api${address}`;
    const answer = await (method === "get" ? asking.get(full) : asking.post(full, body ?? {}));
    assert.equal(
      answerProblem(answer, path, method),
      undefined,
      `${method} ${address}: ${answer.status} ${answer.text.slice(0, 300)}`,
    );
    return answer;
  };
  const done = new Set<string>();
  const ok = async (...given: Parameters<typeof check>): Promise<Record<string, unknown>> => {
    const answer = await check(...given);
    assert.equal(answer.status, 200, `${given[2]}: ${answer.text.slice(0, 300)}`);
    done.add(`${given[0]} ${given[1]}`);
    return String(answer.headers["content-type"]).startsWith("application/json") ? jsonOf(answer) : {};
  };

  const { items } = (await ok("get", "/tasks", "/tasks?state=all")) as { items: { taskId: number }[] };
  assert.equal(items.length, worklist.all.length);
  for (const query of [
    "state=attention",
    "recipientType=FA,FI",
    "kind=document,refused&match=known",
    "flag=duplicate",
    "sender=Y99001",
    "receivedFrom=2026-01-01T00:00:00Z&receivedBefore=2027-01-01T00:00:00%2B01:00",
    "sort=oldest&page=1&size=100",
  ]) {
    await ok("get", "/tasks", `/tasks?${query}`);
  }
  const found = await ok("post", "/tasks/search", "/tasks/search", { text: "WIŚNIEWSKI", size: 1 });
  assert.equal(found["size"], 1);
  for (const { taskId } of items) {
    const task = await ok("get", "/tasks/{id}", `/tasks/${taskId}`);
    assert.equal(task["taskId"], taskId);
    await check("get", "/tasks/{id}/document", `/tasks/${taskId}/document`);
    await ok("get", "/tasks/{id}/patient", `/tasks/${taskId}/patient`);
    await check("get", "/tasks/{id}/match", `/tasks/${taskId}/match`);
  }
  await ok("get", "/tasks/{id}/document", "/tasks/1/document");
  const file = await asking.get("/api/tasks/1/attachments/0");
  assert.deepEqual([file.status, file.headers["content-type"], file.text], [200, "application/pdf", "%PDF-1.7"]);
  assert.equal(file.headers["content-disposition"], 'attachment; filename="task-1-document-1.pdf"');
  // Whatever it claims to be.
  assert.equal((await asking.get("/api/tasks/1/attachments/2")).headers["content-type"], "application/octet-stream");
  await ok("get", "/tasks/{id}/attachments/{index}", "/tasks/1/attachments/1");
  await ok("get", "/tasks/{id}/original", "/tasks/1/original");
  worklist.sent.push(...everyReport());
  for (const { headerId } of worklist.sent) await ok("get", "/reports/{id}", `/reports/${headerId}`);
  await ok("get", "/reports", "/reports");
  await ok("get", "/reports", "/reports?state=attention&size=2");
  await ok("post", "/reports/search", "/reports/search", { text: "NG", state: "late" });
  await ok("get", "/reports/{id}/attachments/{index}", `/reports/${headerIds.accepted}/attachments/0`);
  await ok("get", "/unmatched", "/unmatched?state=all");
  await ok("get", "/unmatched/{id}", "/unmatched/1");
  await ok("get", "/unmatched/{id}/original", "/unmatched/1/original");
  for (const path of ["/senders", "/receivers", "/unread", "/troubles", "/counts", "/openapi.json"])
    await ok("get", path, path);
  const people = (await ok("get", "/assignees", "/assignees")) as { items: { kind: string; id: string }[] };
  assert.deepEqual(
    people.items.map(({ kind }) => kind),
    ["person", "person", "person"],
  );

  // A patient who waits for a person.
  worklist.all[1]!.patient.outcome = "doubtful";
  await ok("get", "/matches", "/matches");
  await ok("get", "/tasks/{id}/match", "/tasks/2/match");

  const act = async (path: string, id: number | string, body: object = {}): Promise<void> => {
    const address = path.replace("{id}", String(id)).replace("{header}", headerIds.heldResponse);
    const thing = jsonOf(await asking.get(`/api/${path.split("/")[1]}/${id}`));
    await ok("post", path, address, { version: thing["version"], ...body });
    // The same once more comes too late.
    const late = await check("post", path, address, { version: thing["version"], ...body });
    assert.deepEqual([late.status, jsonOf(late)["code"]], [409, "changed-meanwhile"], address);
    assert.equal(jsonOf(late)["version"], Number(thing["version"]) + 1);
    assert.equal(jsonOf(late)["state"], jsonOf(await asking.get(`/api/${path.split("/")[1]}/${id}`))["state"]);
  };
  const person = people.items[0]!;
  await act("/tasks/{id}/assign", 1, { assignee: { kind: person.kind, id: person.id } });
  await act("/tasks/{id}/assign", 1, { assignee: null });
  await act("/tasks/{id}/prioritise", 1, { priority: "urgent", dueOn: "2026-12-04" });
  await act("/tasks/{id}/comment", 1, { note: "Waits." });
  await act("/tasks/{id}/complete", 1, { reason: "filed", note: "4711" });
  await act("/tasks/{id}/reopen", 1);
  await act("/tasks/{id}/save", 1);
  const { filing } = await ok("get", "/tasks/{id}", "/tasks/1");
  const by = { id: "token:clinician", name: "clinician" };
  assert.deepEqual(filing, { state: "waiting", folder: "000001-5f0c9a3e", askedAt: "2026-11-23T10:00:00.000Z", by });
  await act("/tasks/{id}/stop-saving", 1);
  await act("/tasks/{id}/save-and-complete", 1);
  await act("/tasks/{id}/match/answer", 2, { verdict: "known" });
  await act("/tasks/{id}/match", 2, { verdict: "not-known" });
  await act("/tasks/{id}/decide", 2, { code: "30016" });
  await act("/tasks/{id}/responses/{header}/send-again", 2);
  worklist.all[1]!.responses[0]!.undoableUntil = new Date("2026-11-23T10:00:00Z");
  await act("/tasks/{id}/responses/{header}/take-back", 2);
  await act("/tasks/{id}/deal-with", 2, { note: "Rang them." });
  await act("/tasks/{id}/undo", 2);
  await act("/reports/{id}/send-again", headerIds.held);
  worklist.sent.find(({ headerId }) => headerId === headerIds.held)!.undoableUntil = new Date("2026-11-23T10:00:00Z");
  await act("/reports/{id}/take-back", headerIds.held);
  await act("/reports/{id}/deal-with", headerIds.overdue);
  await act("/reports/{id}/undo", headerIds.overdue);
  await act("/unmatched/{id}/deal-with", 1);
  await act("/unmatched/{id}/undo", 1);
  assert.deepEqual(worklist.calls, [
    `assign 1 person ${person.id}`,
    "assign 1 nobody",
    "prioritise 1 urgent 2026-12-04",
    "comment 1 Waits.",
    "complete 1 filed 4711",
    "reopen 1",
    "save 1",
    "stop saving 1",
    "save 1 and complete",
    "match 2 known",
    "match 2 not-known",
    "decide 2 30016",
    `send again ${headerIds.heldResponse}`,
    `take back ${headerIds.heldResponse}`,
    "deal with task 2: Rang them.",
    "undo task 2",
    `send again ${headerIds.held}`,
    `take back ${headerIds.held}`,
    "deal with report 2",
    "undo report 2",
    "deal with stray 1",
    "undo stray 1",
  ]);
  assert.deepEqual([...done].toSorted(), all.map(({ method, path }) => `${method} ${path}`).toSorted());

  const calls = worklist.calls.length;
  const refused = async (path: string, address: string, body: unknown, code: string): Promise<void> => {
    const answer = await check("post", path, address, body);
    assert.equal(jsonOf(answer)["code"], code, `${address}: ${answer.text}`);
    assert.equal(jsonOf(answer)["type"], `urn:restante:problem:${code}`);
  };
  const { version } = jsonOf(await asking.get("/api/tasks/3"));
  await refused("/tasks/{id}/decide", "/tasks/3/decide", { version, code: "1" }, "decision-not-allowed");
  const known = jsonOf(await asking.get("/api/tasks/1"))["version"];
  await refused("/tasks/{id}/match", "/tasks/1/match", { version: known, verdict: "known" }, "match-not-allowed");
  await refused(
    "/tasks/{id}/assign",
    "/tasks/3/assign",
    { version, assignee: { kind: "person", id: "token:clinician" } },
    "assignee-unknown",
  );
  await refused("/tasks/{id}/deal-with", "/tasks/3/deal-with", { version }, "nothing-to-deal-with");
  await refused("/tasks/{id}/undo", "/tasks/3/undo", { version }, "not-dealt-with");
  await refused("/tasks/{id}/save", "/tasks/3/save", { version }, "nothing-to-save");
  await refused("/tasks/{id}/reopen", "/tasks/77/reopen", { version }, "unknown");
  await refused("/tasks/{id}/responses/{header}/send-again", "/tasks/3/responses/x/send-again", { version }, "unknown");
  assert.equal(worklist.calls.length, calls);
});

test("the page about the API has every path and every problem, with its status", () => {
  const page = readFileSync(new URL("../../../../docs/worklist-api.md", import.meta.url), "utf8");
  for (const [code, { status }] of Object.entries(allProblems)) {
    assert.match(page, new RegExp(`\\| \`${code}\` +\\| ${status} `), code);
  }
  assert.deepEqual(
    Array.from(
      page.matchAll(/^\| `(GET|POST) \/api(\/[^`]*)`/gm),
      ([, method, path]) => `${method!.toLowerCase()} ${path}`,
    ).toSorted(),
    all.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});
