import assert from "node:assert/strict";
import { test } from "node:test";
import type { IssuerFaults } from "@restante/testkit/issuer";
import { openIssuedSite } from "./issued-site.ts";

const hour = 3600;
const seconds = (): number => Math.floor(Date.now() / 1000);

const lies: Readonly<Record<string, () => IssuerFaults>> = {
  "with another nonce": () => ({ idToken: { nonce: "another" } }),
  "without a nonce": () => ({ idToken: { nonce: undefined } }),
  "for another system": () => ({ idToken: { aud: "another" } }),
  "for several systems, and given to another": () => ({ idToken: { aud: ["restante", "another"], azp: "another" } }),
  "of another issuer": () => ({ idToken: { iss: "https://another.example" } }),
  "that is over": () => ({ idToken: { exp: seconds() - hour, iat: seconds() - 2 * hour } }),
  "that never ends": () => ({ idToken: { exp: undefined } }),
  "that begins later": () => ({ idToken: { nbf: seconds() + hour } }),
  "of nobody": () => ({ idToken: { sub: undefined } }),
  "without a signature": () => ({ signature: "none" }),
  "signed by another key": () => ({ signature: "other-key" }),
  "signed by what the system has too": () => ({ signature: "client-secret" }),
  "that was changed since it was signed": () => ({ signature: "changed" }),
  "by an answer of another issuer (mix-up)": () => ({ answer: { iss: "https://another.example" } }),
  "by an answer that does not say whose it is": () => ({ answer: { iss: undefined } }),
  "and something of somebody else": () => ({ userinfo: { sub: "somebody-else" } }),
  "that it allows to be without a signature": () => ({
    signature: "none",
    configuration: { id_token_signing_alg_values_supported: ["none"] },
  }),
  "that it allows to be signed by what the system has too": () => ({
    signature: "client-secret",
    configuration: { id_token_signing_alg_values_supported: ["HS256"] },
  }),
};

for (const [name, lie] of Object.entries(lies)) {
  test(`nobody comes in by an ID token ${name}`, async (t) => {
    const { visitor, signIn, addUser, issuer, told, troubles, clock } = await openIssuedSite(t);
    await addUser("anna");
    issuer.faults = lie();
    const anna = visitor();
    const { status, text } = await signIn(anna);
    assert.equal(status, 502);
    assert.match(text, /does not hold together, so you were not signed in/);
    assert.equal(anna.cookies.has("__Host-restante"), false);
    assert.equal(told().at(-1), "nobody sign-in refused");
    // Whoever runs the system is told, in a word that has nothing of anybody.
    const [trouble] = troubles;
    assert.equal(trouble?.state === "failing" && trouble.route, "GET /sign-in/open-id/answer");
    assert.match(trouble?.state === "failing" ? trouble.code : "", /^(OAUTH_[A-Z_]+|issuer-not-trusted)$/);
    issuer.faults = {};
    // What it says of itself is kept for so long.
    clock.advance(60 * 60_000);
    assert.equal((await signIn(anna)).status, 303);
  });
}

test("the issuer may sign by a new key at any time, and then not by the old one", async (t) => {
  const { visitor, signIn, addUser, issuer } = await openIssuedSite(t);
  await addUser("anna");
  assert.equal((await signIn(visitor())).status, 303);
  await issuer.rotateKeys();
  assert.equal((await signIn(visitor())).status, 303);
  issuer.faults = { signature: "other-key" };
  assert.equal((await signIn(visitor())).status, 502);
});

test("an issuer that calls itself by another name, or sends people elsewhere without HTTPS, is none", async (t) => {
  const { visitor, issuer, troubles } = await openIssuedSite(t);
  for (const configuration of [
    { issuer: "https://another.example" },
    { authorization_endpoint: "http://another.example/authorize" },
  ]) {
    issuer.faults = { configuration };
    const { status, headers } = await visitor().get("/sign-in/open-id");
    assert.equal(headers["location"], undefined);
    assert.ok(status >= 500, String(status));
  }
  assert.ok(troubles.length > 0);
});
