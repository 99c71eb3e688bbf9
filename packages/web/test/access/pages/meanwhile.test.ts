import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Access, openAccess } from "../../../src/index.ts";
import { by, openSecureSite, password, type SecureSite, withSecondFactor } from "../secure-site.ts";

const given = "eleven teapots on a hill";
const another = "purple donkey dishwasher";

/** Has another process, such as a command, do something as soon as a password was found to be right. */
async function meanwhile(t: TestContext, site: SecureSite, act: (beside: Access) => unknown): Promise<void> {
  const { clock, access } = site;
  const beside = await openAccess({ folder: access.folder, now: () => clock.now() });
  t.after(() => beside[Symbol.dispose]());
  const check = access.users.checkPassword.bind(access.users);
  access.users.checkPassword = async (...typed) => {
    const proved = await check(...typed);
    access.users.checkPassword = check;
    await act(beside);
    return proved;
  };
}

for (const [what, act] of [
  ["is given another password", ({ users }, id) => users.setPassword(id, given, by)],
  ["is disabled", ({ users }, id) => users.change(id, { disabled: true }, by)],
  ["has codes set up", (access, id, { clock }) => withSecondFactor({ access, clock }, id)],
] as const satisfies (readonly [string, (beside: Access, id: string, site: SecureSite) => unknown])[]) {
  test(`whoever ${what} in the moment in which they sign in is not signed in by what was right before`, async (t) => {
    const site = await openSecureSite(t);
    const { id } = site.users.anna;
    await meanwhile(t, site, (beside) => act(beside, id, site));
    const visitor = site.visitor();
    assert.equal((await visitor.signIn("anna", password)).status, 403);
    assert.deepEqual(site.access.sessions.list(id), []);
    site.access.users.change(id, { disabled: false }, by);
    assert.equal((await visitor.get("/")).status, 303);
  });
}

test("nobody is asked for a code by a password that is not theirs any more when it has been looked at", async (t) => {
  const site = await openSecureSite(t);
  const { id } = site.users.anna;
  withSecondFactor(site, id);
  await meanwhile(t, site, ({ users }) => users.setPassword(id, given, by));
  const thief = site.visitor();
  const { headers } = await thief.signIn("anna", password);
  assert.equal(headers["location"], "/sign-in/second-factor");
  assert.equal((await thief.get("/sign-in/second-factor")).headers["location"], "/sign-in");
  assert.deepEqual(site.access.sessions.list(id), []);
});

test("whoever knows the password of before does not put another in the place of the one that was given meanwhile", async (t) => {
  const site = await openSecureSite(t);
  const { id } = site.users.anna;
  const thief = await site.signedIn("anna");
  await meanwhile(t, site, ({ users }) => users.setPassword(id, given, by));
  const { status, text } = await thief.fill("/account", "/account/password", { password, "new-password": another });
  assert.equal(status, 403);
  assert.match(text, /You have been given another password meanwhile: sign in with that\./);
  assert.equal((await thief.get("/account")).status, 303);
  assert.deepEqual(site.access.sessions.list(id), []);
  assert.equal((await site.visitor().signIn("anna", another)).status, 401);
  assert.equal((await site.visitor().signIn("anna", given)).status, 303);
});
