import type { RolesOfClaims } from "./roles-of-claims.ts";

/** An issuer of OpenID Connect that says who people are, and what of it counts here. */
export interface OpenIdOptions {
  /** Its name, which is an address: `ISSUER/.well-known/openid-configuration` says the rest. HTTPS. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `openid profile`, if absent. */
  readonly scope?: string;
  /** How people are to have proved who they are: asked for, and one of these must be what is answered (`acr`). */
  readonly acrValues?: readonly string[];
  /** Claims that must be, or among which must be, one of these values, by name. */
  readonly require?: Readonly<Record<string, readonly string[]>>;
  /** Whoever proved it longer ago does so again. Absent: as the issuer likes. */
  readonly maxAgeMinutes?: number;
  /** Absent: whoever is to come in is added here, and given their roles here. */
  readonly roles?: RolesOfClaims;
  /** PEM. The issuer's certificate is of this authority; absent: of one that Node.js knows. */
  readonly ca?: string;
  /** `Sign in with your organisation's account`, if absent. */
  readonly buttonText?: string;
  /** Whom somebody asks who may not come in, such as `Ask Sam at the front desk, extension 12.` */
  readonly helpText?: string;
  /** For how long the issuer is waited for in all, in milliseconds. 10 seconds, if absent. */
  readonly timeoutMs?: number;
}
