import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { settableClock, type SettableClock } from "@restante/testbed";
import type { Access, User } from "../../../src/index.ts";
import { sessionWays } from "../../../src/access/sessions/schema.ts";
import { by, openTestAccess, password } from "../secure-site.ts";

const minute = 60_000;
const hour = 60 * minute;
const from = { source: "192.0.2.7" };

test("a sign-in is over after 20 minutes without use, and after 10 hours whatever is done", async (t) => {
  const { access, anna, clock } = await open(t);
  const { sessions } = access;
  const idle = sessions.begin(anna, from).cookie;
  clock.advance(20 * minute - 1);
  assert.ok(sessions.at(idle));
  clock.advance(20 * minute - 1);
  assert.ok(sessions.at(idle), "it was used in between");
  clock.advance(20 * minute);
  assert.equal(sessions.at(idle), undefined);
  clock.advance(-20 * minute);
  assert.equal(sessions.at(idle), undefined, "what is over stays over");

  const busy = sessions.begin(anna, from).cookie;
  for (let quarter = 1; quarter < 40; quarter += 1) {
    clock.advance(15 * minute);
    assert.ok(sessions.at(busy), `after ${quarter} quarters of an hour`);
  }
  clock.advance(15 * minute);
  assert.equal(sessions.at(busy), undefined);
});

test("a page that keeps itself up to date keeps nobody signed in", async (t) => {
  const { access, anna, clock } = await open(t);
  const { cookie } = access.sessions.begin(anna, from);
  for (let times = 0; times < 19; times += 1) {
    clock.advance(minute);
    assert.ok(access.sessions.at(cookie, false));
  }
  clock.advance(minute);
  assert.equal(access.sessions.at(cookie, false), undefined);
});

test("a clock that jumps ahead ends a sign-in, and one that jumps back lengthens none", async (t) => {
  const { access, anna, clock } = await open(t);
  const ahead = access.sessions.begin(anna, from).cookie;
  clock.advance(hour);
  assert.equal(access.sessions.at(ahead), undefined);

  const back = access.sessions.begin(anna, from).cookie;
  clock.advance(-4 * minute);
  assert.ok(access.sessions.at(back), "a clock that is put right by a little");
  clock.advance(-2 * minute);
  assert.equal(access.sessions.at(back), undefined);
  clock.advance(6 * minute);
  assert.equal(access.sessions.at(back), undefined);
});

test("each sign-in has a cookie of its own, and the one before in the same browser is over", async (t) => {
  const { access, anna, told } = await open(t);
  const other = await access.users.add({ signInName: "ben", name: "Ben", roles: ["read-only"], password }, by);
  const first = access.sessions.begin(anna, from);
  const second = access.sessions.begin(other, from, first.cookie);
  assert.notEqual(first.cookie, second.cookie);
  assert.equal(access.sessions.at(first.cookie), undefined);
  assert.equal(access.sessions.at(second.cookie)?.user.id, other.id);
  assert.deepEqual(told(), [
    `${other.id} ${second.session} sign-in done`,
    `${anna.id} ${first.session} sign-out done`,
    `${anna.id} ${first.session} sign-in done`,
  ]);
});

test("whoever is disabled, or has their password changed, is signed out at their next request", async (t) => {
  const { access, anna } = await open(t);
  const { sessions, users } = access;
  const first = sessions.begin(anna, from).cookie;
  users.change(anna.id, { disabled: true }, by);
  assert.equal(sessions.at(first), undefined);
  users.change(anna.id, { disabled: false }, by);
  assert.equal(sessions.at(first), undefined);

  const [here, there] = [sessions.begin(anna, from).cookie, sessions.begin(anna, from).cookie];
  await users.setPassword(anna.id, "another seven lanterns", by);
  assert.deepEqual([sessions.at(here), sessions.at(there)], [undefined, undefined]);
});

test("roles are those of now, and not those of signing in", async (t) => {
  const { access, anna } = await open(t);
  const { cookie } = access.sessions.begin(anna, from);
  access.users.change(anna.id, { roles: ["read-only"] }, by);
  assert.deepEqual(access.sessions.at(cookie)?.user.roles, ["read-only"]);
});

test("somebody signs out everywhere, and sees where they were", async (t) => {
  const { access, anna, clock, told } = await open(t);
  const { sessions } = access;
  const begun = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((source) => {
    clock.advance(1000);
    return sessions.begin(anna, { source });
  });
  assert.deepEqual(
    sessions.list(anna.id).map(({ source, session }) => [source, session]),
    begun.toReversed().map(({ session }, index) => [`192.0.2.${3 - index}`, session]),
  );
  const last = begun[2]!;
  assert.equal(sessions.endAll(anna.id, { ...from, session: last.session }), 3);
  assert.deepEqual(
    begun.map(({ cookie }) => sessions.at(cookie)),
    [undefined, undefined, undefined],
  );
  assert.equal(told()[0], `${anna.id} ${last.session} sign-out done`);
  assert.equal(sessions.endAll(anna.id, from), 0);
});

test("nobody ends another's sign-in by its name alone, and one that somebody ended for them says who", async (t) => {
  const { access, anna, told } = await open(t);
  const other = await access.users.add({ signInName: "ben", name: "Ben", roles: ["read-only"], password }, by);
  const { cookie, session } = access.sessions.begin(anna, from);
  access.sessions.endOne(other.id, session, from);
  assert.ok(access.sessions.at(cookie));
  assert.equal(access.sessions.endAll(anna.id, by), 1);
  assert.equal(told()[0], "this-computer undefined sign-out done");
  assert.deepEqual(access.audit.find({ limit: 1 }).rows[0]?.subjects, [`user:${anna.id}`, `session:${session}`]);
});

test("a sign-in outlasts a restart, and nothing of its cookie is in the database", async (t) => {
  const { access, anna, clock } = await open(t);
  const { cookie, session } = access.sessions.begin(anna, from);
  access[Symbol.dispose]();
  const again = await openTestAccess(t, clock, access.folder);
  assert.equal(again.sessions.at(cookie)?.session, session);
  again[Symbol.dispose]();
  const bytes = readFileSync(join(access.folder, "access.sqlite"));
  assert.ok(bytes.includes(session), "what the audit knows it by is");
  assert.ok(!bytes.includes(cookie) && !bytes.includes(Buffer.from(cookie, "base64url")));
});

test("a sign-in knows whether an issuer said who it is, and one of before that was written down is over", async (t) => {
  const { access, anna, clock } = await open(t);
  const cookies = [undefined, true].map(
    (byIssuer) => access.sessions.begin(anna, { ...from, ...(byIssuer && { byIssuer }) }).cookie,
  );
  access[Symbol.dispose]();
  const again = await openTestAccess(t, clock, access.folder);
  assert.deepEqual(
    cookies.map((cookie) => again.sessions.at(cookie)?.byIssuer),
    [false, true],
  );
  again[Symbol.dispose]();
  // As it was before, with whoever was signed in then, and brought to what it is.
  using database = new DatabaseSync(join(access.folder, "access.sqlite"));
  database.exec(`ALTER TABLE session DROP COLUMN by_issuer; ${sessionWays}`);
  database.close();
  const { sessions } = await openTestAccess(t, clock, access.folder);
  assert.deepEqual(
    cookies.map((cookie) => sessions.at(cookie)),
    [undefined, undefined],
  );
  assert.equal(sessions.at(sessions.begin(anna, from).cookie)?.user.id, anna.id);
});

test("where a sign-in cannot be written down, nobody is signed in", async (t) => {
  const { access, anna } = await open(t);
  const { sessions } = access;
  assert.throws(() => sessions.begin({ ...anna, id: null as unknown as string }, from));
  using database = new DatabaseSync(join(access.folder, "access.sqlite"));
  database.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END");
  assert.throws(() => sessions.begin(anna, from), /no room/);
  assert.deepEqual(sessions.list(anna.id), []);
  assert.equal(sessions.at("made up"), undefined);
});

async function open(
  t: TestContext,
): Promise<{ access: Access & { folder: string }; anna: User; clock: SettableClock; told: () => string[] }> {
  const clock = settableClock(new Date("2026-11-23T08:00:00Z"));
  const access = await openTestAccess(t, clock);
  const anna = await access.users.add({ signInName: "anna", name: "Anna", roles: ["clinician"], password }, by);
  const told = (): string[] =>
    access.audit
      .find({ limit: 100 })
      .rows.filter(({ act }) => act.startsWith("sign-"))
      .map(({ actor, session, act, outcome }) => `${actor} ${session} ${act} ${outcome}`);
  return { access, anna, clock, told };
}
