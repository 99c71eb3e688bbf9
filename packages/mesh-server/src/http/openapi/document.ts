// The server's description of its own API, made of the routes that it has and of what they hold a request against. It is
// the same for everybody and names nobody, so it is shown to anybody.

import type { FastifyInstance } from "fastify";

import type { KnownPaths, KnownRoute } from "../known-paths.ts";
import { type Parameter, type PathName, pathParameters } from "../parameters.ts";
import { sendJson } from "../version.ts";
import { type Content, error, validationError } from "./answers.ts";
import { type Operation, operations } from "./operations.ts";

const authorization: Parameter = {
  in: "header",
  name: "authorization",
  description: "NHSMESH and a token that is good for this request",
  required: true,
  schema: { type: "string" },
};

export function addOpenApi(app: FastifyInstance, known: KnownPaths): void {
  let written: object | undefined;
  app.get("/openapi.json", async (_request, reply) => {
    written ??= openApiDocument(known.routes);
    return sendJson(reply, 200, written);
  });
}

export function openApiDocument(routes: readonly KnownRoute[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { url, methods } of routes) {
    const path = url.replaceAll(/:(\w+)/g, (_, name: PathName) => `{${pathParameters[name].name}}`);
    for (const method of methods) {
      paths[path] = { ...paths[path], [method.toLowerCase()]: describe(method, url) };
    }
  }
  return {
    openapi: "3.0.3",
    info: {
      title: "Restante: a MESH server",
      version: "2",
      description: "The MESH API in versions 1 and 2. A client shows a certificate; a mailbox shows a token.",
    },
    paths,
  };
}

function describe(method: string, url: string): object {
  const operation = operations[`${method} ${url}`] ?? operations[method === "HEAD" ? `GET ${url}` : ""];
  // The list is of our own code: whoever adds a route describes it.
  if (operation === undefined) throw new TypeError(`${method} ${url} is not described`);
  const { summary, tag, asks, deprecated, body } = operation;
  const inPath = Array.from(url.matchAll(/:(\w+)/g), ([, name]) => pathParameters[name as PathName]);
  const parameters = [...inPath, ...(operation.parameters ?? []), ...(asks === "token" ? [authorization] : [])];
  return {
    tags: [tag],
    summary,
    operationId: `${method.toLowerCase()}_${url.replaceAll(/[^A-Za-z]+/g, "_").replaceAll(/^_|_$/g, "")}`,
    ...(deprecated && { deprecated }),
    parameters,
    ...(body && {
      requestBody: { required: true, content: { "*/*": { schema: { type: "string", format: "binary" } } } },
    }),
    responses: responsesOf(operation, method),
  };
}

function responsesOf({ answers, asks }: Operation, method: string): object {
  const common: Operation["answers"] =
    asks === "open"
      ? {}
      : {
          400: ["What is wrong with the request", { ...error, ...either(validationError, error) }],
          403: ["The client, its token or its mailbox is not what it says", error],
        };
  const written = Object.entries({ ...common, ...answers }).map(([status, [description, content]]) => [
    status,
    { description, ...(content !== undefined && method !== "HEAD" && { content: schemas(content) }) },
  ]);
  const others = { description: "Any other refusal", ...(method !== "HEAD" && { content: schemas(error) }) };
  return { ...Object.fromEntries(written), ...(asks !== "open" && { default: others }) };
}

function either(one: Content, other: Content): Content {
  return Object.fromEntries(
    Object.entries(one).map(([type, schema]) => [
      type,
      { anyOf: [schema, other[type]].filter((of) => of !== undefined) },
    ]),
  );
}

function schemas(content: Content): object {
  return Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }]));
}
