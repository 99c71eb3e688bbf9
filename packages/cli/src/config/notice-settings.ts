import { isIP } from "node:net";
import {
  distinct,
  type Find,
  type Finding,
  list,
  type Needed,
  object,
  oneOf,
  optional,
  type Rule,
  text,
  type TextFormat,
  whole,
} from "@restante/settings";
import type { EmailOptions, NoticeEvent, NoticeOptions } from "@restante/practice";
import { secret, type SecretSource } from "./secret.ts";

/** Who is told of tasks elsewhere: by email, and other systems by webhooks. */
export interface NoticeSettings {
  email?: EmailSettings;
  webhooks?: WebhookSettings[];
}

export interface EmailSettings {
  host: string;
  port: number;
  security?: EmailOptions["security"];
  user?: string;
  password?: SecretSource;
  from: string;
  to: string[];
  ca?: string;
}

export interface WebhookSettings {
  url: string;
  secret: SecretSource;
  events?: NoticeEvent[];
  ca?: string;
}

const mostAddresses = 20;
const mostWebhooks = 10;
const leastSecret = 16;

const isThisComputer = (host: string): boolean => ["127.0.0.1", "::1", "[::1]", "localhost"].includes(host);

const hostFormat: TextFormat = {
  name: "host",
  accepts: (host) => isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host),
  problem: "must be the name or IP address of a machine, such as smtp.example.org",
};

const ADDRESS = '^[^\\s@<>"]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$';

const addressFormat: TextFormat = {
  name: "email-address",
  accepts: (address) => new RegExp(ADDRESS).test(address) && address.length <= 254,
  pattern: ADDRESS,
  problem: "must be an email address alone, such as worklist@example.org",
};

const urlFormat: TextFormat = {
  name: "webhook-address",
  accepts(address) {
    const url = URL.parse(address);
    const isAddress = url !== null && url.username === "" && url.password === "" && url.hash === "";
    return isAddress && (url.protocol === "https:" || (url.protocol === "http:" && isThisComputer(url.hostname)));
  },
  pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^#@\\s]+$",
  problem: "must be an address of HTTPS without a name or password in it; of HTTP on this computer alone",
};

const ca = (whose: string): ReturnType<typeof optional<string>> =>
  optional(
    text({
      description: `The authority that vouches for the ${whose}, a PEM file. Absent: those that Node.js knows.`,
    }),
  );

const email: Needed<EmailSettings> = object<EmailSettings>(
  {
    host: text({ description: "The mail server.", format: hostFormat }),
    port: whole({ description: "Its port: 587 for starttls as a rule, 465 for tls.", from: 1, to: 65_535 }),
    security: optional(
      oneOf<EmailOptions["security"]>(["starttls", "tls", "none"], {
        description:
          "How the connection is made safe; its certificate is checked. starttls: from its beginning on, or nothing is sent. tls: from the first byte. none: to this computer alone.",
        default: "starttls",
      }),
    ),
    user: optional(text({ description: "Who signs in there. Absent: nobody has to." })),
    password: optional(secret("Their password. Absent: nobody signs in.")),
    from: text({ description: "The address that emails are from.", format: addressFormat }),
    to: list(text({ description: "An address.", format: addressFormat }), {
      description: `Who is told: at most ${mostAddresses}. Each is told by an email of their own.`,
      least: 1,
    }),
    ca: ca("mail server"),
  },
  {
    description:
      "Tells of tasks that nobody has opened in time, and of those past their due date: how many, and where the page is; at most one email an hour of each. Absent: nobody is told by email.",
    dependentRequired: { user: ["password"], password: ["user"] },
  },
);

const webhook = object<WebhookSettings>(
  {
    url: text({ description: "Where it is asked.", format: urlFormat }),
    secret: secret(`Under which what it is told is signed: ${leastSecret} characters or more.`),
    events: optional(
      list(oneOf<NoticeEvent>(["task-new", "task-unread", "task-overdue"], { description: "An event." }), {
        description:
          "What it is told of: a new task (task-new), one that nobody has opened in time (task-unread), one past its due date (task-overdue).",
        least: 1,
        default: ["task-new", "task-unread", "task-overdue"],
      }),
    ),
    ca: ca("receiver"),
  },
  { description: "Another system that is told." },
);

export const notices: Needed<NoticeSettings> = object<NoticeSettings>(
  {
    email: optional(email),
    webhooks: optional(
      list(webhook, {
        description: `Other systems that are told, one notice a task: at most ${mostWebhooks}. Absent: none is.`,
      }),
    ),
  },
  { description: "Who is told of tasks elsewhere. No notice says anything of a patient. Absent: nobody is." },
);

const mail = "/notices/email";
const hooks = "/notices/webhooks/*";

export const noticePaths: readonly string[] = [`${mail}/ca`, `${hooks}/ca`];
export const noticeSecrets: readonly string[] = [`${mail}/password`, `${hooks}/secret`];
/** Their `ca` is read as that of a connection is. */
export const noticeTls: readonly string[] = [mail, hooks];

export const noticeRules: readonly Rule[] = [
  distinct([`${mail}/to/*`], (address) => address.toLowerCase()),
  distinct([`${hooks}/url`], (url) => url),
  most(mail + "/to", mostAddresses, "addresses"),
  most("/notices/webhooks", mostWebhooks, "of them"),
  (find) => {
    const [security] = find(`${mail}/security`);
    const [host] = find(`${mail}/host`);
    if (security?.value !== "none" || typeof host?.value !== "string" || isThisComputer(host.value)) return [];
    return [{ pointer: security.pointer, words: "must be starttls or tls, unless host is this computer" }];
  },
];

function most(pattern: string, amount: number, what: string): Rule {
  return (find: Find): Finding[] =>
    find(pattern).flatMap(({ pointer, value }) =>
      Array.isArray(value) && value.length > amount ? [{ pointer, words: `must have at most ${amount} ${what}` }] : [],
    );
}

/** @param address of the pages @param given what is in the files that settings name, by pointer */
export function noticeOptions(
  { email, webhooks = [] }: NoticeSettings,
  address: string | undefined,
  given: (pointer: string) => string,
): NoticeOptions {
  return {
    ...(address !== undefined && { address: new URL(address).origin }),
    ...(email !== undefined && { email: emailOptions(email, given) }),
    webhooks: webhooks.map(({ url, events, ca }, index) => ({
      url,
      secret: given(`/notices/webhooks/${index}/secret`),
      ...(events !== undefined && { events }),
      ...(ca !== undefined && { ca: given(`/notices/webhooks/${index}/ca`) }),
    })),
  };
}

function emailOptions(
  { password, ca, security = "starttls", ...settings }: EmailSettings,
  given: (pointer: string) => string,
): EmailOptions {
  return {
    ...settings,
    security,
    ...(password !== undefined && { password: given(`${mail}/password`) }),
    ...(ca !== undefined && { ca: given(`${mail}/ca`) }),
  };
}
