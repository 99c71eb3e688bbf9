import { isIP } from "node:net";
import {
  distinct,
  type Finding,
  flag,
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
import { rangeOf, type SecondFactorDemand } from "@restante/web";
import { openId, openIdPaths, openIdRules, type OpenIdSettings } from "./open-id-settings.ts";

/** The pages on which an organisation's people work: who reaches them, and how they come in. */
export interface PagesSettings {
  host?: string;
  port: number;
  address?: string;
  tls?: PagesTls;
  proxy?: { trusted: string[] };
  signIn?: SignInSettings;
  teams?: string[];
  nhsLogo?: boolean;
  auditKey?: { file: string };
}

/** Either `key` and `cert`, or `authority`. */
export interface PagesTls {
  key?: string;
  cert?: string;
  authority?: string;
}

export interface SignInSettings {
  local?: boolean;
  secondFactor?: SecondFactorDemand;
  idleMinutes?: number;
  absoluteHours?: number;
  openId?: OpenIdSettings;
}

const loopback: ReadonlySet<unknown> = new Set(["127.0.0.1", "::1", "localhost"]);

const hostFormat: TextFormat = {
  name: "address-of-this-machine",
  accepts: (host) => isIP(host) !== 0 || host === "localhost",
  problem: "must be an IP address of this machine, 0.0.0.0 or :: for every one of them, or localhost",
};

const addressFormat: TextFormat = {
  name: "https-address",
  accepts(address) {
    const url = URL.parse(address);
    return url?.protocol === "https:" && `${url.origin}/` === url.href && /^https:\/\/[^/?#@\s]+\/?$/i.test(address);
  },
  pattern: "^[Hh][Tt][Tt][Pp][Ss]://[^/?#@\\s]+/?$",
  problem: "must be an address of HTTPS as a browser shows it, without a path, such as https://worklist.example",
};

/** It stands in forms and beside tasks. */
const teamFormat: TextFormat = {
  name: "team-name",
  accepts: (name) => /^\S(?:.{0,38}\S)?$/u.test(name),
  pattern: "^\\S(?:.{0,38}\\S)?$",
  problem: "must be 1 to 40 characters, without spaces at either end",
};

const proxyFormat: TextFormat = {
  name: "address-or-range",
  accepts: (range) => rangeOf(range) !== undefined,
  problem: "must be the IP address of a proxy, or a range such as 10.1.2.0/24, and not everybody",
};

export const pages: Needed<PagesSettings> = object<PagesSettings>(
  {
    host: optional(
      text({
        description:
          "The address they listen at. Without signIn this computer's own alone: 127.0.0.1, ::1 or localhost; with it any, 0.0.0.0 for every IPv4 address of this machine.",
        format: hostFormat,
        default: "127.0.0.1",
      }),
    ),
    port: whole({
      description: "The port they listen at; 0, where there is no address: any free one.",
      from: 0,
      to: 65_535,
    }),
    address: optional(
      text({
        description:
          "Where people reach them, as their browsers show it, such as https://worklist.example: nothing is answered under another name. Absent: they are for this computer alone.",
        format: addressFormat,
      }),
    ),
    tls: optional(
      object<PagesTls>(
        {
          key: optional(
            text({
              description:
                "The private key, a PEM file that nobody but its owner may open. Absent: authority makes one.",
            }),
          ),
          cert: optional(
            text({
              description:
                "The certificate, a PEM file, with intermediate ones behind it if there are any. Absent: authority makes one.",
            }),
          ),
          authority: optional(
            text({
              description:
                "In the place of key and cert: the folder of a local authority, made if absent, which issues the certificate at the start. Every browser must be told to trust its ca.crt. Absent: key and cert are named.",
            }),
          ),
        },
        {
          description: "What they speak HTTPS by. Absent: a proxy does.",
          oneOf: [{ required: ["key"] }, { required: ["authority"] }],
          dependentRequired: { key: ["cert"], cert: ["key"] },
        },
      ),
    ),
    proxy: optional(
      object<NonNullable<PagesSettings["proxy"]>>(
        {
          trusted: list(text({ description: "An address, or a range of them.", format: proxyFormat }), {
            description:
              "The addresses of the proxies, or ranges of them: they are believed about who asks, and nobody else is answered.",
            least: 1,
          }),
        },
        { description: "The reverse proxies through which everybody comes. Absent: there are none." },
      ),
    ),
    signIn: optional(
      object<SignInSettings>(
        {
          local: optional(
            flag({
              description: "Whether people sign in by accounts of this system's own (restante user).",
              default: false,
            }),
          ),
          secondFactor: optional(
            oneOf<SecondFactorDemand>(["optional", "required"], {
              description:
                "Codes of an authenticator, for accounts of this system. optional: who likes is asked for them. required: who has none yet sets them up after the password, and sees and does nothing before that.",
              default: "optional",
            }),
          ),
          idleMinutes: optional(
            whole({
              description: "Minutes after which a sign-in that is not used ends.",
              from: 1,
              to: 720,
              default: 20,
            }),
          ),
          absoluteHours: optional(
            whole({ description: "Hours after which a sign-in ends, used or not.", from: 1, to: 24, default: 10 }),
          ),
          openId: optional(openId),
        },
        {
          description:
            "How people sign in. Absent: nobody does, whoever uses this computer sees and does everything, and nobody else reaches the pages.",
        },
      ),
    ),
    teams: optional(
      list(text({ description: "As people call it.", format: teamFormat }), {
        description: "The teams to which a task may be given, besides the people who sign in. Absent: none.",
      }),
    ),
    nhsLogo: optional(
      flag({
        description:
          "Whether the NHS logo stands in the head of the pages. Yes is for those alone who may use it by the NHS identity guidelines.",
        default: false,
      }),
    ),
    auditKey: optional(
      object<NonNullable<PagesSettings["auditKey"]>>(
        {
          file: text({
            description:
              "A file that nobody but its owner may open; made if absent. Best on another disk than dataFolder.",
          }),
        },
        { description: "The secret under which the audit is sealed. Absent: audit.key in dataFolder." },
      ),
    ),
  },
  {
    description: "The worklist's pages. Absent: none are served.",
    dependentRequired: { address: ["signIn"], tls: ["signIn"], proxy: ["signIn", "address"] },
  },
);

/** What of the pages' settings are paths. */
export const pagesPaths: readonly string[] = [
  "/pages/tls/key",
  "/pages/tls/cert",
  "/pages/tls/authority",
  "/pages/auditKey/file",
  ...openIdPaths,
];

/** How the settings of the pages depend on each other. */
export const pagesRules: readonly Rule[] = [
  distinct(["/pages/teams/*"], (name) => name),
  (find) => {
    const [signIn] = find("/pages/signIn");
    const [host] = find("/pages/host");
    if (host === undefined || loopback.has(host.value)) return [];
    if (signIn === undefined && typeof host.value === "string" && isIP(host.value) !== 0) {
      const words =
        "must be 127.0.0.1, ::1 or localhost where there is no signIn: whoever reaches the pages may then do everything";
      return [{ pointer: host.pointer, words }];
    }
    return signIn === undefined || find("/pages/address").length > 0
      ? []
      : [
          {
            pointer: "/pages/address",
            words: "is missing: where other computers reach the pages, they are asked for by it",
          },
        ];
  },
  (find) => {
    const [signIn] = find("/pages/signIn");
    if (signIn === undefined) return [];
    const found: Finding[] = [];
    if (find("/pages/tls").length + find("/pages/proxy").length === 0) {
      found.push({
        pointer: "/pages",
        words: 'must have "tls" or "proxy" with "signIn": nobody signs in without HTTPS',
      });
    }
    const isObject = typeof signIn.value === "object" && signIn.value !== null;
    if (isObject && find("/pages/signIn/local")[0]?.value !== true && find("/pages/signIn/openId").length === 0) {
      found.push({ pointer: signIn.pointer, words: "must have a way in: local: true, or openId" });
    }
    return found;
  },
  (find) => {
    const [demand] = find("/pages/signIn/secondFactor");
    if (demand?.value !== "required" || find("/pages/signIn/local")[0]?.value === true) return [];
    const words =
      "is demanded of accounts of this system alone, and without local: true nobody signs in by one: of an issuer it is asked by acrValues, or require";
    return [{ pointer: demand.pointer, words }];
  },
  (find) => {
    const [port] = find("/pages/port");
    if (port?.value !== 0 || find("/pages/address").length === 0) return [];
    return [{ pointer: port.pointer, words: "must be a port of its own: at the address, others have to reach it" }];
  },
  ...openIdRules,
];
