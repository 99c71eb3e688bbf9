import { createHash, randomBytes } from "node:crypto";
import type { IssuerClient, Person } from "./options.ts";

/** What the browser was sent to the issuer with, and who was there. */
export interface Grant {
  readonly person: Person;
  readonly client: IssuerClient;
  readonly redirectUri: string;
  readonly scope: string;
  readonly challenge: string | undefined;
  readonly nonce: string | undefined;
  readonly acr: string | undefined;
  readonly at: number;
}

const goodForMs = 60_000;

/** Codes that were given out: each is good once, for a minute, with the verifier of its challenge (RFC 7636). */
export interface Codes {
  issue(grant: Grant): string;
  take(
    code: string,
    by: { clientId: string; redirectUri: string | undefined; verifier: string | undefined },
  ): Grant | undefined;
}

/** @param isCareless whether a code is taken twice, and without its verifier */
export function createCodes(isCareless: () => boolean): Codes {
  const grants = new Map<string, Grant>();
  return {
    issue(grant) {
      const code = randomBytes(16).toString("base64url");
      grants.set(code, grant);
      return code;
    },
    take(code, { clientId, redirectUri, verifier }) {
      const grant = grants.get(code);
      if (grant === undefined) return undefined;
      if (!isCareless()) grants.delete(code);
      const isTheirs = grant.client.clientId === clientId && grant.redirectUri === redirectUri;
      const isProved = isCareless() || grant.challenge === undefined || grant.challenge === challengeOf(verifier ?? "");
      return isTheirs && isProved && Date.now() - grant.at < goodForMs ? grant : undefined;
    },
  };
}

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
