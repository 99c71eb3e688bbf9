import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpenIdOptions } from "../../../src/index.ts";
import { readable } from "../../http.ts";
import { by } from "../secure-site.ts";
import { openIssuedSite, pathOf } from "./issued-site.ts";

const roles: NonNullable<OpenIdOptions["roles"]> = {
  claim: "groups",
  map: { clinicians: ["clinician"], desk: ["read-only"], chiefs: ["administrator", "auditor"] },
};

test("whoever has no account here is told whom to ask and what to tell them, and is in the audit", async (t) => {
  const helpText = "Ask Sam at the front desk, extension 12.";
  const { visitor, signIn, issuer, told, access } = await openIssuedSite(t, { openId: { helpText } });
  issuer.person = { subject: "555012345678", claims: { name: "Local" } };
  const anna = visitor();
  const { status, text } = await signIn(anna);
  assert.equal(status, 403);
  const reference = /open-id:([0-9a-f]{16})$/.exec(told().at(-1) ?? "")?.[1];
  assert.equal(told().at(-1), `nobody sign-in refused open-id:${reference}`);
  assert.match(readable(text), new RegExp(`You have no account here .*${helpText}.*555012345678 .*${reference}`));
  assert.equal(anna.cookies.has("__Host-restante"), false);
  // Not even one of the same name.
  assert.equal(access.users.list().length, 1);
});

test("whoever is disabled here does not come in, whatever the issuer says", async (t) => {
  const { visitor, signIn, addUser, told, access } = await openIssuedSite(t, { openId: { roles } });
  const { id } = await addUser("anna");
  access.users.change(id, { disabled: true }, by);
  const { status, text } = await signIn(visitor());
  assert.equal(status, 403);
  assert.match(text, /has been disabled/);
  assert.match(told().at(-1) ?? "", new RegExp(`^${id} sign-in refused open-id:`));
});

test("a person is made at their first sign-in, and may at each one what the issuer says then", async (t) => {
  const { visitor, signIn, issuer, access, told } = await openIssuedSite(t, { openId: { roles } });
  const user = () => access.users.findByOpenId(issuer.url, "77");
  issuer.person = { subject: "77", claims: { name: "Kit Example", groups: ["clinicians", "others", 7, null] } };
  const kit = visitor();
  assert.equal((await signIn(kit)).status, 303);
  const { id = "", name, roles: held, hasPassword } = user() ?? {};
  assert.deepEqual([name, held, hasPassword], ["Kit Example", ["clinician"], false]);
  assert.deepEqual(told().slice(-2), [`issuer add-user done user:${id} role:clinician`, `${id} sign-in done`]);
  issuer.person = { subject: "77", claims: { given_name: "Kit", family_name: "Sample", groups: "desk" } };
  assert.equal((await signIn(kit)).status, 303);
  assert.deepEqual([user()?.id, user()?.name, user()?.roles], [id, "Kit Sample", ["read-only"]]);
  assert.ok(told().includes(`issuer change-user done user:${id} role:read-only state:enabled`));
  const rows = told().length;
  assert.equal((await signIn(kit)).status, 303);
  // Signed out of the one before, and in: nothing has changed.
  assert.equal(told().length, rows + 2);
});

test("whoever has no role any more does not come in, and may nothing where they are still signed in", async (t) => {
  const { visitor, signIn, issuer, access, told } = await openIssuedSite(t, { openId: { roles } });
  issuer.person = { subject: "77", claims: { groups: ["clinicians"] } };
  const there = visitor();
  await signIn(there);
  assert.equal((await there.get("/")).status, 200);
  for (const groups of [["others"], [], undefined, "toString", { clinicians: true }]) {
    issuer.person = { subject: "77", claims: { groups } };
    const { status, text } = await signIn(visitor());
    assert.equal(status, 403);
    assert.match(text, /You have no role here/);
    assert.match(told().at(-1) ?? "", /sign-in refused open-id:/);
  }
  assert.deepEqual(access.users.findByOpenId(issuer.url, "77")?.roles, []);
  assert.equal((await there.get("/")).status, 403);
  issuer.person = { subject: "78", claims: { groups: ["others"] } };
  assert.equal((await signIn(visitor())).status, 403);
  assert.equal(access.users.findByOpenId(issuer.url, "78"), undefined);
});

test("the last administrator stays one, and does not come in when the issuer says otherwise", async (t) => {
  const { visitor, signIn, issuer, access } = await openIssuedSite(t, { openId: { roles } });
  issuer.person = { subject: "77", claims: { groups: ["chiefs"] } };
  assert.equal((await signIn(visitor())).status, 303);
  issuer.person = { subject: "77", claims: { groups: ["desk"] } };
  const { status, text } = await signIn(visitor());
  assert.equal(status, 403);
  assert.match(text, /you are the last one of this system/);
  const { roles: held } = access.users.findByOpenId(issuer.url, "77") ?? {};
  assert.deepEqual(held, ["administrator", "auditor"]);
});

test("of somebody's posts those in this organisation count, as NHS CIS2 says them", async (t) => {
  const byPosts = {
    claim: "nhsid_nrbac_roles",
    field: "role_code",
    where: { org_code: "Y90002" },
    map: { "S8000:G8000:R8000": ["clinician"], "S8001:G8003:R8003": ["read-only"] },
  } as const;
  const byActivities = { ...byPosts, field: "activity_codes", map: { B0264: ["clinician"] } } as const;
  const post = (org_code: string, role_code: string) => ({
    org_code,
    role_code,
    person_roleid: "555000000001",
    activity_codes: ["B0264", "B0825"],
  });
  for (const [mapped, codes, expected] of [
    [byPosts, [post("Y90002", "S8000:G8000:R8000")], 303],
    [byPosts, [post("Y90009", "S8000:G8000:R8000")], 403],
    [byPosts, [post("Y90009", "S8000:G8000:R8000"), post("Y90002", "S8001:G8003:R8003")], 303],
    [byActivities, [post("Y90002", "any")], 303],
    [byActivities, [post("Y90009", "any")], 403],
  ] as const) {
    const { visitor, signIn, issuer } = await openIssuedSite(t, { openId: { roles: mapped } });
    issuer.person = { subject: "555012345678", claims: { name: "Dr Anna Example", nhsid_nrbac_roles: codes } };
    assert.equal((await signIn(visitor())).status, expected);
  }
});

test("an issuer is the same, however its address is written where somebody is added", async (t) => {
  const { visitor, signIn, issuer, access } = await openIssuedSite(t);
  const written = issuer.url.replace("https://localhost", "HTTPS://LocalHost");
  const openId = { issuer: written, subject: "anna" };
  await access.users.add({ signInName: "anna", name: "Anna", roles: ["read-only"], openId }, by);
  assert.equal((await signIn(visitor())).status, 303);
});

test("two first sign-ins at once make one person", async (t) => {
  const { visitor, comeBack, issuer, access } = await openIssuedSite(t, { openId: { roles } });
  issuer.person = { subject: "77", claims: { name: "Kit", groups: ["clinicians"] } };
  const both = [visitor(), visitor()];
  const backs = await Promise.all(both.map(async (one) => [one, await comeBack(one)] as const));
  const answers = await Promise.all(backs.map(([one, back]) => one.get(pathOf(back))));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [303, 303],
  );
  assert.equal(access.users.list().length, 2);
});

test("what cannot be a name here is made into one, or left out", async (t) => {
  const { visitor, signIn, issuer, access } = await openIssuedSite(t, { openId: { roles } });
  for (const [subject, name, expected] of [
    ["1", " A\u202Enna\n Example ", /^A nna Example$/],
    ["2", "x".repeat(500), /^x{100}$/],
    ["3", " \n ", /^openid-[0-9a-f]{16}$/],
    ["4", { first: "Anna" }, /^openid-[0-9a-f]{16}$/],
    ["5|../\u0000", "<script>alert(1)</script>", /^<script>/],
  ] as const) {
    issuer.person = { subject, claims: { name, groups: ["clinicians"] } };
    const one = visitor();
    assert.equal((await signIn(one)).status, 303);
    assert.match(access.users.findByOpenId(issuer.url, subject)?.name ?? "", expected);
    assert.doesNotMatch((await one.get("/")).text, /<script>alert/);
  }
});

test("who has not proved who they are as it is asked here does not come in", async (t) => {
  const openId = {
    acrValues: ["AAL3_ANY", "AAL2_OR_AAL3_ANY"],
    require: { id_assurance_level: ["3"], authentication_assurance_level: ["2", "3"] },
    maxAgeMinutes: 15,
  };
  const { visitor, signIn, addUser, issuer, told } = await openIssuedSite(t, { openId });
  const { id } = await addUser("anna");
  const levels = { id_assurance_level: "3", authentication_assurance_level: 3 };
  const sure = { ...levels };
  issuer.faults = { idToken: sure };
  assert.equal((await signIn(visitor())).status, 303);
  const { parameters = {} } = issuer.requests.find(({ endpoint }) => endpoint === "authorize") ?? {};
  assert.deepEqual([parameters["acr_values"], parameters["max_age"]], ["AAL3_ANY AAL2_OR_AAL3_ANY", "900"]);
  const longAgo = Math.floor(Date.now() / 1000) - 3600;
  for (const [wrong, status] of [
    [{ acr: "AAL1_USERPASS" }, 403],
    [{ acr: undefined }, 403],
    [{ id_assurance_level: "1" }, 403],
    [{ authentication_assurance_level: undefined }, 403],
    [{ auth_time: longAgo }, 502],
    [{ auth_time: undefined }, 502],
  ] as const) {
    issuer.faults = { idToken: { ...sure, ...wrong } };
    const one = visitor();
    assert.equal((await signIn(one)).status, status, JSON.stringify(wrong));
    assert.equal(one.cookies.has("__Host-restante"), false);
  }
  assert.ok(told().some((row) => row.startsWith(`${id} sign-in refused open-id:`)));
});
