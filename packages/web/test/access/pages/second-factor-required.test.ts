import assert from "node:assert/strict";
import { test } from "node:test";
import { route } from "../../../src/index.ts";
import { formOf as formWithToken, readable } from "../../http.ts";
import { authenticator, by, openSecureSite, password, secretOn, withSecondFactor } from "../secure-site.ts";

const account = "/account?to=%2Fparcels%2F7";
const begin = "/account/second-factor";
const confirm = "/account/second-factor/confirm";
const remove = "/account/second-factor/remove";

/** With where its sender wanted to go. */
function formOf(html: string, action: string): Record<string, string> {
  const [, to] = /name="to" value="([^"]+)"/.exec(html.split(`action="${action}"`)[1] ?? "") ?? [];
  return { ...formWithToken(html, action), ...(to !== undefined && { to }) };
}

test("who has no codes where they are required sets them up before anything else, and goes on to where they wanted to go", async (t) => {
  const { signedIn, visitor, users, clock, access, told } = await openSecureSite(t, { secondFactor: "required" });
  const anna = visitor();
  const { headers } = await anna.signIn("anna", password, "/parcels/7");
  assert.equal((await anna.get(String(headers["location"]))).headers["location"], account);
  const before = told().length;
  const { text } = await anna.get(account);
  assert.match(readable(text), /Set up codes first/);
  assert.match(text, /Whoever signs in here with a password is asked for a code too/);
  assert.doesNotMatch(text, /Parcels|1,234|New password|Sign out everywhere|A parcel/);
  assert.equal(told().length, before, "who is led elsewhere has seen nothing");
  const refused = await anna.post("/send", {});
  assert.equal(refused.status, 403);
  assert.match(refused.text, /codes are demanded here, and you have none yet/);
  assert.equal(told()[0], `${users.anna.id} complete refused`);

  const wrongPassword = await anna.post(begin, { ...formOf(text, begin), password: "not hers" });
  assert.equal(wrongPassword.status, 400);
  assert.match(wrongPassword.text, /This is not your password\./);
  const begun = await anna.post(begin, { ...formOf(wrongPassword.text, begin), password });
  const code = authenticator(secretOn(begun.text), clock);
  const wrong = await anna.post(confirm, { ...formOf(begun.text, confirm), code: "12345" });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, new RegExp(`href="${account.replace("?", "\\?")}">begin again`));
  assert.equal((await anna.get("/")).headers["location"], "/account");
  const [copy, session] = [anna.copy(), access.sessions.list(users.anna.id)[0]?.session];
  const done = await anna.post(confirm, { ...formOf(wrong.text, confirm), code: code() });
  assert.deepEqual([done.status, done.headers["location"]], [303, "/parcels/7"]);
  assert.equal((await anna.get("/parcels/7")).status, 200);
  assert.equal((await anna.get("/account")).status, 200);
  assert.equal((await copy.get("/account")).headers["location"], "/sign-in?to=%2Faccount", "it is another sign-in");
  assert.notEqual(access.sessions.list(users.anna.id)[0]?.session, session);
  assert.equal(told().filter((row) => row === `${users.anna.id} second-factor done`).length, 1);

  clock.advance(60_000);
  const again = await signedIn("anna", code());
  assert.equal((await again.get("/parcels/7")).status, 200);
});

test("where codes are set up first nobody is led to another site, and everybody to a page that they may see", async (t) => {
  const { signedIn, clock } = await openSecureSite(t, { secondFactor: "required" });
  for (const [who, landing] of [
    ["anna", "/"],
    ["auditor", "/told"],
  ] as const) {
    const browser = await signedIn(who);
    const { text } = await browser.get("/account?to=https%3A%2F%2Felsewhere.example");
    const begun = await browser.post(begin, { ...formOf(text, begin), password });
    const code = authenticator(secretOn(begun.text), clock);
    const form = { ...formOf(begun.text, confirm), to: "//elsewhere.example", code: code() };
    assert.equal((await browser.post(confirm, form)).headers["location"], landing);
  }
});

test("who has to set codes up first can sign out", async (t) => {
  const { signedIn, users, told } = await openSecureSite(t, { secondFactor: "required" });
  const anna = await signedIn("anna");
  assert.equal((await anna.fill("/account", "/sign-out", {})).headers["location"], "/sign-in?done=signed-out");
  assert.equal((await anna.get("/account")).headers["location"], "/sign-in?to=%2Faccount");
  assert.equal(told()[0], `${users.anna.id} sign-out done`);
});

test("who is signed in when codes come to be required is led to set them up, and who has them goes on", async (t) => {
  const before = await openSecureSite(t);
  const code = withSecondFactor(before, before.users.clinician.id);
  const [anna, clinician] = [await before.signedIn("anna"), await before.signedIn("clinician", code())];
  assert.equal((await anna.get("/")).status, 200);
  await before.site[Symbol.asyncDispose]();
  before.access[Symbol.dispose]();
  const again = await openSecureSite(t, { secondFactor: "required" }, before.access.folder);
  const [annaBack, clinicianBack] = [again.visitor(), again.visitor()];
  for (const [name, value] of anna.cookies) annaBack.cookies.set(name, value);
  for (const [name, value] of clinician.cookies) clinicianBack.cookies.set(name, value);
  assert.equal((await annaBack.get("/parcels/7")).headers["location"], account);
  assert.equal((await clinicianBack.get("/parcels/7")).status, 200);
  // A page that is open keeps itself up to date: it is led there too, and shows no more of what it showed.
  assert.equal((await annaBack.get("/", { "x-restante-update": "1" })).status, 303);
});

test("codes that are required cannot be given up, and the page says so instead of offering it", async (t) => {
  const site = await openSecureSite(t, {
    secondFactor: "required",
    // Its token: that no page has the form is one thing, that it is refused another.
    routes: (app, { token }) =>
      app.get("/", route({ needs: "see" }), (request, reply) => reply.send(token(request, remove))),
  });
  const { users, access, told, clock } = site;
  const code = withSecondFactor(site, users.anna.id);
  const anna = await site.signedIn("anna", code());
  const { text } = await anna.get("/account");
  assert.match(text, /That is demanded here of whoever has a password, so you cannot do without\./);
  assert.doesNotMatch(text, new RegExp(remove));
  clock.advance(60_000);
  const refused = await anna.post(remove, { token: (await anna.get("/")).text, code: code() });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /You cannot do without codes/);
  assert.equal(told()[0], `${users.anna.id} second-factor refused`);
  assert.equal(access.users.find(users.anna.id)?.hasSecondFactor, true);
});

test("whose second factor is taken away, since the telephone is lost, sets another up before anything else", async (t) => {
  const site = await openSecureSite(t, { secondFactor: "required" });
  const { users, access, clock } = site;
  const code = withSecondFactor(site, users.anna.id);
  const open = await site.signedIn("anna", code());
  access.users.removeSecondFactor(users.anna.id, by);
  for (const anna of [open, await site.signedIn("anna")]) {
    assert.equal((await anna.get("/parcels/7")).headers["location"], account);
  }
  const begun = await open.post(begin, { ...formOf((await open.get(account)).text, begin), password });
  const another = authenticator(secretOn(begun.text), clock);
  const done = await open.post(confirm, { ...formOf(begun.text, confirm), code: another() });
  assert.equal(done.headers["location"], "/parcels/7");
  assert.notEqual(another(), code());
});
