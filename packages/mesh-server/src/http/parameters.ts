// What a request may say, outside its body: the routes hold every request against these, and the server's own description
// of its API (openapi/) is made of them, so that neither can say what the other does not.
//
// Lengths and limits are the API's; a text's length is in characters. What headers may hold beyond a length is for
// envelope.ts, what a text means for its route.

import { characterCount, headerLimits, headerNames, type MexHeaders } from "@restante/mesh";

import { type FieldProblem, fieldMissing, fieldTooLong, fieldWrong, Refusal } from "./refusal.ts";

export interface Parameter {
  readonly in: "path" | "query" | "header";
  readonly name: string;
  readonly description: string;
  /** An empty one is then missing, too. */
  readonly required?: true;
  readonly schema: TextSchema | WholeSchema;
}

export interface TextSchema {
  readonly type: "string";
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface WholeSchema {
  readonly type: "integer";
  readonly minimum: number;
  readonly maximum?: number;
  readonly default?: number;
}

/** Every problem of a request, in the order of the parameters. */
export function problemsOf(
  parameters: readonly Parameter[],
  valueOf: (name: string) => string | undefined,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const parameter of parameters) {
    const value = valueOf(parameter.name);
    if (value === undefined && parameter.required !== true) continue;
    const problem = problemOf(parameter, value);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** @throws {Refusal} `request-invalid`, with every problem */
export function requireValid(parameters: readonly Parameter[], valueOf: (name: string) => string | undefined): void {
  const problems = problemsOf(parameters, valueOf);
  if (problems.length > 0) throw new Refusal("request-invalid", { problems });
}

function problemOf(
  { in: where, name, required, schema }: Parameter,
  value: string | undefined,
): FieldProblem | undefined {
  if (value === undefined || (required === true && value === "")) {
    return required === true ? fieldMissing(where, name) : undefined;
  }
  if (schema.type === "integer") return wholeProblem(schema, value, (words) => fieldWrong(where, name, words));
  const { minLength = 0, maxLength = Infinity } = schema;
  // It has at most as many characters.
  if (minLength === 0 && value.length <= maxLength) return undefined;
  const length = characterCount(value);
  if (length >= minLength && length <= maxLength) return undefined;
  if (minLength === 0) return fieldTooLong(name, maxLength);
  return fieldWrong(where, name, `String should have ${minLength} to ${maxLength} characters`);
}

function wholeProblem(
  { minimum, maximum = Infinity }: WholeSchema,
  value: string,
  problem: (words: string) => FieldProblem,
): FieldProblem | undefined {
  if (/^\d{1,9}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum) return undefined;
  return problem(
    maximum === Infinity
      ? `Input should be a number from ${minimum}`
      : `Input should be a whole number from ${minimum} to ${maximum}`,
  );
}

export type PathName = "mailboxId" | "messageId" | "localId" | "odsCode" | "workflowId" | "chunk";

const chunkNumber: Parameter = {
  in: "path",
  name: "chunk_number",
  description: "which chunk",
  required: true,
  schema: { type: "integer", minimum: 1 },
};

/** By its name in a route. */
export const pathParameters: Readonly<Record<PathName, Parameter>> = {
  mailboxId: pathText("mailbox_id", "mailbox identifier"),
  messageId: pathText("message_id", "message identifier"),
  localId: pathText("local_id", "local identifier, as its sender gave it"),
  odsCode: pathText("ods_code", "the organisation's code in the Organisation Data Service"),
  workflowId: pathText("workflow_id", "the workflow of the message"),
  chunk: chunkNumber,
};

/** @throws {Refusal} `request-invalid` */
export function readChunk(text: string): number {
  requireValid([chunkNumber], () => text);
  return Number(text);
}

const workflowFilter: Parameter = {
  in: "query",
  name: "workflow_filter",
  description: "only these workflows: `!` at the start negates, `*` at the end begins with, at both ends contains",
  schema: { type: "string", minLength: 2, maxLength: 255 },
};

const continueFrom: Parameter = {
  in: "query",
  name: "continue_from",
  description: "where to go on, from links.next; in version 1 of the inbox a message identifier",
  schema: { type: "string", minLength: 24, maxLength: 1000 },
};

const startTime: Parameter = {
  in: "query",
  name: "start_time",
  description: "only what was sent after it, ISO 8601; 30 days ago if it is left out",
  schema: { type: "string" },
};

export const inboxQuery: readonly Parameter[] = [maxResults(10, 5000, 500), continueFrom, workflowFilter];
export const richInboxQuery: readonly Parameter[] = [maxResults(1, 2000, 100), startTime, continueFrom];
export const richOutboxQuery: readonly Parameter[] = [maxResults(10, 5000, 100), startTime, continueFrom];

export const trackingQuery: readonly Parameter[] = [
  {
    in: "query",
    name: "messageID",
    description: "message identifier",
    required: true,
    schema: { type: "string", minLength: 1 },
  },
];

export const handshakeHeaders: readonly Parameter[] = [
  headerText("mex-clientversion", "the client and its version"),
  headerText("mex-osname", "the name of its operating system"),
  headerText("mex-osversion", "and the version"),
];

const needed: ReadonlySet<string> = new Set([headerNames.to, headerNames.workflowId]);

/** Those of a message, by the name on the wire. */
export const messageHeaders: readonly Parameter[] = [
  ...(Object.keys(headerLimits) as (keyof MexHeaders)[])
    .filter((name) => needed.has(headerNames[name]))
    .map(messageHeader),
  ...(Object.keys(headerLimits) as (keyof MexHeaders)[])
    .filter((name) => !needed.has(headerNames[name]))
    .map(messageHeader),
  {
    in: "header",
    name: "content-type",
    description: "the type of the body, given back to the recipient",
    schema: { type: "string", maxLength: headerLimits.contentType ?? 255 },
  },
];

/** Those of a further chunk. */
export const chunkHeaders: readonly Parameter[] = messageHeaders.filter(({ name }) => name === headerNames.chunkRange);

function messageHeader(name: keyof MexHeaders): Parameter {
  const wire = headerNames[name];
  return {
    in: "header",
    name: wire,
    description:
      wire === headerNames.to ? "a mailbox, or the routing address of a patient" : `given to the recipient as it came`,
    ...(needed.has(wire) && { required: true as const }),
    schema: { type: "string", maxLength: headerLimits[name] ?? 0 },
  };
}

function maxResults(minimum: number, maximum: number, by: number): Parameter {
  return {
    in: "query",
    name: "max_results",
    description: "the longest page that is wanted",
    schema: { type: "integer", minimum, maximum, default: by },
  };
}

function pathText(name: string, description: string): Parameter {
  return { in: "path", name, description, required: true, schema: { type: "string", minLength: 1 } };
}

function headerText(name: string, description: string): Parameter {
  return { in: "header", name, description, required: true, schema: { type: "string" } };
}
