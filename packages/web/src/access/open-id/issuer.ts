import * as client from "openid-client";
import { askIssuer } from "./ask-issuer.ts";
import type { BegunSignIn } from "./begun-sign-ins.ts";
import { asIssuerError } from "./issuer-error.ts";
import type { OpenIdOptions } from "./open-id-options.ts";
import type { Claims } from "./roles-of-claims.ts";

/** Whom the issuer says that somebody is. */
export interface Identified {
  readonly subject: string;
  /** What it says of them besides. */
  readonly claims: Claims;
  readonly idToken: string;
}

/** @throws {IssuerError} */
export interface Issuer {
  /** Where a person's browser is sent to. */
  begin(begun: BegunSignIn, redirectUri: string): Promise<URL>;
  /** @param answer the address at which their browser came back */
  identify(begun: BegunSignIn, answer: URL): Promise<Identified>;
  /**
   * Where they sign out there; undefined: nowhere.
   *
   * @param idToken of their sign-in, where it is still known
   */
  endSession(idToken: string | undefined, redirectUri: string): Promise<URL | undefined>;
}

const metadataGoodForMs = 60 * 60_000;
const usualTimeoutMs = 10_000;

/**
 * The authorization code flow of OpenID Connect Core 1.0 (clause 3.1), with PKCE. Where the issuer's endpoints are is asked once
 * an hour, its keys at each sign-in: a key that was taken back is not taken for a minute longer.
 */
export function createIssuer(options: OpenIdOptions, now: () => Date): Issuer {
  const { issuer, clientId, clientSecret, scope = "openid profile", acrValues = [], maxAgeMinutes, ca } = options;
  const { timeoutMs = usualTimeoutMs } = options;
  const maxAge = maxAgeMinutes === undefined ? undefined : maxAgeMinutes * 60;
  let known: { metadata: client.ServerMetadata; at: number } | undefined;

  let finding: Promise<client.ServerMetadata> | undefined;

  async function metadata(fetch: client.CustomFetch): Promise<client.ServerMetadata> {
    const time = now().getTime();
    if (known !== undefined && Math.abs(time - known.at) < metadataGoodForMs) return known.metadata;
    // However many people wait for it, and whether or not it can be had: what failed is asked for again.
    finding ??= find(fetch).finally(() => (finding = undefined));
    return finding;
  }

  async function find(fetch: client.CustomFetch): Promise<client.ServerMetadata> {
    const found = await client.discovery(new URL(issuer), clientId, undefined, undefined, {
      [client.customFetch]: fetch,
    });
    known = { metadata: found.serverMetadata(), at: now().getTime() };
    return known.metadata;
  }

  /** For one person's request: with keys that are asked for anew, and a time that is theirs. */
  async function configuration(): Promise<client.Configuration> {
    const fetch = askIssuer(ca, timeoutMs);
    const server = await metadata(fetch);
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const auth = methods.includes("client_secret_post")
      ? client.ClientSecretPost(clientSecret)
      : client.ClientSecretBasic(clientSecret);
    const made = new client.Configuration(server, clientId, undefined, auth);
    made[client.customFetch] = fetch;
    made.timeout = Math.ceil(timeoutMs / 1000);
    // By itself it trusts what comes straight from the issuer over TLS.
    client.enableNonRepudiationChecks(made);
    return made;
  }

  async function asking<Result>(ask: (by: client.Configuration) => Promise<Result> | Result): Promise<Result> {
    try {
      return await ask(await configuration());
    } catch (error) {
      throw asIssuerError(error);
    }
  }

  return {
    begin: ({ state, nonce, verifier }, redirectUri) =>
      asking(async (by) =>
        client.buildAuthorizationUrl(by, {
          redirect_uri: redirectUri,
          scope,
          state,
          nonce,
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
          ...(acrValues.length > 0 && { acr_values: acrValues.join(" ") }),
          ...(maxAge !== undefined && { max_age: String(maxAge) }),
        }),
      ),
    identify: ({ state, nonce, verifier }, answer) =>
      asking(async (by) => {
        let isAsked = false;
        const fetch = by[client.customFetch];
        by[client.customFetch] = (...asked) => {
          isAsked = true;
          return fetch!(...asked);
        };
        const tokens = await client
          .authorizationCodeGrant(by, answer, {
            expectedState: state,
            expectedNonce: nonce,
            pkceCodeVerifier: verifier,
            ...(maxAge !== undefined && { maxAge }),
          })
          .catch((error: unknown) => {
            throw asIssuerError(error, !isAsked);
          });
        const said = tokens.claims();
        const { id_token: idToken } = tokens;
        if (said === undefined || idToken === undefined) throw new TypeError("There is no ID token.");
        const more =
          by.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await client.fetchUserInfo(by, tokens.access_token, said.sub);
        return { subject: said.sub, claims: { ...more, ...said }, idToken };
      }),
    endSession: (idToken, redirectUri) =>
      asking((by) => {
        if (by.serverMetadata().end_session_endpoint === undefined) return undefined;
        const hint = idToken === undefined ? undefined : { id_token_hint: idToken };
        return client.buildEndSessionUrl(by, { ...hint, post_logout_redirect_uri: redirectUri });
      }),
  };
}
