import assert from "node:assert/strict";
import { test } from "node:test";
import { password } from "../secure-site.ts";
import { openIssuedSite, redirected } from "./issued-site.ts";

test("whoever signs out is led to where they may sign out at the issuer too", async (t) => {
  const { visitor, signIn, addUser, issuer, site } = await openIssuedSite(t);
  await addUser("anna");
  const anna = visitor();
  await signIn(anna);
  const left = await anna.fill("/", "/sign-out", {});
  assert.equal(left.status, 303);
  const page = await anna.get(String(left.headers["location"]));
  assert.match(page.text, /On this system you are signed out/);
  const href = /href="(https:[^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const { searchParams } = new URL(href);
  assert.ok(href.startsWith(`${issuer.url}/end-session?`));
  assert.equal(searchParams.get("client_id"), "restante");
  assert.equal(searchParams.get("post_logout_redirect_uri"), `${site.url}/sign-in`);
  assert.equal(searchParams.get("id_token_hint")?.split(".").length, 3);
  // It is theirs alone, and once.
  const again = await anna.get(String(left.headers["location"]));
  assert.doesNotMatch(again.text, /id_token_hint/);
  assert.equal((await redirected(href, issuer.ca)).href, `${site.url}/sign-in`);
  assert.equal((await signIn(visitor())).status, 403);
});

test("where the issuer has no such page, or cannot be reached, they are told that they may still be signed in there", async (t) => {
  for (const faults of [{ configuration: { end_session_endpoint: undefined } }, { dead: ["configuration"] as const }]) {
    const { visitor, signIn, addUser, issuer, clock } = await openIssuedSite(t);
    await addUser("anna");
    const anna = visitor();
    await signIn(anna);
    const left = await anna.fill("/", "/sign-out", {});
    issuer.faults = faults;
    clock.advance(60 * 60_000);
    const { status, text } = await anna.get(String(left.headers["location"]));
    assert.equal(status, 200);
    assert.match(text, /Sign out there too, or close the browser/);
  }
});

test("an account of this system signs out here alone", async (t) => {
  const { visitor } = await openIssuedSite(t);
  const local = visitor();
  await local.signIn("local", password);
  assert.equal((await local.fill("/", "/sign-out", {})).headers["location"], "/sign-in?done=signed-out");
});
