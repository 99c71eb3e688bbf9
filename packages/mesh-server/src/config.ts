import { MeshServerError } from "./errors.ts";

/** Everything the server is told at start. Nothing else is read from anywhere. */
export interface MeshServerConfig {
  /** Where it listens, such as `127.0.0.1`. */
  host: string;
  /** 0: any free port, see `MeshServer.url`. */
  port: number;
  /** Made if it is absent. One server at a time. */
  dataFolder: string;
  /** The secret of the environment, in every token (MESH API, MESH Authorization header). */
  sharedKey: string;
  tls: TlsConfig;
  mailboxes: readonly MailboxConfig[];
  workflows: readonly WorkflowConfig[];
  /** Workflows that may be addressed to a patient's practice. Default: those of GP Connect and Transfer of Care. */
  routedWorkflows?: readonly string[];
  /** How much of the patient must match. Default `spine`: number and date of birth. `strict`: the surname too. */
  match?: "spine" | "strict";
  /** Up to this size a body is kept in its row, else in a file. Default 65,536. */
  smallBodyBytes?: number;
  /** Of one request. Default 100 MB (100,000,000), as MESH. */
  maxRequestBytes?: number;
  /** Not acknowledged for so long, a message leaves the inbox and its sender gets report 14. Default 5. */
  collectWithinDays?: number;
  /** From the first request of a message to its deletion. Default 30. */
  deleteAfterDays?: number;
  /** An upload in chunks that is not complete by then is abandoned. Default 24. */
  uploadWithinHours?: number;
  /** A message that cannot be routed because the demographics are unavailable fails with 14. Default 24. */
  routeWithinHours?: number;
  /**
   * How many connections from one address may be open without a trusted client certificate; beyond, the oldest is cut.
   * An IPv6 address stands for its /64. Default 1,000: clients that open hundreds at once are without one for a moment.
   */
  untrustedPerAddress?: number;
  /** How often overdue messages are looked for. Default 1,000. */
  tickMs?: number;
}

export interface TlsConfig {
  /** PEM. */
  key: string;
  /** PEM, with intermediate certificates if there are any. */
  cert: string;
  /** Who issues the clients' certificates, PEM. */
  ca: string;
  /**
   * True: an untrusted client is cut off in the handshake. False (the default): it gets 403 and the reason is in the
   * events, because in TLS 1.3 a client takes the cut for a lost connection.
   */
  strict?: boolean;
}

export interface MailboxConfig {
  mailboxId: string;
  name: string;
  odsCode: string;
  orgCode?: string;
  orgName?: string;
  billingEntity?: string;
  password: string;
}

export interface WorkflowConfig {
  workflowId: string;
  /** Mailbox ids, or `*` for every mailbox. */
  senders: readonly string[];
  receivers: readonly string[];
}

type Check = (value: unknown, at: string, problems: string[]) => void;

/**
 * Checks a configuration as read from a file.
 * @throws {MeshServerError} `config-invalid`, its message naming every problem, one a line
 */
export function readMeshServerConfig(json: unknown): MeshServerConfig {
  const problems: string[] = [];
  config(json, "config", problems);
  if (problems.length > 0) throw invalidConfig(problems);
  return json as MeshServerConfig;
}

export function invalidConfig(problems: readonly string[]): MeshServerError {
  return new MeshServerError("config-invalid", `The MESH server's configuration is wrong:\n${problems.join("\n")}`);
}

const text: Check = (value, at, problems) => {
  if (typeof value !== "string" || value.trim() === "") problems.push(`${at} must be a text`);
};

const yesNo: Check = (value, at, problems) => {
  if (typeof value !== "boolean") problems.push(`${at} must be true or false`);
};

function number(least: number, most: number): Check {
  return (value, at, problems) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      problems.push(`${at} must be a whole number from ${least} to ${most}`);
    }
  };
}

function oneOf(...words: string[]): Check {
  return (value, at, problems) => {
    if (typeof value !== "string" || !words.includes(value)) problems.push(`${at} must be ${words.join(" or ")}`);
  };
}

function list(item: Check): Check {
  return (value, at, problems) => {
    if (!Array.isArray(value)) problems.push(`${at} must be a list`);
    else for (const [index, entry] of value.entries()) item(entry, `${at}[${index}]`, problems);
  };
}

function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value, at, problems) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      problems.push(`${at} must be an object`);
      return;
    }
    const entries = new Map<string, unknown>(Object.entries(value));
    for (const [name, check] of Object.entries(required)) check(entries.get(name), `${at}.${name}`, problems);
    for (const [name, entry] of entries) {
      if (name in required) continue;
      const check = optional[name];
      if (check === undefined) problems.push(`${at}.${name} is not a setting`);
      else check(entry, `${at}.${name}`, problems);
    }
  };
}

const config = object(
  {
    host: text,
    port: number(0, 65_535),
    dataFolder: text,
    sharedKey: text,
    tls: object({ key: text, cert: text, ca: text }, { strict: yesNo }),
    mailboxes: list(
      object(
        { mailboxId: text, name: text, odsCode: text, password: text },
        { orgCode: text, orgName: text, billingEntity: text },
      ),
    ),
    workflows: list(object({ workflowId: text, senders: list(text), receivers: list(text) })),
  },
  {
    routedWorkflows: list(text),
    match: oneOf("spine", "strict"),
    smallBodyBytes: number(0, 1024 * 1024),
    maxRequestBytes: number(1, 1_000_000_000),
    collectWithinDays: number(1, 365),
    deleteAfterDays: number(1, 3650),
    uploadWithinHours: number(1, 720),
    routeWithinHours: number(1, 720),
    untrustedPerAddress: number(1, 100_000),
    tickMs: number(1, 60_000),
  },
);
