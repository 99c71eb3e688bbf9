import assert from "node:assert/strict";
import { test } from "node:test";
import { readable } from "../../http.ts";
import { password } from "../secure-site.ts";
import { openIssuedSite, pathOf } from "./issued-site.ts";

test("whoever the issuer knows, and has an account here, comes in and to where they wanted to go", async (t) => {
  const { visitor, signIn, addUser, told, issuer } = await openIssuedSite(t);
  const user = await addUser("anna");
  const anna = visitor();
  assert.match((await anna.get("/sign-in?to=%2Fparcels%2F7")).text, /href="\/sign-in\/open-id\?to=%2Fparcels%2F7"/);
  const answer = await signIn(anna, "/parcels/7?documents=2");
  assert.deepEqual([answer.status, answer.headers["location"]], [303, "/parcels/7?documents=2"]);
  assert.match(readable((await anna.get("/parcels/7")).text), /The anna/);
  assert.deepEqual(told().slice(-2), [`${user.id} sign-in done`, `${user.id} view done`]);
  assert.deepEqual([...anna.cookies.keys()], ["__Host-restante"]);
  const { parameters = {} } = issuer.requests.find(({ endpoint }) => endpoint === "authorize") ?? {};
  assert.equal(parameters["code_challenge_method"], "S256");
  assert.ok(parameters["nonce"] && parameters["state"] && parameters["code_challenge"]);
  // Where they wanted to go cannot be read in it.
  assert.doesNotMatch(Buffer.from(parameters["state"], "base64url").toString("latin1"), /parcels/);
});

test("whoever was signed in in this browser is not any more", async (t) => {
  const { visitor, signIn, addUser, access } = await openIssuedSite(t);
  await addUser("anna");
  const browser = visitor();
  await browser.signIn("local", password);
  const stolen = browser.copy();
  await signIn(browser);
  assert.equal((await stolen.get("/")).status, 303);
  const local = access.users.findByName("local");
  assert.deepEqual(access.sessions.list(local?.id ?? ""), []);
  assert.match(readable((await browser.get("/")).text), /The anna/);
});

test("what comes back is good once, for ten minutes, in the browser that began it", async (t) => {
  const { visitor, comeBack, addUser, issuer, clock, told } = await openIssuedSite(t);
  await addUser("anna");
  issuer.faults = { careless: true };
  const refused = async (of: ReturnType<typeof visitor>, back: URL): Promise<void> => {
    const { status, text } = await of.get(pathOf(back));
    assert.equal(status, 400);
    assert.match(text, /begun in another browser or too long ago, or it has been used already/);
    assert.equal(of.cookies.has("__Host-restante"), false);
  };
  const changed = (back: URL, state: string | undefined): URL => {
    const other = new URL(back);
    other.searchParams.delete("state");
    if (state !== undefined) other.searchParams.set("state", state);
    return other;
  };
  const anna = visitor();
  const back = await comeBack(anna);
  // An answer of somebody else's, which would sign them in as that (login CSRF).
  const other = visitor();
  await refused(other, back);
  await refused(other, changed(await comeBack(other), back.searchParams.get("state") ?? ""));
  const state = back.searchParams.get("state") ?? "";
  for (const wrong of [undefined, "", "x", `${state}=`, `${state.slice(0, -2)}AA`, state.toUpperCase()]) {
    await refused(anna, changed(back, wrong));
  }
  const twice = new URL(back);
  twice.searchParams.append("state", state);
  await refused(anna, twice);
  const copy = anna.copy();
  assert.equal((await anna.get(pathOf(back))).status, 303);
  await refused(copy, back);
  const late = visitor();
  const tooLate = await comeBack(late);
  clock.advance(10 * 60_000 + 1);
  await refused(late, tooLate);
  const early = visitor();
  const beforeItsTime = await comeBack(early);
  clock.advance(-11 * 60_000);
  await refused(early, beforeItsTime);
  // Nothing was asked of the issuer for these, and there is nobody whom the audit could name.
  assert.equal(issuer.requests.filter(({ endpoint }) => endpoint === "token").length, 1);
  assert.ok(!told().some((row) => row.includes("refused")));
});

test("a code is of no use in another sign-in, whether the issuer looks or not", async (t) => {
  const { visitor, comeBack, addUser, issuer, told } = await openIssuedSite(t);
  await addUser("anna");
  for (const faults of [{}, { careless: true } as const]) {
    issuer.faults = faults;
    const stolen = (await comeBack(visitor())).searchParams.get("code") ?? "";
    const thief = visitor();
    const back = await comeBack(thief);
    back.searchParams.set("code", stolen);
    const { status } = await thief.get(pathOf(back));
    assert.ok(status === 403 || status === 502, String(status));
    assert.equal(thief.cookies.has("__Host-restante"), false);
    assert.equal(told().at(-1), "nobody sign-in refused");
  }
});

for (const to of [
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "/%09/evil.example",
  "/.//evil.example",
  "/sign-in/open-id",
  "javascript:alert(1)",
  `/${"a".repeat(2000)}`,
]) {
  test(`nobody is led elsewhere by ${to.slice(0, 30)}`, async (t) => {
    const { visitor, signIn, addUser, site } = await openIssuedSite(t);
    await addUser("anna");
    const { status, headers } = await signIn(visitor(), to);
    assert.equal(status, 303);
    const led = new URL(String(headers["location"]), site.url);
    assert.equal(led.origin, site.url);
    assert.ok(led.pathname === "/" || to.startsWith("/%09"), led.pathname);
  });
}

test("whoever turned back at the issuer, or is nobody there, is told so", async (t) => {
  const { visitor, signIn, issuer, troubles, told } = await openIssuedSite(t);
  issuer.person = undefined;
  const { status, text } = await signIn(visitor());
  assert.equal(status, 403);
  assert.match(text, /did not sign you in, or you turned back there/);
  assert.equal(told().at(-1), "nobody sign-in refused");
  assert.deepEqual(troubles, []);
});

test("whoever makes up what comes back has to wait too, and fills no audit", async (t) => {
  const { visitor, comeBack, told } = await openIssuedSite(t);
  const stranger = visitor();
  const makeUp = async (): Promise<number> => {
    const { pathname, searchParams } = await comeBack(stranger);
    searchParams.set("iss", "https://another.example");
    return (await stranger.get(`${pathname}?${searchParams.toString()}`)).status;
  };
  for (let time = 0; time < 20; time += 1) assert.equal(await makeUp(), 502);
  const rows = told().length;
  for (let more = 0; more < 3; more += 1) assert.equal(await makeUp(), 429);
  assert.equal(told().length, rows + 1);
});

test("after many sign-ins from one address that came to nothing, the next are not looked at for a while", async (t) => {
  const { visitor, signIn, issuer, clock, addUser, told } = await openIssuedSite(t);
  await addUser("anna");
  const { person } = issuer;
  // What the issuer does wrong keeps nobody waiting.
  issuer.faults = { signature: "none" };
  for (let time = 0; time < 21; time += 1) assert.equal((await signIn(visitor())).status, 502);
  issuer.faults = {};
  issuer.person = undefined;
  const rows = told().length;
  for (let time = 0; time < 20; time += 1) assert.equal((await signIn(visitor())).status, 403);
  const asked = issuer.requests.length;
  for (let time = 0; time < 3; time += 1) {
    const { status, text } = await signIn(visitor());
    assert.equal(status, 429);
    assert.match(text, /this one was not looked at/);
  }
  assert.ok(!issuer.requests.slice(asked).some(({ endpoint }) => endpoint === "token"));
  assert.equal(told().length - rows, 21);
  issuer.person = person;
  clock.advance(30_000);
  assert.equal((await signIn(visitor())).status, 303);
});
