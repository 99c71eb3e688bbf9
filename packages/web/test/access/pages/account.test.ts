import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, formOf, readable } from "../../http.ts";
import {
  authenticator,
  by,
  openSecureSite,
  password,
  secretOn,
  type SecureSite,
  withSecondFactor,
} from "../secure-site.ts";

const better = "eleven teapots on a hill";

test("a person changes their password, stays signed in under a new cookie, and is signed out everywhere else", async (t) => {
  const { signedIn, visitor, users, told } = await openSecureSite(t);
  const [here, there] = [await signedIn("anna"), await signedIn("anna")];
  const copy = here.copy();
  const answer = await here.fill("/account", "/account/password", { password, "new-password": better });
  assert.deepEqual([answer.status, answer.headers["location"]], [303, "/account?done=password"]);
  assert.match((await here.get("/account?done=password")).text, /Your password is changed\./);
  for (const other of [there, copy]) assert.equal((await other.get("/account")).status, 303);
  assert.deepEqual(told().slice(0, 2), [`${users.anna.id} sign-in done`, `${users.anna.id} change-password done`]);
  assert.equal((await visitor().signIn("anna", password)).status, 401);
  assert.equal((await visitor().signIn("anna", better)).status, 303);
});

test("a password is changed only by who knows the one before, and only to one that is hard to guess", async (t) => {
  const { signedIn, users, told } = await openSecureSite(t);
  const anna = await signedIn("anna");
  const wrong = await anna.fill("/account", "/account/password", { password: "not hers", "new-password": better });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /This is not your password\./);
  assert.equal(told()[0], `${users.anna.id} change-password refused`);
  const weak = await anna.fill("/account", "/account/password", { password, "new-password": "tiny" });
  assert.equal(weak.status, 400);
  assert.match(readable(weak.text), /12/);
  assert.doesNotMatch(weak.text, /tiny|seven lanterns/);
  for (let guess = 0; guess < 5; guess += 1) {
    await anna.fill("/account", "/account/password", { password: "not hers", "new-password": better });
  }
  const { status, text } = await anna.fill("/account", "/account/password", { password, "new-password": better });
  assert.equal(status, 429);
  assert.match(text, /Too many attempts have failed\. Try again after/);
});

test("codes are set up, and given up, by who knows the password and has the authenticator", async (t) => {
  const { signedIn, access, users, clock, told } = await openSecureSite(t);
  const [anna, other] = [await signedIn("anna"), await signedIn("anna")];
  const refused = await anna.fill("/account", "/account/second-factor", { password: "not hers" });
  assert.equal(refused.status, 400);
  assert.equal(told()[0], `${users.anna.id} second-factor refused`);

  const { text } = await anna.fill("/account", "/account/second-factor", { password });
  const secret = secretOn(text);
  assert.ok(secret.length >= 32);
  assert.match(text, /<svg class="app-qr" viewBox="0 0 \d+ \d+"/);
  const code = authenticator(secret, clock);
  const confirm = "/account/second-factor/confirm";
  const form = formOf(text, confirm);
  const wrong = await anna.post(confirm, { ...form, code: "12345" });
  assert.equal(wrong.status, 400);
  const copy = anna.copy();
  assert.equal(access.users.find(users.anna.id)?.hasSecondFactor, false);
  assert.equal((await anna.post(confirm, { ...formOf(wrong.text, confirm), code: code() })).status, 303);
  assert.equal(access.users.find(users.anna.id)?.hasSecondFactor, true);
  assert.match((await anna.get("/account?done=second-factor-on")).text, /A code is asked for from now on/);
  assert.equal((await other.get("/account")).status, 303, "who came in without one is out");
  assert.equal((await copy.get("/account")).status, 303, "and who has a copy of the cookie");

  const remove = "/account/second-factor/remove";
  assert.equal((await anna.fill("/account", remove, { password, code: "000000" })).status, 400);
  clock.advance(60_000);
  for (const fields of [{ code: code() }, { password: "not hers", code: code() }]) {
    const kept = await anna.fill("/account", remove, fields);
    assert.equal(kept.status, 400);
    assert.match(kept.text, /This is not your password\./);
  }
  assert.equal(told()[0], `${users.anna.id} second-factor refused`);
  assert.equal(access.users.find(users.anna.id)?.hasSecondFactor, true);
  const before = anna.copy();
  assert.equal((await anna.fill("/account", remove, { password, code: code() })).status, 303, "the code is good still");
  assert.equal(access.users.find(users.anna.id)?.hasSecondFactor, false);
  assert.deepEqual([(await anna.get("/account")).status, (await before.get("/account")).status], [200, 303]);
});

test("whoever has the password too guesses no code faster: being right about the one forgets nothing of the other", async (t) => {
  const site = await openSecureSite(t);
  const code = withSecondFactor(site, site.users.anna.id);
  const thief = await site.signedIn("anna", code());
  const guess = (): Promise<Answer> =>
    thief.fill("/account", "/account/second-factor/remove", { password, code: "000 00" });
  for (let time = 0; time < 5; time += 1) assert.equal((await guess()).status, 400);
  const fields = { password, "new-password": "tiny" };
  assert.match((await thief.fill("/account", "/account/password", fields)).text, /too short/);
  assert.equal((await guess()).status, 429);
});

test("a person sees where they are signed in, and signs out everywhere", async (t) => {
  const { signedIn, users, told } = await openSecureSite(t);
  const [here, there, else_] = [await signedIn("anna"), await signedIn("anna"), await signedIn("clinician")];
  const { text } = await here.get("/account");
  // Each in its row, and in the words of what ends it.
  assert.equal(text.split("127.0.0.1").length - 1, 4);
  assert.equal(text.split("(here)").length - 1, 1);
  const answer = await here.fill("/account", "/account/sign-out-everywhere", {});
  assert.equal(answer.headers["location"], "/sign-in?done=signed-out");
  for (const browser of [here, there]) assert.equal((await browser.get("/account")).status, 303);
  assert.equal((await else_.get("/account")).status, 200);
  assert.equal(told()[0], `${users.anna.id} sign-out done`);
});

test("a person ends one of their sign-ins, known again by its browser, and the others go on", async (t) => {
  const { signedIn, users, access, told } = await openSecureSite(t);
  const [here, other] = [await signedIn("anna"), await signedIn("clinician")];
  const begun = access.sessions.begin(users.anna, { source: "192.0.2.9", browser: "Firefox on Windows" });
  const { text } = await here.get("/account");
  assert.match(readable(text), /192\.0\.2\.9, Firefox on Windows/);
  const action = `/account/sessions/${begun.session}/end`;
  assert.equal(text.split('action="/account/sessions/').length, 2, "this one is signed out of");
  const form = formOf(text, action);

  const [theirs] = access.sessions.list(users.clinician.id);
  const stolen = await here.post(`/account/sessions/${theirs?.session}/end`, form);
  assert.deepEqual([stolen.status, (await other.get("/account")).status], [403, 200], "it is of that one alone");

  assert.equal((await here.post(action, form)).headers["location"], "/account?done=signed-out");
  assert.match((await here.get("/account?done=signed-out")).text, /That sign-in is over\./);
  assert.equal(access.sessions.at(begun.cookie), undefined);
  const [row] = access.audit.find({ limit: 1 }).rows;
  assert.deepEqual(
    [row?.actor, row?.session, row?.act, row?.outcome, row?.subjects],
    [users.anna.id, access.sessions.list(users.anna.id)[0]?.session, "sign-out", "done", [`session:${begun.session}`]],
  );
  // Once more, from a page that is open still.
  const rows = told().length;
  assert.equal((await here.post(action, form)).status, 303);
  assert.equal(told().length, rows);

  const left = await here.fill("/account", "/sign-out", {});
  assert.equal(left.headers["location"], "/sign-in?done=signed-out");
});

test("whoever has codes is asked for one also where they came in before without", async (t) => {
  const site = await openSecureSite(t);
  const anna = await site.signedIn("anna");
  await anna.fill("/", "/sign-out", {});
  withSecondFactor(site, site.users.anna.id);
  const { headers } = await anna.signIn("anna", password);
  assert.equal(headers["location"], "/sign-in/second-factor");
});

for (const [what, takeAway, status] of [
  ["may do so no more", ({ access, users }) => access.users.change(users.anna.id, { roles: ["read-only"] }, by), 403],
  ["is signed out", ({ access, users }) => access.sessions.endAll(users.anna.id, { source: "command" }), 403],
  ["goes on as before", () => undefined, 303],
] as const satisfies (readonly [string, (site: SecureSite) => unknown, number])[]) {
  test(`a form whose sender ${what} while it arrives has the answer ${status}`, async (t) => {
    const site = await openSecureSite(t);
    const anna = await site.signedIn("anna");
    const rest = await anna.begin("/send", formOf((await anna.get("/")).text, "/send"));
    takeAway(site);
    assert.equal((await rest()).status, status);
  });
}

test("a user who is disabled sees nothing at their next request, and gets no new sign-in", async (t) => {
  const { signedIn, access, users } = await openSecureSite(t);
  const anna = await signedIn("anna");
  access.users.change(users.anna.id, { disabled: true }, { actor: "this-computer", source: "command" });
  const { status, headers } = await anna.get("/parcels/7");
  assert.deepEqual([status, headers["location"]], [303, "/sign-in?to=%2Fparcels%2F7"]);
  assert.equal((await anna.signIn("anna", password)).status, 401);
});
