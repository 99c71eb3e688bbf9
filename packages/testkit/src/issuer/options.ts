import type { StartOptions } from "../options.ts";

/** Somebody whom the issuer knows. */
export interface Person {
  /** What it knows them by: `sub`. */
  readonly subject: string;
  /** What it says of them when it is asked (userinfo), such as `{ name: "Anna Example", groups: ["clinicians"] }`. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A system that people sign in to by the issuer. */
export interface IssuerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where it may send a browser back to. `*`: anywhere. */
  readonly redirectUris: readonly string[];
}

/** What a test may say of its issuer. Nothing of it is needed. */
export interface IssuerOptions extends Pick<StartOptions, "cacheFolder"> {
  /** On 127.0.0.1. Default 0: any free one, see `url`. */
  readonly port?: number;
  /** After host and port, as some have it: `/realms/health`. Default: none. */
  readonly path?: string;
  /** Default: one, `restante` with the secret `secret`, which may send anywhere. */
  readonly clients?: readonly IssuerClient[];
  /** Who is signed in at the issuer to begin with. Default: `anna`, Anna Example. */
  readonly person?: Person;
}

export const anna: Person = { subject: "anna", claims: { name: "Anna Example" } };

export const usualClient: IssuerClient = { clientId: "restante", clientSecret: "secret", redirectUris: ["*"] };
