import assert from "node:assert/strict";
import { test } from "node:test";
import { testAuthority } from "@restante/testbed";
import type { IssuerFaults } from "@restante/testkit/issuer";
import { password } from "../secure-site.ts";
import { openIssuedSite } from "./issued-site.ts";

// The issuer is waited for as long as this; a test that waits longer is ended by its runner.
const timeoutMs = 2000;

for (const endpoint of ["configuration", "token", "keys", "userinfo"] as const) {
  for (const fault of ["dead", "silent", "failing"] as const) {
    test(`while the issuer's ${endpoint} is ${fault}, people are told so, and come in by their passwords`, async (t) => {
      const { visitor, signIn, addUser, issuer, told, troubles } = await openIssuedSite(t, { openId: { timeoutMs } });
      await addUser("anna");
      const faults: IssuerFaults = { [fault]: [endpoint] };
      issuer.faults = faults;
      const anna = visitor();
      const rows = told().length;
      const { status, text } = await (endpoint === "configuration" ? anna.get("/sign-in/open-id") : signIn(anna));
      assert.equal(status, 503);
      assert.match(text, /The sign-in service cannot be reached/);
      // It was nobody's failure.
      assert.equal(told().length, rows);
      assert.equal(troubles.length, 1);
      const [trouble] = troubles;
      assert.match(
        trouble?.state === "failing" ? trouble.code : "",
        fault === "silent" ? /^issuer-slow$/ : /^(ECONNRESET|issuer-unreachable)$/,
      );
      assert.equal((await visitor().signIn("local", password)).status, 303);
      issuer.faults = {};
      assert.equal((await signIn(anna)).status, 303);
    });
  }
}

test("an issuer that nobody listens for, or that another authority vouches for, is told as such", async (t) => {
  const gone = await openIssuedSite(t);
  await gone.issuer.close();
  assert.equal((await gone.visitor().get("/sign-in/open-id")).status, 503);
  assert.deepEqual(
    gone.troubles.map((trouble) => trouble.state === "failing" && trouble.code),
    ["ECONNREFUSED"],
  );
  const strange = await openIssuedSite(t, { openId: { ca: (await testAuthority()).caPem } });
  assert.equal((await strange.visitor().get("/sign-in/open-id")).status, 503);
  assert.match(JSON.stringify(strange.troubles), /UNABLE_TO_VERIFY|SELF_SIGNED|CERT/);
});

test("people come back from an issuer whose configuration is known, while that cannot be asked for", async (t) => {
  const { visitor, signIn, addUser, issuer, clock } = await openIssuedSite(t);
  await addUser("anna");
  assert.equal((await signIn(visitor())).status, 303);
  issuer.faults = { dead: ["configuration"] };
  assert.equal((await signIn(visitor())).status, 303);
  clock.advance(60 * 60_000);
  assert.equal((await visitor().get("/sign-in/open-id")).status, 503);
});

test("however many people wait for the issuer, its configuration is asked for once", async (t) => {
  const { visitor, issuer } = await openIssuedSite(t);
  const answers = await Promise.all(Array.from({ length: 10 }, () => visitor().get("/sign-in/open-id")));
  assert.ok(answers.every(({ status }) => status === 303));
  assert.equal(issuer.requests.filter(({ endpoint }) => endpoint === "configuration").length, 1);
});

test("an issuer that does not take this system's secret is told as a matter of the settings", async (t) => {
  const { visitor, signIn, addUser, troubles } = await openIssuedSite(t, { openId: { clientSecret: "another" } });
  await addUser("anna");
  const { status } = await signIn(visitor());
  assert.equal(status, 503);
  assert.deepEqual(
    troubles.map((trouble) => trouble.state === "failing" && trouble.code),
    ["issuer-refuses-client"],
  );
});
