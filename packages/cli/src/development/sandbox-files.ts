// The files that mesh-sandbox keeps its mailboxes and workflows in: an object of JSON a line (mailboxes.jsonl,
// workflows.jsonl). Every problem of both is told at once. What mesh-sandbox lets be empty or null is as absent.

import { escapePointer } from "@restante/mesh";
import { type MailboxConfig, meshServerMailboxProperties, type WorkflowConfig } from "@restante/mesh-server";
import { knownMailboxes, knownWorkflows } from "@restante/mesh-server/development";
import {
  findProblems,
  flag,
  list,
  listed,
  object,
  optional,
  type PropertiesOf,
  type Schema,
  text,
} from "@restante/settings";
import { readGivenText } from "../config/given-text.ts";
import { CliError } from "../errors.ts";

export interface SandboxFiles {
  readonly mailboxes?: string | undefined;
  readonly workflows?: string | undefined;
}

export interface Registered {
  readonly mailboxes: readonly MailboxConfig[];
  readonly workflows: readonly WorkflowConfig[];
  /** Whether the mailboxes are those that everybody knows. */
  readonly known: boolean;
  /** What was passed over, in a person's words. */
  readonly remarks: readonly string[];
}

interface MailboxLine {
  mailbox_id: string;
  mailbox_name: string;
  ods_code: string;
  password: string;
  org_code?: string;
  org_name?: string;
  billing_entity?: string;
  active?: boolean;
}

interface WorkflowLine {
  workflow_id: string;
  senders?: string[];
  receivers?: string[];
}

const { mailboxId, name, odsCode, password, orgCode, orgName, billingEntity } = meshServerMailboxProperties;

const mailboxProperties: PropertiesOf<MailboxLine> = {
  mailbox_id: mailboxId,
  mailbox_name: name,
  ods_code: odsCode,
  password,
  org_code: orgCode,
  org_name: orgName,
  billing_entity: billingEntity,
  active: optional(flag({ description: "Whether it takes messages." })),
};
const mailboxSchema = object<MailboxLine>(mailboxProperties, { description: "A mailbox." });

const parties = optional(list(text({ description: "A mailbox id." }), { description: "Mailboxes." }));
const workflowSchema = object<WorkflowLine>(
  { workflow_id: text({ description: "The workflow's id." }), senders: parties, receivers: parties },
  { description: "A workflow." },
);

/** A line and where it stands, as problems name it. */
interface Line<Value> {
  readonly value: Value;
  readonly place: string;
}

/** What a file gives, and all that is wrong with it. */
interface Read<Value> {
  readonly lines: readonly Line<Value>[];
  readonly problems: readonly string[];
}

/**
 * The mailboxes and workflows that the files name; those that are known where there is none.
 * @throws CliError `settings-unreadable`, with every problem by file and line; `file-unreadable`
 */
export function readSandboxFiles({ mailboxes: mailboxFile, workflows: workflowFile }: SandboxFiles): Registered {
  const ofMailboxes = readLines(mailboxFile, mailboxSchema, {
    what: "mailbox",
    idOf: ({ mailbox_id: id }) => id.trim().toUpperCase(),
    wrong: ({ active }) =>
      active === false
        ? "/active is false: leave it out, and close the mailbox with restante control mailboxes close"
        : undefined,
  });
  const ofWorkflows = readLines(workflowFile, workflowSchema, {
    what: "workflow",
    idOf: ({ workflow_id: id }) => id.trim(),
    wrong: () => undefined,
  });
  const problems = [...ofMailboxes.problems, ...ofWorkflows.problems];
  const known = mailboxFile === undefined;
  if (!known && ofMailboxes.lines.length === 0 && problems.length === 0) {
    problems.push(`${mailboxFile} has no mailbox in it`);
  }
  if (problems.length > 0) {
    const files = [mailboxFile, workflowFile].filter((file) => file !== undefined).join(" and ");
    throw new CliError("settings-unreadable", listed(`The lines of ${files}`, problems));
  }
  const mailboxes = known ? knownMailboxes : ofMailboxes.lines.map(({ value }) => mailboxOf(value));
  if (workflowFile === undefined) return { mailboxes, known, workflows: knownWorkflows(mailboxes), remarks: [] };
  return { mailboxes, known, ...workflowsOf(ofWorkflows.lines, mailboxes) };
}

interface Held<Value> {
  readonly what: string;
  readonly idOf: (value: Value) => string;
  readonly wrong: (value: Value) => string | undefined;
}

function readLines<Value>(
  file: string | undefined,
  schema: Schema<Value>,
  { what, idOf, wrong }: Held<Value>,
): Read<Value> {
  const lines: Line<Value>[] = [];
  const problems: string[] = [];
  const places = new Map<string, string>();
  const texts =
    file === undefined
      ? []
      : readGivenText(file)
          .replace(/^\uFEFF/, "")
          .split(/\r?\n/);
  for (const [index, text] of texts.entries()) {
    if (text.trim() === "") continue;
    const place = `${file}:${index + 1}`;
    const found = problemsOf(text, schema);
    if ("problems" in found) {
      problems.push(...found.problems.map((problem) => `${place} ${problem}`));
      continue;
    }
    const id = idOf(found.value);
    const first = places.get(id);
    const problem = first === undefined ? wrong(found.value) : `is of the same ${what} as ${first}`;
    if (problem !== undefined) problems.push(`${place} ${problem}`);
    places.set(id, first ?? place);
    lines.push({ value: found.value, place });
  }
  return { lines, problems };
}

function problemsOf<Value>(
  text: string,
  schema: Schema<Value>,
): { readonly value: Value } | { readonly problems: readonly string[] } {
  const whole = objectOf(text);
  if (whole === undefined) return { problems: ["is not an object of JSON"] };
  const value = withoutEmpty(whole);
  const found = findProblems(schema, value);
  // It was held against the schema.
  if (found.length === 0) return { value: value as Value };
  const places = Object.keys(whole).map((name) => `/${escapePointer(name)}`);
  return {
    problems: found.map(({ pointer, at, words }) => {
      // All of a file's lines are alike to the eye, and a name that nobody knows is not repeated: it is told by its place.
      const place = at === undefined ? 0 : places.indexOf(at) + 1;
      return `${pointer}${pointer === "" ? "" : " "}${words}${place === 0 ? "" : ` (property ${place} of the line)`}`;
    }),
  };
}

function objectOf(line: string): object | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return typeof value !== "object" || value === null || Array.isArray(value) ? undefined : value;
}

function withoutEmpty(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, property]) => isThere(property))
      .map(([name, property]) => [name, Array.isArray(property) ? property.filter(isThere) : property]),
  );
}

function isThere(value: unknown): boolean {
  return value !== null && value !== "";
}

function mailboxOf(line: MailboxLine): MailboxConfig {
  const { mailbox_id, mailbox_name, ods_code, org_code, org_name, billing_entity, password: own } = line;
  return {
    mailboxId: mailbox_id,
    name: mailbox_name,
    odsCode: ods_code,
    password: own,
    ...(org_code !== undefined && { orgCode: org_code }),
    ...(org_name !== undefined && { orgName: org_name }),
    ...(billing_entity !== undefined && { billingEntity: billing_entity }),
  };
}

/** mesh-sandbox takes workflows of mailboxes that it does not have, and so do its users' files: those are left out. */
function workflowsOf(
  lines: readonly Line<WorkflowLine>[],
  mailboxes: readonly MailboxConfig[],
): Pick<Registered, "workflows" | "remarks"> {
  const known = new Set(["*", ...mailboxes.map(({ mailboxId: id }) => id.trim().toUpperCase())]);
  const remarks: string[] = [];
  const here = (of: readonly string[], place: string): string[] => {
    const ids = of.map((id) => id.trim().toUpperCase());
    const strange = [...new Set(ids.filter((id) => !known.has(id)))];
    if (strange.length > 0) remarks.push(`${place} names ${strange.join(", ")}, no mailbox here: passed over`);
    return ids.filter((id) => known.has(id));
  };
  const workflows = lines.map(({ value: { workflow_id, senders = [], receivers = [] }, place }) => ({
    workflowId: workflow_id.trim(),
    senders: here(senders, place),
    receivers: here(receivers, place),
  }));
  return { workflows, remarks: [...new Set(remarks)] };
}
