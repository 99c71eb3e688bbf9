import type { JsonSchema } from "@restante/settings";
import { errorMeanings, errorStatuses, type SentErrorCode } from "./error-answer.ts";
import { EVENTS_PATH, EVENTS_TYPE } from "./event-stream.ts";
import { everyOperation, type Operation } from "./operations.ts";
import { commonErrors } from "./operations/operation.ts";

/** The description of the listener, made of the table that it checks by (OpenAPI 3.1). */
export function controlOpenApi(): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "Restante: control of a development MESH server",
      version: "1",
      description:
        "Waits for messages, lets requests go wrong, moves the clock, saves and restores. Off unless asked for; never on the port that speaks MESH.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{ token: [] }],
    tags: [...new Set(everyOperation.map(tagOf)), "events"].map((name) => ({ name })),
    paths: {
      ...Object.fromEntries(everyOperation.map((operation) => [operation.path, { post: described(operation) }])),
      [EVENTS_PATH]: { get: describedEvents() },
    },
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "The content of the file that `control.json` in the data folder of the server names.",
        },
      },
    },
  };
}

function described(operation: Operation): object {
  const { name, summary, remark, input, answer, errors } = operation;
  const isNeeded = input.json.required !== undefined || input.json.oneOf !== undefined;
  return {
    operationId: name,
    tags: [tagOf(operation)],
    summary,
    ...(remark !== undefined && { description: remark }),
    requestBody: { required: isNeeded, content: json(input.json) },
    responses: {
      200: { description: answer.json.description, content: json(answer.json) },
      ...refusals(errors),
    },
  };
}

function describedEvents(): object {
  return {
    operationId: "events",
    tags: ["events"],
    summary: "What happens from now on, as server-sent events",
    description: "Each event is the JSON in the data of one message. Patients are in none.",
    parameters: [
      {
        name: "names",
        in: "query",
        description: "Only events of these names, separated by commas. Absent: all.",
        style: "form",
        explode: false,
        schema: { type: "array", maxItems: 100, items: { type: "string", maxLength: 100 } },
      },
    ],
    responses: {
      200: {
        description: "The stream, until it is left",
        content: { [EVENTS_TYPE]: { schema: { type: "string" } } },
      },
      ...refusals(commonErrors),
    },
  };
}

/** By status, each with the codes that have it. */
function refusals(codes: readonly SentErrorCode[]): object {
  const byStatus = Map.groupBy(codes, (code) => errorStatuses[code]);
  return Object.fromEntries(
    Array.from(byStatus, ([status, of]) => [
      status,
      { description: of.map((code) => errorMeanings[code]).join(" "), content: json(refusal(of)) },
    ]),
  );
}

function refusal(codes: readonly SentErrorCode[]): JsonSchema {
  return {
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["code", "message"],
        properties: {
          code: { enum: codes },
          message: { type: "string", description: "For people." },
        },
      },
    },
  };
}

function json(schema: JsonSchema): object {
  return { "application/json": { schema } };
}

function tagOf({ words: [group = ""] }: Pick<Operation, "words">): string {
  return group;
}
