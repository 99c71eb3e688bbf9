import {
  distinct,
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
import type { OpenIdOptions, Role } from "@restante/web";
import { roleWords } from "../commands/options/role-words.ts";
import { secret, type SecretSource } from "./secret.ts";

/** An issuer of OpenID Connect that people sign in by. */
export interface OpenIdSettings {
  issuer: string;
  clientId: string;
  clientSecret: SecretSource;
  scope?: string;
  acrValues?: string[];
  require?: { claim: string; values: string[] }[];
  maxAgeMinutes?: number;
  roles?: RolesSettings;
  ca?: string;
  buttonText?: string;
  helpText?: string;
}

interface RolesSettings {
  claim: string;
  field?: string;
  where?: { field: string; value: string }[];
  map: { value: string; roles: Role[] }[];
}

const issuerFormat: TextFormat = {
  name: "issuer",
  accepts(issuer) {
    const url = URL.parse(issuer);
    return url?.protocol === "https:" && url.username === "" && url.search === "" && url.hash === "";
  },
  pattern: "^[Hh][Tt][Tt][Pp][Ss]://[^?#@\\s]+$",
  problem: "must be the address by which an issuer calls itself, such as https://issuer.example/realms/health",
};

const scopeFormat: TextFormat = {
  name: "scope",
  accepts: (scope) => scope.split(" ").includes("openid"),
  // Without it an issuer says nothing of who came (OpenID Connect Core, 3.1.2.1).
  pattern: "(^| )openid( |$)",
  problem: "must have openid among what it asks for, such as 'openid profile'",
};

const claim = text({ description: "The claim's name." });

const roles: Needed<RolesSettings> = object<RolesSettings>(
  {
    claim: text({ description: "The claim that says what they are: a text, a list of texts, or a list of objects." }),
    field: optional(
      text({
        description:
          "Of objects, the field that is looked up: a text or a list of texts. Absent: there are no objects.",
      }),
    ),
    where: optional(
      list(
        object<{ field: string; value: string }>(
          {
            field: text({ description: "The field's name." }),
            value: text({ description: "What it must be." }),
          },
          { description: "A field, and what it must be." },
        ),
        {
          description:
            "Only objects with all of these count, such as those of this organisation. Absent: every one counts.",
        },
      ),
    ),
    map: list(
      object<{ value: string; roles: Role[] }>(
        {
          value: text({ description: "What the claim, or the field, says." }),
          roles: list(oneOf(roleWords, { description: "A role here." }), {
            description: "The roles that it gives.",
            least: 1,
          }),
        },
        { description: "A value, and the roles that it gives. What is in no entry gives none." },
      ),
      { description: "Which roles are given by what.", least: 1 },
    ),
  },
  {
    description:
      "What the issuer says by which people have their roles here, from one sign-in to the next: whoever has one is added by themselves. Absent: people are added, and given roles, by restante user.",
    dependentRequired: { where: ["field"] },
  },
);

export const openId: Needed<OpenIdSettings> = object<OpenIdSettings>(
  {
    issuer: text({
      description:
        "By which the issuer calls itself; its configuration is at /.well-known/openid-configuration under it.",
      format: issuerFormat,
    }),
    clientId: text({ description: "By which the issuer knows this system." }),
    clientSecret: secret("The secret that the issuer gave this system."),
    scope: optional(
      text({
        description: "What is asked to be told of people, openid among it.",
        default: "openid profile",
        format: scopeFormat,
      }),
    ),
    acrValues: optional(
      list(text({ description: "A value." }), {
        description:
          "How people are to prove who they are: asked for in this order, and the issuer must say that it was one of them (acr). Absent: as the issuer likes.",
        least: 1,
      }),
    ),
    require: optional(
      list(
        object<{ claim: string; values: string[] }>(
          {
            claim,
            values: list(text({ description: "A value." }), { description: "One of these it must be.", least: 1 }),
          },
          { description: "A claim, and what it must be." },
        ),
        { description: "What the issuer must say of whoever comes in. Absent: nothing besides who they are." },
      ),
    ),
    maxAgeMinutes: optional(
      whole({
        description: "Whoever proved longer ago who they are is asked to do so again. Absent: as the issuer likes.",
        from: 1,
        to: 1440,
      }),
    ),
    roles: optional(roles),
    ca: optional(
      text({
        description: "The authority that vouches for the issuer, a PEM file. Absent: those that Node.js knows.",
      }),
    ),
    buttonText: optional(
      text({
        description: "What the button says.",
        default: "Sign in with your organisation's account",
      }),
    ),
    helpText: optional(
      text({
        description: "Whom people ask who may not come in, as a sentence.",
        default: "Ask whoever gives out the accounts of this system.",
      }),
    ),
  },
  {
    description:
      "An issuer of OpenID Connect, such as NHS CIS2, by which people sign in. It sends them back to ADDRESS/sign-in/open-id/answer. Absent: they do not.",
  },
);

const at = "/pages/signIn/openId";

export const openIdSecrets: readonly string[] = [`${at}/clientSecret`];

export const openIdPaths: readonly string[] = [`${at}/ca`];

/** Its `ca` is read as that of a connection is. */
export const openIdTls: readonly string[] = [at];

/** Of two entries for one value, nobody could say which was meant. */
export const openIdRules: readonly Rule[] = ["roles/map/*/value", "roles/where/*/field", "require/*/claim"].map(
  (told) => distinct([`${at}/${told}`], (name) => name),
);

/** @param given what is in the files that settings name, by pointer */
export function openIdOptions(
  { require, roles: mapped, ca, ...settings }: OpenIdSettings,
  given: (pointer: string) => string,
): OpenIdOptions {
  return {
    ...settings,
    clientSecret: given(`${at}/clientSecret`),
    ...(ca !== undefined && { ca: given(`${at}/ca`) }),
    ...(require !== undefined && {
      require: Object.fromEntries(require.map(({ claim: name, values }) => [name, values])),
    }),
    ...(mapped !== undefined && {
      roles: {
        ...mapped,
        where: Object.fromEntries((mapped.where ?? []).map(({ field, value }) => [field, value])),
        map: Object.fromEntries(mapped.map.map(({ value, roles: held }) => [value, held])),
      },
    }),
  };
}
