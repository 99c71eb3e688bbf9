import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, formOf, readable } from "../../http.ts";
import { openTinySite } from "../../tiny-site.ts";
import { openSecureSite, password } from "../secure-site.ts";

test("who has not signed in is shown nothing, and comes to where they wanted to go once they have", async (t) => {
  const { visitor, users, told } = await openSecureSite(t);
  const anna = visitor();
  const asked = await anna.get("/parcels/7?documents=2");
  assert.equal(asked.status, 303);
  assert.equal(asked.headers["location"], "/sign-in?to=%2Fparcels%2F7%3Fdocuments%3D2");
  const { text } = await anna.get(asked.headers["location"]);
  assert.doesNotMatch(text, /1,234|Parcels|Sign out/);
  const answer = await anna.signIn("Anna ", password, "/parcels/7?documents=2");
  assert.deepEqual([answer.status, answer.headers["location"]], [303, "/parcels/7?documents=2"]);
  const page = await anna.get("/parcels/7?documents=2");
  assert.equal(page.status, 200);
  assert.match(readable(page.text), /The anna/);
  assert.deepEqual(told().slice(0, 2), [`${users.anna.id} view done`, `${users.anna.id} sign-in done`]);
  assert.equal(told().filter((row) => row.startsWith("nobody")).length, 0, "being sent to sign in is no row");
});

test("a wrong password, a name that is nobody's and a user who is disabled are answered alike, and written down", async (t) => {
  const { access, visitor, users, told } = await openSecureSite(t);
  access.users.change(users["read-only"].id, { disabled: true }, { actor: "this-computer", source: "command" });
  const browser = visitor();
  const answers = [
    await browser.signIn("anna", "not her password"),
    await browser.signIn("hunter2hunter2", password),
    await browser.signIn("read-only", password),
    await browser.signIn("anna", ""),
    await browser.signIn("", ""),
  ];
  for (const { status, text, headers } of answers) {
    assert.equal(status, 401);
    assert.match(text, /The name or the password is not right\./);
    assert.equal(headers["set-cookie"], undefined);
  }
  assert.deepEqual(told().slice(0, 5), [
    "nobody sign-in refused",
    `${users.anna.id} sign-in refused`,
    `${users["read-only"].id} sign-in refused`,
    "nobody sign-in refused",
    `${users.anna.id} sign-in refused`,
  ]);
  assert.doesNotMatch(JSON.stringify(access.audit.find({ limit: 100 })), /hunter2/);
});

test("cookies are of this host and of HTTPS alone, and no script reads them", async (t) => {
  const { visitor } = await openSecureSite(t);
  const anna = visitor();
  const before = (await anna.get("/sign-in")).headers["set-cookie"] as unknown as string[];
  const { headers } = await anna.signIn("anna", password);
  const lines = [...before, ...(headers["set-cookie"] as unknown as string[])];
  assert.deepEqual(
    lines.map((line) => line.split("=")[0]),
    ["__Host-restante-before", "__Host-restante-device", "__Host-restante", "__Host-restante-before"],
  );
  for (const line of lines) assert.match(line, /; Path=\/; Secure; HttpOnly; SameSite=Lax(; Max-Age=\d+)?$/);
  assert.doesNotMatch(lines[2] ?? "", /Max-Age/);
});

test("a cookie that was planted before signing in is worth nothing after it", async (t) => {
  const { visitor, signedIn } = await openSecureSite(t);
  const attacker = await signedIn("clinician");
  const planted = attacker.cookies.get("__Host-restante")!;

  const anna = visitor();
  anna.cookies.set("__Host-restante", planted);
  // To sign in as oneself one signs out first, or is sent a form by the page that asks.
  await anna.get("/sign-in");
  await anna.fill("/", "/sign-out", {});
  await anna.signIn("anna", password);
  assert.notEqual(anna.cookies.get("__Host-restante"), planted);
  assert.match((await anna.get("/account")).text, /The anna/);
  assert.equal((await attacker.get("/account")).status, 303, "what was planted is over");

  const made = visitor();
  made.cookies.set("__Host-restante", "A".repeat(43));
  await made.signIn("anna", password);
  const guess = visitor();
  guess.cookies.set("__Host-restante", "A".repeat(43));
  assert.equal((await guess.get("/account")).status, 303);
});

test("two cookies of one name are none", async (t) => {
  const { signedIn } = await openSecureSite(t);
  const anna = await signedIn("anna");
  anna.cookies.set("a=1; __Host-restante", "B".repeat(43));
  assert.equal((await anna.get("/")).status, 303);
});

test("nobody is signed in as somebody else by another site: the form is of this browser", async (t) => {
  const { visitor } = await openSecureSite(t);
  const attacker = visitor();
  const form = formOf((await attacker.get("/sign-in")).text, "/sign-in");
  const victim = visitor();
  const fields = { ...form, name: "anna", password };
  assert.equal((await victim.post("/sign-in", fields)).status, 403, "without a cookie");
  await victim.get("/sign-in");
  assert.equal((await victim.post("/sign-in", fields)).status, 403, "with another cookie");
  assert.equal((await victim.post("/sign-in", { name: "anna", password })).status, 403, "without a token");
  const elsewhere = { "sec-fetch-site": "cross-site" };
  assert.equal((await attacker.post("/sign-in", fields, elsewhere)).status, 403, "from another site");
  assert.equal((await victim.get("/")).status, 303);
});

test("a form of another sign-in, of none, or of one that is over changes nothing", async (t) => {
  const { signedIn, visitor, told } = await openSecureSite(t);
  const [anna, other] = [await signedIn("anna"), await signedIn("clinician")];
  const form = formOf((await anna.get("/")).text, "/send");
  assert.equal((await other.post("/send", form)).status, 403);
  assert.equal((await anna.post("/send", {})).status, 403);
  assert.equal((await anna.post("/sign-out", form)).status, 403, "for another address");
  assert.equal((await anna.post("/send", form)).status, 303);

  const before = anna.copy();
  await anna.fill("/", "/sign-out", {});
  for (const browser of [anna, before, visitor()]) {
    const { status, text } = await browser.post("/send", form);
    assert.equal(status, 403);
    assert.match(text, /You are not signed in any more, so nothing was done\./);
  }
  assert.deepEqual(
    told().filter((row) => row.startsWith("nobody complete")),
    [],
    "a stranger fills no disk",
  );
  await anna.signIn("anna", password);
  assert.equal((await anna.post("/send", form)).status, 403, "it is of the sign-in before");
});

test("a form of signing in that is sent once more signs nobody in", async (t) => {
  const { visitor, told } = await openSecureSite(t);
  const anna = visitor();
  const form = formOf((await anna.get("/sign-in")).text, "/sign-in");
  assert.equal((await anna.post("/sign-in", { ...form, name: "anna", password })).status, 303);
  await anna.fill("/", "/sign-out", {});
  const rows = told().length;
  assert.equal((await anna.post("/sign-in", { ...form, name: "anna", password })).status, 403);
  assert.equal((await anna.get("/")).status, 303);
  assert.equal(told().length, rows);
});

test("signing in leads to pages of this site alone", async (t) => {
  const { visitor } = await openSecureSite(t);
  const hostile = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/.//evil.example",
    "/\n/evil.example",
    "/sign-out",
  ];
  for (const to of hostile) {
    const browser = visitor();
    const { text } = await browser.get(`/sign-in?to=${encodeURIComponent(to)}`);
    assert.doesNotMatch(text, /evil|name="to"/, to);
    const { status, headers } = await browser.post("/sign-in", {
      ...formOf(text, "/sign-in"),
      name: "anna",
      password,
      to,
    });
    assert.deepEqual([status, headers["location"]], [303, "/"], to);
    const again = await browser.get(`/sign-in?to=${encodeURIComponent(to)}`);
    assert.deepEqual([again.status, again.headers["location"]], [303, "/"], to);
  }
});

test("each role is led to a page that it may see, is shown the way to those alone, and told what it may not", async (t) => {
  const { visitor } = await openSecureSite(t);
  const auditor = visitor();
  const { headers } = await auditor.signIn("auditor", password, "/");
  assert.equal(headers["location"], "/told");
  const page = await auditor.get("/told");
  assert.match(page.text, /What was done/);
  assert.doesNotMatch(page.text, />Parcels|1,234/);
  const refused = await auditor.get("/parcels/7");
  assert.equal(refused.status, 403);
  assert.match(refused.text, /You may not see patients/);
  assert.match(refused.text, /href="\/told">Go to What was done/);

  const reader = visitor();
  await reader.signIn("read-only", password);
  assert.equal((await reader.get("/told")).status, 403);
  assert.equal((await reader.fill("/", "/send", {})).status, 403);
});

test("signing out ends it at once, for every copy of the cookie, and is written down", async (t) => {
  const { signedIn, users, told } = await openSecureSite(t);
  const anna = await signedIn("anna");
  const copy = anna.copy();
  const { status, headers } = await anna.fill("/", "/sign-out", {});
  assert.deepEqual([status, headers["location"]], [303, "/sign-in?done=signed-out"]);
  assert.match((await anna.get("/sign-in?done=signed-out")).text, /You have signed out\./);
  assert.equal(anna.cookies.get("__Host-restante"), undefined);
  assert.equal((await copy.get("/")).status, 303);
  assert.equal(told()[0], `${users.anna.id} sign-out done`);
});

test("an open page whose sign-in has idled out is sent to sign in, however often it asks", async (t) => {
  const { signedIn, clock } = await openSecureSite(t);
  const anna = await signedIn("anna");
  const asking = { "x-restante-update": "1" };
  for (let times = 0; times < 4; times += 1) {
    assert.equal((await anna.get("/", asking)).status, 200);
    clock.advance(5 * 60_000);
  }
  const { status, headers } = await anna.get("/", asking);
  assert.deepEqual([status, headers["location"]], [303, "/sign-in"]);
  assert.match((await anna.get("/sign-in")).text, /A sign-in that is not used for a while ends by itself/);
});

test("where nobody signs in there are no such pages, and nobody is sent to them", async (t) => {
  const { url } = await openTinySite(t);
  for (const path of ["/sign-in", "/account"]) assert.equal((await ask(url + path)).status, 404);
  assert.doesNotMatch((await ask(url)).text, /Sign out|"\/sign-in/);
});
