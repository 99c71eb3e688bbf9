import type { JsonSchema, Schema } from "@restante/settings";
import { type Right, roles, rightsOf } from "@restante/web";
import { everywhere, file, type Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { allProblems, type ApiProblem } from "./problems.ts";
import { acted, acts, attachments, guidance, matter, person } from "./shapes/common.ts";
import { documentSchema } from "./shapes/document.ts";
import { matchSchema } from "./shapes/match.ts";
import { reportDetailSchema, reportSchema } from "./shapes/report.ts";
import { strayDetailSchema, straySchema } from "./shapes/stray.ts";
import { assignee, taskSchema } from "./shapes/task.ts";
import { taskDetailSchema } from "./shapes/task-detail.ts";

/** What stands in several places, or is worth a name in the code of whoever asks. */
const named: Readonly<Record<string, Schema<unknown>>> = {
  Task: taskSchema,
  TaskDetail: taskDetailSchema,
  Document: documentSchema,
  Match: matchSchema,
  Report: reportSchema,
  ReportDetail: reportDetailSchema,
  Unmatched: straySchema,
  UnmatchedDetail: strayDetailSchema,
  Acted: acted,
  Acts: acts,
  Attachments: attachments,
  Assignee: assignee,
  Matter: matter,
  Guidance: guidance,
  Person: person,
};
const nameOf = new Map(Object.entries(named).map(([name, { json }]) => [json, name]));

/** The description of the API, made of what it is served and checked by (OpenAPI 3.1). */
export function worklistOpenApi(): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "Restante: the worklist of a practice",
      version: "1",
      description:
        "The tasks that received messages raised, the reports that were sent and what is unmatched, for another system. Each act is done on what was read, by its version.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api", description: "Where the pages are." }],
    security: [{ token: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: { ...pathsOf(operations), "/openapi.json": { get: itself } },
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description:
            "What restante token add printed. Where the pages have no sign-in, on this computer alone, none is needed.",
        },
      },
      schemas: {
        ...Object.fromEntries(Object.entries(named).map(([name, { json }]) => [name, within(json)])),
        Problem: problemSchema,
      },
    },
  };
}

function pathsOf(all: readonly Operation[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of all) paths[one.path] = { ...paths[one.path], [one.method]: described(one) };
  return paths;
}

function described(operation: Operation): object {
  const { name, tag, summary, remark, access, path, query, body, bodyExample, answer, answerExample } = operation;
  const parameters = [...inPath(path), ...inQuery(query)];
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: [remark, rightWords(access.needs as Right)].filter((words) => words !== undefined).join(" "),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: shown(body.json), example: bodyExample } },
      },
    }),
    responses: {
      200: answer === file ? fileAnswer : jsonAnswer(answer, answerExample),
      ...refusals([...everywhere, ...operation.problems]),
    },
  };
}

function jsonAnswer({ json }: Schema<unknown>, example: unknown): object {
  return {
    description: json.description ?? "Done.",
    content: { "application/json": { schema: shown(json), ...(example !== undefined && { example }) } },
  };
}

const fileAnswer = {
  description: "Its bytes. How they are called is made of ids.",
  content: { "*/*": { schema: {} } },
};

function rightWords(needs: Right): string {
  const held = roles.filter((role) => rightsOf[role].includes(needs));
  return `For the right ${needs}: ${held.join(", ")}.`;
}

const pathParameters: Readonly<Record<string, { description: string; schema: JsonSchema }>> = {
  id: { description: "Its taskId or strayId; of a report its headerId.", schema: { type: "string", maxLength: 64 } },
  index: { description: "Counted from 0.", schema: { type: "string", pattern: "^(0|[1-9][0-9]{0,8})$" } },
  header: { description: "The headerId of the response.", schema: { type: "string", maxLength: 200 } },
};

function inPath(path: string): object[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...pathParameters[name],
  }));
}

function inQuery(query: Schema<unknown> | undefined): object[] {
  return Object.entries(query?.json.properties ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    description: schema.description,
    // Of a list: with commas.
    style: "form",
    explode: false,
    schema: within(schema),
  }));
}

/** By status, each with the codes that have it. */
function refusals(codes: readonly ApiProblem[]): object {
  const byStatus = Map.groupBy(new Set(codes), (code) => allProblems[code].status);
  return Object.fromEntries(
    Array.from(byStatus, ([status, of]) => [
      status,
      {
        description: of.map((code) => `${code}: ${allProblems[code].title}`).join(" "),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

const problemSchema = {
  type: "object",
  description: "Why it was not done (RFC 9457). Decide by code: it never changes its meaning.",
  required: ["type", "title", "status", "code"],
  properties: {
    type: { type: "string", description: "urn:restante:problem: and the code." },
    title: { type: "string", description: "The same each time, for people." },
    status: { type: "integer", description: "That of the answer." },
    code: { enum: Object.keys(allProblems), description: "What it is." },
    detail: { type: "string", description: "More, for people." },
    version: { type: "integer", description: "With changed-meanwhile: what it is now." },
    state: { type: "string", description: "With changed-meanwhile, of a task or a report: the state that it has now." },
    problems: {
      type: "array",
      description: "With request-invalid: all that is wrong.",
      items: {
        type: "object",
        required: ["pointer", "words"],
        properties: {
          in: { enum: ["query", "body"], description: "Where." },
          pointer: { type: "string", description: "A JSON Pointer (RFC 6901) to it." },
          words: { type: "string", description: "What, in words." },
        },
      },
    },
  },
};

const itself = {
  operationId: "getOpenApi",
  tags: ["Around"],
  summary: "This description",
  description: `Also for a person who is signed in. ${rightWords("see")}`,
  responses: {
    200: { description: "OpenAPI 3.1", content: { "application/json": { schema: { type: "object" } } } },
    ...refusals(everywhere),
  },
};

/** By its name, where it has one. */
function shown(json: JsonSchema): JsonSchema {
  const name = nameOf.get(json);
  return name === undefined ? within(json) : { $ref: `#/components/schemas/${name}` };
}

/** Itself, with what is in it by its name. The words for what is wrong are no part of the description. */
function within(json: JsonSchema): JsonSchema {
  const { items, properties, anyOf } = json;
  return {
    ...Object.fromEntries(Object.entries(json).filter(([keyword]) => keyword !== "errorMessage")),
    ...(items !== undefined && { items: shown(items) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, shown(one)])),
    }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((one: JsonSchema) => shown(one)) }),
  };
}
