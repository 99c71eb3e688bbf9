import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { settableClock } from "@restante/testbed";
import { isToBeReplaced, openAccess, tellEnds } from "../../../src/index.ts";
import { by, openTestAccess } from "../secure-site.ts";

const day = 86_400_000;

test("a token is good until it ends or is revoked, here and in another process, and for good no more", async (t) => {
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  const { token, secret } = access.tokens.add({ name: "records", roles: ["clinician", "read-only"], days: 2 }, by);
  assert.match(secret, /^restante_[a-z2-7]{12}_[\w-]{43}$/);
  assert.deepEqual(access.tokens.check(secret), { good: true, token });

  using other = await openAccess({ folder: access.folder, now: () => clock.now() });
  assert.equal(other.tokens.check(secret).good, true);
  clock.advance(2 * day);
  assert.deepEqual([access.tokens.check(secret).good, why(access.tokens.check(secret))], [false, "ended"]);

  const second = access.tokens.add({ name: "records-2", roles: ["read-only"], days: 3650 }, by);
  other.tokens.revoke("records-2", by);
  assert.equal(why(access.tokens.check(second.secret)), "revoked");
  assert.throws(() => access.tokens.revoke("nobody", by), { code: "no-such-token" });
  assert.throws(() => access.tokens.add({ name: "records-2", roles: ["read-only"], days: 1 }, by), { code: "taken" });

  const rows = access.audit.find({ limit: 10 }).rows.map(({ act, subjects }) => [act, subjects.join(" ")]);
  assert.deepEqual(rows, [
    ["revoke-token", "token:records-2"],
    ["add-token", "token:records-2 role:read-only"],
    ["add-token", "token:records role:clinician role:read-only"],
  ]);
  // Revoked once more it stays so, and there is nothing to write down.
  other.tokens.revoke("records-2", by);
  assert.equal(access.audit.find({ limit: 10 }).rows.length, 3);
});

test("what is stored of a token is of no use, and every other text is wrong, another's id and secret together too", async (t) => {
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  const one = access.tokens.add({ name: "one", roles: ["clinician"], days: 1 }, by);
  const two = access.tokens.add({ name: "two", roles: ["clinician"], days: 1 }, by);
  const secretOf = ({ secret }: typeof one): string => secret.slice(-43);
  const digest = createHash("sha256").update(one.secret).digest();
  for (const forged of [
    "",
    one.token.id,
    digest.toString("hex"),
    `restante_${one.token.id}_${digest.toString("base64url")}`,
    `restante_${one.token.id}_${secretOf(two)}`,
    `restante_${two.token.id}_${secretOf(one)}`,
    `restante_aaaaaaaaaaaa_${secretOf(one)}`,
    `${one.secret} `,
    `${one.secret}=`,
    one.secret.toUpperCase(),
    one.secret.slice(0, -1),
    "x".repeat(100_000),
  ]) {
    assert.equal(why(access.tokens.check(forged)), "wrong", forged.slice(0, 80));
  }
  const kept = readFileSync(join(access.folder, "access.sqlite"), "latin1");
  for (const { secret } of [one, two]) assert.ok(!kept.includes(secret.slice(-43)));
});

test("what cannot be a token is refused, and what its use is written down as is within the hour", async (t) => {
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  const roles = ["read-only"] as const;
  for (const name of ["", "Records", "a b", "-a", "ä", "x".repeat(41), "a:b"]) {
    assert.throws(() => access.tokens.add({ name, roles, days: 1 }, by), { code: "name-refused" }, name);
  }
  for (const days of [0, 0.5, 3651, Number.NaN]) {
    assert.throws(() => access.tokens.add({ name: "a", roles, days }, by), { code: "days-refused" });
  }
  for (const given of [[], ["root"], ["clinician", "root"]] as never[]) {
    assert.throws(() => access.tokens.add({ name: "a", roles: given, days: 1 }, by), { code: "roles-refused" });
  }
  const { secret, token } = access.tokens.add({ name: "a", roles, days: 1 }, by);
  assert.equal(token.lastUsedAt, undefined);
  const first = clock.now();
  access.tokens.check(secret);
  clock.advance(59 * 60_000);
  access.tokens.check(secret);
  assert.deepEqual(access.tokens.find("a")?.lastUsedAt, first);
  clock.advance(60_000);
  access.tokens.check(secret);
  assert.deepEqual(access.tokens.find("a")?.lastUsedAt, clock.now());
});

test("a token is told of from 30 days before its end to 30 days after, unless it is revoked", async (t) => {
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  for (const name of ["a", "b"]) access.tokens.add({ name, roles: ["read-only"], days: 40 }, by);
  access.tokens.revoke("b", by);
  const told = (): string[] => {
    const names: string[] = [];
    using _telling = tellEnds(
      access.tokens,
      ({ name }) => names.push(name),
      () => clock.now(),
    );
    return names;
  };
  assert.deepEqual(told(), []);
  clock.advance(10 * day);
  assert.deepEqual(told(), ["a"]);
  clock.advance(60 * day);
  assert.deepEqual(told(), ["a"]);
  clock.advance(1);
  assert.deepEqual(told(), []);
  assert.equal(isToBeReplaced(access.tokens.find("a")!, clock.now()), false);
  // Of a database that cannot be read the audit tells.
  new DatabaseSync(join(access.folder, "access.sqlite")).exec("DROP TABLE token");
  assert.deepEqual(told(), []);
});

function why(presented: { good: boolean; why?: string }): string | undefined {
  return presented.why;
}
