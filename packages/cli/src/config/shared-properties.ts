import { meshClientDefaults, type MeshClientOptions, type RetryPolicy, type Timeouts } from "@restante/mesh-client";
import {
  type Needed,
  object,
  oneOf,
  optional,
  type Optional,
  type PropertiesOf,
  type Schema,
  text,
  type TextFormat,
  whole,
} from "@restante/settings";
import { secret, type SecretSource } from "./secret.ts";

/** The files of one side of mutual TLS. */
export interface TlsFiles {
  key: string;
  cert: string;
  ca: string;
}

/** The two files of the embedded directory. */
export interface DirectorySettings {
  patients: string;
  organisations: string;
}

export const directory = (description: string): Needed<DirectorySettings> =>
  object<DirectorySettings>(
    {
      patients: text({ description: "The file of patients, as examples/patients.json." }),
      organisations: text({ description: "The file of organisations, as examples/organisations.json." }),
    },
    { description },
  );

/** How a MESH server is called, whoever calls: what `createMeshClient` takes, for each mailbox. */
export type CallSettings = Writable<
  Omit<
    MeshClientOptions,
    | "mailboxId"
    | "password"
    | "sharedKey"
    | "tls"
    | "clock"
    | "retries"
    | "onRetry"
    | "timeouts"
    | "proxy"
    | "connections"
  >
> & {
  sharedKey: SecretSource;
  timeouts?: TimeoutSettings;
  proxy?: ProxySettings;
  connections?: number;
  retries?: RetrySettings;
};

export type TimeoutSettings = Writable<Partial<Timeouts>>;

export type RetrySettings = Writable<Partial<RetryPolicy>>;

type Writable<Options> = { -readonly [Name in keyof Options]: Exclude<Options[Name], undefined> };

const urlFormat: TextFormat = {
  name: "https-url",
  accepts: isServerAddress,
  pattern: "^(?!.*/[Mm]essage[Ee]xchange/*$)[Hh][Tt][Tt][Pp][Ss]://[^@?#]+$",
  problem:
    "must be an address that begins with https://, such as https://127.0.0.1:8700, without a user, a password, ? or #, and without /messageexchange at its end, which is added",
};

/**
 * A password in an address would be shown and copied with the settings, and reach no server: MESH has its own. With
 * `/messageexchange` at its end, as a server for development prints it, each request would be told that there is nothing there.
 */
function isServerAddress(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" && /^https:\/\/[^@?#]+$/i.test(text) && !/\/messageexchange\/*$/i.test(text);
}

/** The longest time that a timer of Node.js takes. */
export const LONGEST_MS = 2_147_483_647;

const timeout = (description: string): Optional<number> =>
  optional(whole({ description: `${description} Absent: requestTimeoutMs.`, from: 1, to: LONGEST_MS }));

const timeouts: Schema<TimeoutSettings> = object<TimeoutSettings>(
  {
    connectMs: timeout("Milliseconds for a connection to stand, TLS and the way through a proxy included."),
    headersMs: timeout(
      "Milliseconds for the head of an answer once the request is sent, and for each piece of a request to be taken.",
    ),
    bodyIdleMs: timeout("Milliseconds between two pieces of an answer's body."),
  },
  { description: "Each time-out by itself. Absent: all are requestTimeoutMs." },
);

/** Either `url`, or `from`. */
export interface ProxySettings {
  url?: string;
  username?: string;
  password?: SecretSource;
  from?: "environment";
}

const proxyFormat: TextFormat = {
  name: "http-proxy-url",
  accepts: (text) => /^http:\/\/[^@?#/]+\/?$/i.test(text) && URL.canParse(text),
  pattern: "^[Hh][Tt][Tt][Pp]://[^@?#/]+/?$",
  problem:
    "must be the address of an HTTP proxy, such as http://proxy.example:3128, without a user, a password, a path, ? or #",
};

const proxy: Schema<ProxySettings> = object<ProxySettings>(
  {
    url: optional(
      text({ description: "The proxy, such as http://proxy.example:3128. Absent: as from says.", format: proxyFormat }),
    ),
    username: optional(text({ description: "Who signs in to the proxy (Basic). Absent: nobody does." })),
    password: optional(secret("The password with which is signed in to the proxy. Absent: nobody signs in.")),
    from: optional(
      oneOf(["environment"], {
        description:
          "Where the proxy is named. environment: by the variable HTTPS_PROXY, unless NO_PROXY names the server. Absent: by url.",
      }),
    ),
  },
  {
    description:
      "The HTTP proxy through which the MESH server is reached. Absent: none, whatever the environment says.",
    errorMessage: "must say which proxy, { url: http://HOST:PORT } or { from: environment }",
    oneOf: [{ required: ["url"] }, { required: ["from"] }],
    dependentRequired: { username: ["url", "password"], password: ["url", "username"] },
  },
);

const retries: Schema<RetrySettings> = object<RetrySettings>(
  {
    attempts: optional(
      whole({
        description: "How often a call is made at most, the first time included.",
        from: 1,
        to: 100,
        default: meshClientDefaults.retries.attempts,
      }),
    ),
    firstWaitMs: optional(
      whole({
        description: "Milliseconds before the second attempt, at most; twice as long before each further one.",
        from: 0,
        to: LONGEST_MS,
        default: meshClientDefaults.retries.firstWaitMs,
      }),
    ),
    longestWaitMs: optional(
      whole({
        description: "No wait is longer than so many milliseconds, whatever the server asks for.",
        from: 0,
        to: LONGEST_MS,
        default: meshClientDefaults.retries.longestWaitMs,
      }),
    ),
  },
  { description: "Of calls that may be made twice: all but the sending of a message.", default: {} },
);

export const callProperties: PropertiesOf<CallSettings> = {
  url: text({ description: "The MESH server, such as https://mesh-sync.spineservices.nhs.uk.", format: urlFormat }),
  sharedKey: secret("The secret of the environment, shared by all mailboxes."),
  requestTimeoutMs: optional(
    whole({
      description:
        "Milliseconds for connecting, for the head of an answer, and between two pieces of its body: each of timeouts that is not set by itself.",
      from: 1,
      to: LONGEST_MS,
      default: meshClientDefaults.requestTimeoutMs,
    }),
  ),
  timeouts: optional(timeouts),
  proxy: optional(proxy),
  connections: optional(
    whole({
      description: "Requests of a mailbox at once; more wait their turn.",
      from: 1,
      to: 10_000,
      default: meshClientDefaults.connections,
    }),
  ),
  retries: optional(retries),
};

export const log = (name: string): Needed<string> =>
  text({
    description: "The file to which every event is written, as one line of JSON; made for its owner alone.",
    default: `restante-${name}.log`,
  });
