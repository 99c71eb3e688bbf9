import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import type { PageTrouble } from "../../../src/index.ts";
import { openSecureSite, type SecureSite } from "../secure-site.ts";

for (const [where, action, also] of [
  ["signs out", "/sign-out", undefined],
  ["signs out everywhere", "/account/sign-out-everywhere", /Elsewhere you may still be signed in/],
] as const) {
  test(`whoever ${where} where nothing can be written is out, told so, and in the audit as soon as it can`, async (t) => {
    const { site, fill, troubles } = await openFillable(t);
    const anna = await site.signedIn("anna");
    // A use would be written down again.
    site.clock.advance(5 * 60_000);
    const page = action === "/sign-out" ? "/parcels/7" : "/account";
    const copy = anna.copy();
    const empty = fill();
    const answer = await anna.fill(page, action, {});
    assert.equal(answer.status, 503);
    assert.match(answer.text, /<h1[^>]*>You have signed out<\/h1>/);
    assert.match(answer.text, /That you have left could not be written down/);
    if (also !== undefined) assert.match(answer.text, also);
    assert.doesNotMatch(answer.text, /The anna|1,?234/);
    assert.deepEqual([...anna.cookies.keys()], ["__Host-restante-device"]);
    assert.equal((await copy.get("/account")).status, 303, "a copy of the cookie is worth nothing either");
    assert.deepEqual(
      troubles.filter(({ route }) => route === `POST ${action}`).map(({ state }) => state),
      ["failing"],
    );
    assert.equal(site.access.sessions.list(site.users.anna.id).length, 0);

    empty();
    await site.signedIn("clinician");
    assert.deepEqual(site.told().slice(0, 2), [
      `${site.users.clinician.id} sign-in done`,
      `${site.users.anna.id} sign-out done`,
    ]);
    assert.equal((await copy.get("/account")).status, 303);
  });
}

test("a cookie is taken away also where it cannot be read whose it is", async (t) => {
  const { site } = await openFillable(t);
  const anna = await site.signedIn("anna");
  site.access[Symbol.dispose]();
  const { status, text } = await anna.post("/sign-out", {});
  assert.equal(status, 503);
  assert.match(text, /This browser does not know you any more/);
  assert.equal(anna.cookies.has("__Host-restante"), false);
});

test("a full disk signs nobody out, and keeps nobody signed in who has been idle", async (t) => {
  const { site, fill } = await openFillable(t);
  const anna = await site.signedIn("anna");
  site.clock.advance(5 * 60_000);
  fill();
  assert.equal((await anna.get("/account")).status, 200);
  site.clock.advance(15 * 60_000);
  assert.equal((await anna.get("/account")).status, 303);
});

/** A site whose database takes nothing more while it is full. */
async function openFillable(
  t: TestContext,
): Promise<{ site: SecureSite; fill: () => () => void; troubles: PageTrouble[] }> {
  const troubles: PageTrouble[] = [];
  const site = await openSecureSite(t, { onTrouble: (trouble) => troubles.push(trouble) });
  const database = new DatabaseSync(join(site.access.folder, "access.sqlite"));
  t.after(() => database.close());
  const kinds = ["INSERT ON audit", "INSERT ON session", "UPDATE ON session", "DELETE ON session"];
  return {
    site,
    troubles,
    fill() {
      kinds.forEach((kind, index) => {
        database.exec(`CREATE TRIGGER full${index} BEFORE ${kind} BEGIN SELECT RAISE(ABORT, 'no room'); END`);
      });
      return () => kinds.forEach((_, index) => database.exec(`DROP TRIGGER full${index}`));
    },
  };
}
