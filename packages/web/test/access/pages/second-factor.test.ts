import assert from "node:assert/strict";
import { test } from "node:test";
import { runProgram, waitFor } from "@restante/testbed";
import { formOf } from "../../http.ts";
import { by, openSecureSite, password, type SecureSite, testCertificate, withSecondFactor } from "../secure-site.ts";
import { Visitor } from "../visitor.ts";

const page = "/sign-in/second-factor";

test("before the code is right nothing is shown, and after it what was wanted", async (t) => {
  const site = await openSecureSite(t);
  const { visitor, users, told } = site;
  const code = withSecondFactor(site, users.anna.id);
  const anna = visitor();
  const half = await anna.signIn("anna", password, "/parcels/7");
  assert.deepEqual([half.status, half.headers["location"]], [303, page]);
  assert.equal(anna.cookies.get("__Host-restante"), undefined);
  for (const path of ["/", "/parcels/7", "/account"]) assert.equal((await anna.get(path)).status, 303, path);
  assert.doesNotMatch((await anna.get(page)).text, /The anna|Parcels|1,234|Sign out/);
  assert.equal(told()[0], `${users.anna.id} sign-in asked`);

  const wrong = await anna.fill(page, page, { code: "12345" });
  assert.equal(wrong.status, 401);
  assert.match(wrong.text, /This is not the code of this moment/);
  assert.equal(told()[0], `${users.anna.id} sign-in refused`);
  const right = await anna.fill(page, page, { code: code().replace(/(...)/, "$1 ") });
  assert.deepEqual([right.status, right.headers["location"]], [303, "/parcels/7"]);
  assert.equal((await anna.get("/parcels/7")).status, 200);
  assert.equal(told()[1], `${users.anna.id} sign-in done`);
});

test("a code is taken once: who saw it typed cannot sign in by it", async (t) => {
  const site = await openSecureSite(t);
  const code = withSecondFactor(site, site.users.anna.id);
  const [anna, other] = [await halfWay(site), await halfWay(site)];
  assert.equal((await anna.fill(page, page, { code: code() })).status, 303);
  assert.equal((await other.fill(page, page, { code: code() })).status, 401);
  site.clock.advance(30_000);
  assert.equal((await other.fill(page, page, { code: code() })).status, 303);
});

test("a code without the password before it, or in another browser, is worth nothing", async (t) => {
  const site = await openSecureSite(t);
  const code = withSecondFactor(site, site.users.anna.id);
  // What the browser had before the password was right is not what it has after: who planted it is not half way.
  const anna = site.visitor();
  await anna.get("/sign-in");
  const attacker = anna.copy();
  await anna.signIn("anna", password);
  const form = formOf((await anna.get(page)).text, page);
  for (const browser of [attacker, site.visitor()]) {
    assert.equal((await browser.get(page)).headers["location"], "/sign-in");
    assert.equal((await browser.post(page, { ...form, code: code() })).status, 403);
    assert.equal((await browser.get("/")).status, 303);
  }
});

test("who waits too long after the password, or is disabled meanwhile, begins again", async (t) => {
  const site = await openSecureSite(t);
  const { users, access, clock } = site;
  const code = withSecondFactor(site, users.anna.id);
  for (const meanwhile of [
    () => clock.advance(10 * 60_000),
    () => clock.advance(-11 * 60_000),
    () => access.users.change(users.anna.id, { disabled: true }, { actor: "this-computer", source: "command" }),
  ]) {
    const anna = await halfWay(site);
    const form = formOf((await anna.get(page)).text, page);
    meanwhile();
    const { status, headers } = await anna.post(page, { ...form, code: code() });
    assert.deepEqual([status, headers["location"]], [303, "/sign-in"]);
    assert.equal((await anna.get("/")).status, 303);
  }
});

test("whoever knew the password before it was changed is half way no more", async (t) => {
  const site = await openSecureSite(t);
  const { users, access } = site;
  const code = withSecondFactor(site, users.anna.id);
  const thief = await halfWay(site);
  const form = formOf((await thief.get(page)).text, page);
  await access.users.setPassword(users.anna.id, "eleven teapots on a hill", by);
  const { status, headers } = await thief.post(page, { ...form, code: code() });
  assert.deepEqual([status, headers["location"]], [303, "/sign-in"]);
  assert.equal((await thief.get("/")).status, 303);
});

test("codes that are guessed have to wait, whoever has the password", async (t) => {
  const site = await openSecureSite(t);
  const { users, told, clock } = site;
  const code = withSecondFactor(site, users.anna.id);
  const attacker = await halfWay(site);
  for (let guess = 0; guess < 5; guess += 1) {
    assert.equal((await attacker.fill(page, page, { code: "000 00" })).status, 401);
  }
  // Signing in again, in as many browsers as one likes, begins nothing anew.
  for (const browser of [attacker, await halfWay(site), await halfWay(site)]) {
    const { status, headers, text } = await browser.fill(page, page, { code: code() });
    assert.equal(status, 429);
    assert.equal(headers["retry-after"], "30");
    assert.match(text, /Too many attempts have failed, so this one was not looked at\. Try again after/);
  }
  assert.equal(told().filter((row) => row.endsWith("sign-in refused")).length, 6);
  clock.advance(30_000);
  assert.equal((await (await halfWay(site)).fill(page, page, { code: code() })).status, 303);
});

test("kill -9 between the password and the code leaves nobody signed in", async (t) => {
  const before = await openSecureSite(t);
  const { folder } = before.access;
  withSecondFactor(before, before.users.anna.id);
  await before.site[Symbol.asyncDispose]();
  before.access[Symbol.dispose]();
  const { tls, ca } = await testCertificate();
  const support = new URL("../secure-site.ts", import.meta.url).href;
  const running = await runProgram(
    t,
    `import { writeSync } from "node:fs";
     writeSync(1, "begun\\n");
     const { openSecureSite } = await import(${JSON.stringify(support)});
     const { site } = await openSecureSite({ after() {} }, { door: { tls: ${JSON.stringify(tls)} } }, ${JSON.stringify(folder)});
     writeSync(1, site.url + "\\nserved\\n");`,
    "begun",
  );
  // All that it stands on is loaded first, on a machine that may do much else.
  await waitFor(() => running.said().includes("served"), { timeoutMs: 60_000 });
  const [, url = ""] = running.said().split("\n");
  const anna = new Visitor(url, ca);
  assert.equal((await anna.signIn("anna", password, "/parcels/7")).headers["location"], page);
  const form = formOf((await anna.get(page)).text, page);
  await running.kill();

  const again = await openSecureSite(t, {}, folder);
  const back = again.visitor();
  for (const [name, value] of anna.cookies) back.cookies.set(name, value);
  for (const path of ["/", "/parcels/7", "/account"]) assert.equal((await back.get(path)).status, 303, path);
  assert.equal((await back.get(page)).headers["location"], "/sign-in");
  assert.equal((await back.post(page, { ...form, code: "123456" })).status, 403);
  assert.deepEqual(again.access.sessions.list(again.users.anna.id), []);
  assert.equal(again.told()[0], `${again.users.anna.id} sign-in asked`);
  assert.deepEqual((await again.access.audit.verify()).problems, []);
});

async function halfWay({ visitor }: SecureSite): Promise<Visitor> {
  const browser = visitor();
  const { headers } = await browser.signIn("anna", password);
  assert.equal(headers["location"], page);
  return browser;
}
