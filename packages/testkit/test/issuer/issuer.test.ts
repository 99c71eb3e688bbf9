import assert from "node:assert/strict";
import { createHash, createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { request } from "node:https";
import { json, text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { startIssuer, type IssuerOptions, type TestIssuer } from "../../src/issuer/index.ts";

interface Said {
  readonly status: number;
  readonly location: URL | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

const redirectUri = "https://pages.example/answer";
const verifier = "a".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");
const begun = {
  client_id: "restante",
  redirect_uri: redirectUri,
  response_type: "code",
  scope: "openid",
  state: "s",
  nonce: "n",
  code_challenge: challenge,
  code_challenge_method: "S256",
};

async function start(t: TestContext, options: IssuerOptions = {}): Promise<TestIssuer> {
  const issuer = await startIssuer(options);
  t.after(() => issuer.close());
  return issuer;
}

async function ask(issuer: TestIssuer, path: string, form?: Record<string, string>, bearer?: string): Promise<Said> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(form && { "content-type": "application/x-www-form-urlencoded" }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    };
    const asked = request(`${issuer.url}${path}`, {
      method: form ? "POST" : "GET",
      ca: issuer.ca,
      headers,
      agent: false,
    });
    asked.on("error", reject);
    asked.on("response", (response) => {
      const { statusCode: status = 0, headers: got } = response;
      const location = got.location === undefined ? undefined : new URL(got.location);
      const isJson = got["content-type"] === "application/json";
      (isJson ? json(response) : text(response).then(() => ({}))).then(
        (body) => resolve({ status, location, body: body as Said["body"] }),
        reject,
      );
    });
    asked.end(form && new URLSearchParams(form).toString());
  });
}

const authorize = (issuer: TestIssuer, changes: Record<string, string> = {}): Promise<Said> =>
  ask(issuer, `/authorize?${new URLSearchParams({ ...begun, ...changes }).toString()}`);

async function codeOf(issuer: TestIssuer): Promise<string> {
  return (await authorize(issuer)).location?.searchParams.get("code") ?? "";
}

const redeem = (issuer: TestIssuer, code: string, changes: Record<string, string> = {}): Promise<Said> =>
  ask(issuer, "/token", {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    client_id: "restante",
    client_secret: "secret",
    ...changes,
  });

function read(token: unknown): {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  isBy: (key: unknown) => boolean;
} {
  const [header = "", claims = "", signature = ""] = String(token).split(".");
  const parse = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  return {
    header: parse(header),
    claims: parse(claims),
    isBy: (key) =>
      verify(
        "sha256",
        Buffer.from(`${header}.${claims}`),
        createPublicKey({ key: key as JsonWebKey, format: "jwk" }),
        Buffer.from(signature, "base64url"),
      ),
  };
}

const keyOf = async (issuer: TestIssuer): Promise<unknown> =>
  ((await ask(issuer, "/keys")).body["keys"] as unknown[])[0];

test("an issuer says who is signed in there, in a token that its published key has signed", async (t) => {
  const issuer = await start(t, { path: "/realms/health" });
  const { body } = await ask(issuer, "/.well-known/openid-configuration");
  assert.equal(body["issuer"], issuer.url);
  assert.equal(body["token_endpoint"], `${issuer.url}/token`);
  const { status, location } = await authorize(issuer, { acr_values: "AAL3 AAL2" });
  assert.equal(status, 302);
  assert.equal(location?.origin, "https://pages.example");
  assert.equal(location.searchParams.get("state"), "s");
  const tokens = await redeem(issuer, location.searchParams.get("code") ?? "");
  const { header, claims, isBy } = read(tokens.body["id_token"]);
  assert.equal(header["alg"], "RS256");
  const { iss, sub, aud, nonce, acr } = claims;
  assert.deepEqual([iss, sub, aud, nonce, acr], [issuer.url, "anna", "restante", "n", "AAL3"]);
  assert.ok(isBy(await keyOf(issuer)));
  const person = await ask(issuer, "/userinfo", undefined, String(tokens.body["access_token"]));
  assert.deepEqual(person.body, { sub: "anna", name: "Anna Example" });
  assert.equal((await ask(issuer, "/userinfo")).status, 401);
  assert.equal(issuer.requests.filter(({ endpoint }) => endpoint === "token").length, 1);
});

test("a code is good once, for its client, its address and its verifier", async (t) => {
  const issuer = await start(t);
  const code = await codeOf(issuer);
  assert.equal((await redeem(issuer, code)).status, 200);
  assert.equal((await redeem(issuer, code)).body["error"], "invalid_grant");
  for (const wrong of [{ code_verifier: "b".repeat(43) }, { redirect_uri: `${redirectUri}/other` }]) {
    assert.equal((await redeem(issuer, await codeOf(issuer), wrong)).body["error"], "invalid_grant");
  }
  assert.equal(
    (await redeem(issuer, await codeOf(issuer), { client_secret: "other" })).body["error"],
    "invalid_client",
  );
  issuer.faults = { careless: true };
  const again = await codeOf(issuer);
  assert.equal((await redeem(issuer, again, { code_verifier: "none" })).status, 200);
  assert.equal((await redeem(issuer, again)).status, 200);
});

test("nobody is sent to an address that is not its client's, nor comes back without having signed in", async (t) => {
  const clients = [{ clientId: "restante", clientSecret: "secret", redirectUris: [redirectUri] }];
  const issuer = await start(t, { clients });
  assert.equal((await authorize(issuer, { redirect_uri: "https://evil.example/" })).status, 400);
  assert.equal((await authorize(issuer, { client_id: "other" })).status, 400);
  assert.equal(
    (await authorize(issuer, { code_challenge_method: "plain" })).location?.searchParams.get("error"),
    "invalid_request",
  );
  issuer.person = undefined;
  assert.equal((await authorize(issuer)).location?.searchParams.get("error"), "access_denied");
});

test("what it does wrong is what it was told to", async (t) => {
  const issuer = await start(t);
  const token = async () => read((await redeem(issuer, await codeOf(issuer))).body["id_token"]);
  issuer.faults = { idToken: { aud: "other", nonce: undefined } };
  const { claims } = await token();
  assert.deepEqual([claims["aud"], "nonce" in claims], ["other", false]);
  for (const signature of ["none", "other-key", "client-secret", "changed"] as const) {
    issuer.faults = { signature };
    assert.equal((await token()).isBy(await keyOf(issuer)), false, signature);
  }
  issuer.faults = {};
  const before = await keyOf(issuer);
  await issuer.rotateKeys();
  assert.deepEqual([(await token()).isBy(before), (await token()).isBy(await keyOf(issuer))], [false, true]);
  issuer.faults = { dead: ["keys"], failing: ["token"] };
  await assert.rejects(ask(issuer, "/keys"), { code: "ECONNRESET" });
  assert.equal((await redeem(issuer, "any")).status, 503);
});

test("whoever signs out there is nobody there any more, and comes back", async (t) => {
  const issuer = await start(t);
  const { location } = await ask(issuer, `/end-session?post_logout_redirect_uri=${encodeURIComponent(redirectUri)}`);
  assert.equal(location?.href, redirectUri);
  assert.equal(issuer.person, undefined);
});
