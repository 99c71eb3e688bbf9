import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Codes, createCodes, type Grant } from "./codes.ts";
import type { Endpoint, IssuerFaults } from "./faults.ts";
import { publicKeyOf, type SigningKey, writeToken } from "./keys.ts";
import type { IssuerClient, Person } from "./options.ts";

/** A request as the issuer saw it, for a test to look at. */
export interface SeenRequest {
  readonly endpoint: Endpoint;
  /** Of its address, or of its body where it has one. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Asked extends SeenRequest {
  readonly headers: IncomingHttpHeaders;
}

export interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What the endpoints know, as of now. */
export interface IssuerState {
  /** Without a stroke at its end. */
  readonly url: string;
  readonly clients: readonly IssuerClient[];
  person: Person | undefined;
  faults: IssuerFaults;
  key: SigningKey;
  /** Is not published. */
  readonly otherKey: SigningKey;
}

export const paths: Readonly<Record<Endpoint, string>> = {
  configuration: "/.well-known/openid-configuration",
  keys: "/keys",
  authorize: "/authorize",
  token: "/token",
  userinfo: "/userinfo",
  "end-session": "/end-session",
};

/** An authorization code flow (OpenID Connect Core 1.0, clause 3.1) without pages: whoever is signed in comes back at once. */
export function createEndpoints(state: IssuerState): (asked: Asked) => Answered {
  const codes: Codes = createCodes(() => state.faults.careless === true);
  /** Of each access token who it is about. */
  const people = new Map<string, Person>();

  const endpoints: Readonly<Record<Endpoint, (asked: Asked) => Answered>> = {
    configuration: () => ({ status: 200, body: { ...configurationOf(state.url), ...state.faults.configuration } }),
    keys: () => ({ status: 200, body: { keys: [publicKeyOf(state.key)] } }),

    authorize({ parameters }) {
      const { client_id, redirect_uri: redirectUri = "", state: theirs, scope = "", nonce, acr_values } = parameters;
      const client = state.clients.find(({ clientId }) => clientId === client_id);
      // Nobody is sent to an address that is not known (clause 3.1.2.2).
      if (client === undefined || !mayReturn(client, redirectUri))
        return { status: 400, body: { error: "invalid_request" } };
      const back = (said: Readonly<Record<string, string | undefined>>): Answered => {
        const answer = { ...said, state: theirs, iss: state.url, ...state.faults.answer };
        const location = new URL(redirectUri);
        for (const [name, value] of Object.entries(answer)) {
          if (value !== undefined) location.searchParams.set(name, value);
        }
        return { status: 302, headers: { location: location.href } };
      };
      if (parameters["response_type"] !== "code" || !scope.split(" ").includes("openid")) {
        return back({ error: "invalid_request" });
      }
      if (parameters["code_challenge_method"] !== "S256") return back({ error: "invalid_request" });
      if (state.person === undefined) return back({ error: "access_denied", error_description: "Nobody signed in." });
      const code = codes.issue({
        person: state.person,
        client,
        redirectUri,
        scope,
        nonce,
        challenge: parameters["code_challenge"],
        acr: acr_values?.split(" ")[0],
        at: Date.now(),
      });
      return back({ code });
    },

    token(asked) {
      const client = clientOf(asked, state.clients);
      if (client === undefined) return { status: 401, body: { error: "invalid_client" } };
      const { code = "", redirect_uri: redirectUri, code_verifier: verifier } = asked.parameters;
      const grant = codes.take(code, { clientId: client.clientId, redirectUri, verifier });
      if (grant === undefined) return { status: 400, body: { error: "invalid_grant" } };
      const accessToken = randomBytes(16).toString("base64url");
      people.set(accessToken, grant.person);
      const body = { access_token: accessToken, token_type: "Bearer", expires_in: 300, id_token: idToken(grant) };
      return { status: 200, headers: { "cache-control": "no-store" }, body };
    },

    userinfo({ headers }) {
      const person = people.get(headers.authorization?.replace(/^Bearer /, "") ?? "");
      if (person === undefined) return { status: 401, body: { error: "invalid_token" } };
      return { status: 200, body: { sub: person.subject, ...person.claims, ...state.faults.userinfo } };
    },

    "end-session"({ parameters }) {
      state.person = undefined;
      const to = parameters["post_logout_redirect_uri"];
      return to === undefined ? { status: 200, body: {} } : { status: 302, headers: { location: to } };
    },
  };

  function idToken({ person, client, nonce, acr }: Grant): string {
    const now = Math.floor(Date.now() / 1000);
    const { signature, idToken: wrong } = state.faults;
    const claims = {
      iss: state.url,
      sub: person.subject,
      aud: client.clientId,
      iat: now,
      exp: now + 300,
      auth_time: now,
      nonce,
      acr,
      ...wrong,
    };
    const key = signature === "other-key" ? { ...state.otherKey, id: state.key.id } : state.key;
    return writeToken(claims, key, {
      clientSecret: client.clientSecret,
      ...(signature !== undefined && { signature }),
    });
  }

  return (asked) => endpoints[asked.endpoint](asked);
}

/** OpenID Connect Discovery 1.0, clause 3. */
function configurationOf(url: string): object {
  return {
    issuer: url,
    authorization_endpoint: `${url}${paths.authorize}`,
    token_endpoint: `${url}${paths.token}`,
    userinfo_endpoint: `${url}${paths.userinfo}`,
    jwks_uri: `${url}${paths.keys}`,
    end_session_endpoint: `${url}${paths["end-session"]}`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  };
}

function mayReturn({ redirectUris }: IssuerClient, redirectUri: string): boolean {
  return URL.canParse(redirectUri) && (redirectUris.includes("*") || redirectUris.includes(redirectUri));
}

/** By the head of the request or by its body (RFC 6749, clause 2.3.1). */
function clientOf({ headers, parameters }: Asked, clients: readonly IssuerClient[]): IssuerClient | undefined {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? "")?.[1];
  const [clientId, clientSecret] =
    basic === undefined
      ? [parameters["client_id"], parameters["client_secret"]]
      : Buffer.from(basic, "base64").toString().split(":").map(decodeURIComponent);
  return clients.find((client) => client.clientId === clientId && client.clientSecret === clientSecret);
}
