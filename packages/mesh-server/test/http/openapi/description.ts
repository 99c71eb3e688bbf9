// Reading a description of an API, ours or the published one, and asking every operation in it over HTTPS.

import { randomUUID } from "node:crypto";

import {
  type TestAnswer,
  testClient,
  testMailboxes,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;

export interface DescribedSchema {
  type?: string;
  nullable?: boolean;
  required?: string[];
  properties?: Record<string, DescribedSchema>;
  items?: DescribedSchema;
  anyOf?: DescribedSchema[];
  oneOf?: DescribedSchema[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

export interface DescribedParameter {
  in: "path" | "query" | "header";
  name: string;
  required?: boolean;
  schema: DescribedSchema;
}

export interface DescribedOperation {
  parameters?: DescribedParameter[];
  requestBody?: object;
  responses: Record<string, { content?: Record<string, { schema?: DescribedSchema }> }>;
}

export interface Description {
  paths: Record<string, Record<string, DescribedOperation>>;
}

export interface Described {
  method: string;
  path: string;
  operation: DescribedOperation;
}

export function operationsOf({ paths }: Description): Described[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** Undefined if the value has the shape, else what is wrong with it. */
export function shapeProblem(schema: DescribedSchema | undefined, value: unknown, place = "it"): string | undefined {
  if (schema === undefined || (value === null && schema.nullable === true)) return undefined;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const problems = choices.map((choice) => shapeProblem(choice, value, place));
    return problems.includes(undefined) ? undefined : problems.join(" or ");
  }
  const type = Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
  if (value === null || (schema.type !== undefined && schema.type !== type)) return `${place} is no ${schema.type}`;
  if (Array.isArray(value)) {
    return value.map((item, index) => shapeProblem(schema.items, item, `${place}[${index}]`)).find(Boolean);
  }
  if (typeof value !== "object") return undefined;
  const missing = (schema.required ?? []).find((name) => !(name in value));
  if (missing !== undefined) return `${place}.${missing} is missing`;
  return Object.entries(value)
    .map(([name, part]) => shapeProblem(schema.properties?.[name], part, `${place}.${name}`))
    .find(Boolean);
}

export interface Asked {
  /** In the place of what is right; undefined leaves it out. */
  values?: Record<string, string | undefined>;
  accept?: string | undefined;
}

/** Asks an operation as its description has it, of a message that is made for it. */
export async function ask(
  server: TestServer,
  { method, path, operation }: Described,
  { values = {}, accept }: Asked = {},
): Promise<TestAnswer> {
  const parameters = operation.parameters ?? [];
  const mailboxId = path.includes("/inbox") ? pharmacy : sender;
  const right: Record<string, string> = {
    mailbox_id: mailboxId,
    ods_code: "FY901",
    workflow_id: "DF_ONLINE_CONSULTATION",
    "mex-to": pharmacy,
    "mex-workflowid": testWorkflow,
    "mex-clientversion": "test",
    "mex-osname": "Linux",
    "mex-osversion": "6",
    ...(await messageFor(server, path)),
  };
  const valueOf = (name: string): string | undefined => (name in values ? values[name] : right[name]);
  const written = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name) ?? ""));
  const query = new URLSearchParams();
  const headers: Record<string, string | undefined> = { accept };
  for (const { in: where, name, required } of parameters) {
    const value = required === true || name in values ? valueOf(name) : undefined;
    if (where === "query" && value !== undefined) query.set(name, value);
    if (where === "header" && (value !== undefined || (name === "authorization" && name in values)))
      headers[name] = value;
  }
  if (!parameters.some(({ name }) => name === "authorization")) headers["authorization"] = undefined;
  return testRequest(server, mailboxId, {
    method,
    path: query.size === 0 ? written : `${written}?${query.toString()}`,
    headers,
    ...(operation.requestBody !== undefined && { body: "hello" }),
  });
}

/** What the path of an operation needs to be there. */
async function messageFor(server: TestServer, path: string): Promise<Record<string, string>> {
  if (path.endsWith("/outbox/{message_id}/{chunk_number}")) {
    const { json } = await testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox`,
      headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, "mex-chunk-range": "1:2" },
      body: "hello",
    });
    return { message_id: (json as { messageID: string }).messageID, chunk_number: "2" };
  }
  if (!/message_id|local_id|tracking/.test(path)) return {};
  await using client = await testClient(server, sender);
  const localId = `local ${randomUUID()}`;
  const sent = await client.send({ to: pharmacy, workflowId: testWorkflow, localId, body: Buffer.from("hello") });
  return { message_id: sent.messageId, messageID: sent.messageId, chunk_number: "1", local_id: localId };
}

/** A value of a parameter that its schema does not allow, where there is one. */
export function wrongValues({ in: where, required, schema }: DescribedParameter): (string | undefined)[] {
  const wrong: (string | undefined)[] = [];
  if (where !== "path" && required === true) wrong.push(undefined);
  if (schema.maxLength !== undefined) wrong.push("x".repeat(schema.maxLength + 1));
  if (where === "query" && schema.minLength !== undefined && schema.minLength > 1) wrong.push("x");
  if (schema.type === "integer") wrong.push("many");
  if (schema.minimum !== undefined) wrong.push(String(schema.minimum - 1));
  if (schema.maximum !== undefined) wrong.push(String(schema.maximum + 1));
  return wrong;
}
