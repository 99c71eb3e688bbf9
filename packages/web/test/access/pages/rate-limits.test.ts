import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "../../../src/access/sessions/network-of.ts";
import { formOf } from "../../http.ts";
import { openSecureSite, password, testCertificate } from "../secure-site.ts";

test("whoever guesses a password has to wait, and does not keep its owner out of a browser that they have used", async (t) => {
  const { visitor, signedIn, users, told, clock } = await openSecureSite(t);
  const anna = await signedIn("anna");
  await anna.fill("/", "/sign-out", {});

  const attacker = visitor();
  for (let guess = 0; guess < 5; guess += 1) {
    assert.equal((await attacker.signIn("ANNA", `guess number ${guess}`)).status, 401);
  }
  const locked = await visitor().signIn("anna", password);
  assert.equal(locked.status, 429, "the right password is not even looked at");
  assert.equal(locked.headers["retry-after"], "30");
  assert.match(locked.text, /Try again after/);
  assert.equal(told()[0], `${users.anna.id} sign-in refused`);
  const rows = told().length;
  for (let more = 0; more < 5; more += 1) assert.equal((await attacker.signIn("anna", "more")).status, 429);
  assert.equal(told().length, rows, "and that it goes on fills no disk");

  assert.equal((await anna.signIn("anna", password)).status, 303);
  clock.advance(30_000);
  assert.equal((await visitor().signIn("anna", password)).status, 303);
});

test("what a known browser gets wrong is counted too", async (t) => {
  const { signedIn, visitor } = await openSecureSite(t);
  const anna = await signedIn("anna");
  await anna.fill("/", "/sign-out", {});
  for (let guess = 0; guess < 5; guess += 1) assert.equal((await anna.signIn("anna", "wrong again")).status, 401);
  assert.equal((await anna.signIn("anna", password)).status, 429);
  // Of others it is as unknown as any.
  assert.equal((await anna.signIn("clinician", password)).status, 303);
  assert.equal((await visitor().signIn("anna", password)).status, 303);
});

test("a name that is nobody's waits as somebody's does", async (t) => {
  const { visitor } = await openSecureSite(t);
  const attacker = visitor();
  for (let guess = 0; guess < 5; guess += 1) await attacker.signIn("nobody here", `guess number ${guess}`);
  assert.equal((await attacker.signIn("Nobody Here", password)).status, 429);
});

test("one password tried for many names waits by its address", async (t) => {
  const { visitor } = await openSecureSite(t);
  const attacker = visitor();
  for (let guess = 0; guess < 20; guess += 1) {
    assert.equal((await attacker.signIn(`name-${guess}`, password)).status, 401);
  }
  assert.equal((await attacker.signIn("name-20", password)).status, 429);
});

test("whoever has a network of IPv6 waits by it, and by none of its addresses, and nobody else does", async (t) => {
  // A proxy on this machine that speaks HTTPS to the site too.
  const { tls } = await testCertificate();
  const { visitor, site } = await openSecureSite(t, {
    door: { address: new URL("https://localhost"), tls, trustedProxies: ["127.0.0.1"] },
  });
  const from = (address: string): Record<string, string> => ({
    host: "localhost",
    "x-forwarded-proto": "https",
    "x-forwarded-for": address,
  });
  const attacker = visitor(`https://localhost:${site.port}`);
  const guess = async (address: string, name: string): Promise<number> => {
    const { text } = await attacker.get("/sign-in", from(address));
    const form = { ...formOf(text, "/sign-in"), name, password };
    return (await attacker.post("/sign-in", form, from(address))).status;
  };
  for (let host = 1; host <= 20; host += 1) {
    assert.equal(await guess(`2001:db8:0:7::${host.toString(16)}`, `name-${host}`), 401);
  }
  assert.equal(await guess("2001:db8:0:7:aaaa:bbbb:cccc:dddd", "name-21"), 429);
  assert.equal(await guess("2001:db8:0:8::1", "name-22"), 401);
});

test("what is one address: one of IPv4 however it is written, of IPv6 a network", () => {
  for (const [address, one] of [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "[::ffff:c000:201]"],
    ["::1", "[::1]"],
    ["2001:DB8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:1:2:3:4", "2001:db8:0:0::/64"],
    ["2001:db8::7:1:2:3:4", "2001:db8:0:7::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ] as const) {
    assert.equal(networkOf(address), one);
  }
});

test("a restart makes nobody's wait shorter, and no browser unknown", async (t) => {
  const first = await openSecureSite(t);
  const anna = await first.signedIn("anna");
  for (let guess = 0; guess < 5; guess += 1) await first.visitor().signIn("anna", `guess number ${guess}`);
  await first.site[Symbol.asyncDispose]();
  first.access[Symbol.dispose]();

  const second = await openSecureSite(t, {}, first.access.folder);
  assert.equal((await second.visitor().signIn("anna", password)).status, 429);
  const back = second.visitor();
  for (const [name, value] of anna.cookies) back.cookies.set(name, value);
  assert.equal((await back.get("/")).status, 200, "who is signed in stays so");
  await back.fill("/", "/sign-out", {});
  assert.equal((await back.signIn("anna", password)).status, 303);
});

test("many sign-ins at once are no more guesses than one by one", async (t) => {
  const { visitor } = await openSecureSite(t);
  const browsers = Array.from({ length: 12 }, () => visitor());
  const answers = await Promise.all(browsers.map((browser, index) => browser.signIn("anna", `guess number ${index}`)));
  assert.equal(answers.filter(({ status }) => status === 401).length, 5);
  assert.equal(answers.filter(({ status }) => status === 429).length, 7);
});
