import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { codeOf, stepAt } from "../../../src/access/users/one-time-code.ts";
import { openUsers } from "./open-users.ts";
import { by } from "./users-in-folder.ts";

/** What an authenticator makes of what it was given. */
function authenticator(uri: string): (time: Date) => string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = Array.from(new URL(uri).searchParams.get("secret") ?? "", (letter) =>
    letters.indexOf(letter).toString(2).padStart(5, "0"),
  ).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  return (time) => codeOf(secret, stepAt(time));
}

test("a second factor holds from when it is confirmed, and each code is taken once", async (t) => {
  let time = new Date("2026-11-29T20:00:00Z");
  const later = (seconds: number): Date => (time = new Date(time.getTime() + seconds * 1000));
  const { users, rows } = await openUsers(t, { now: () => time, organisation: "Lantern Row Surgery" });
  const { id } = await users.add({ signInName: "amina", name: "Amina", roles: ["clinician"] }, by);
  assert.equal(users.checkSecondFactor(id, "000000"), false);
  assert.equal(users.confirmSecondFactor(id, "000000", by), false);

  const { uri, secret } = users.beginSecondFactor(id);
  assert.equal(new URL(uri).searchParams.get("secret"), secret);
  assert.match(uri, /^otpauth:\/\/totp\/Lantern%20Row%20Surgery:amina\?/);
  const code = authenticator(uri);
  const wrong = (at: Date): string => String((Number(code(at)) + 500_000) % 1_000_000).padStart(6, "0");
  assert.equal(users.confirmSecondFactor(id, wrong(time), by), false);
  assert.equal(users.find(id)?.hasSecondFactor, false);
  assert.equal(users.checkSecondFactor(id, code(time)), false);
  assert.equal(users.confirmSecondFactor(id, code(time), by), true);
  assert.equal(users.find(id)?.hasSecondFactor, true);

  // What confirmed it does not sign in.
  assert.equal(users.checkSecondFactor(id, code(time)), false);
  later(30);
  const before = code(time);
  later(30);
  const next = code(new Date(time.getTime() + 30_000));
  assert.equal(users.checkSecondFactor(id, wrong(time)), false);
  assert.equal(users.checkSecondFactor(id, next), true);
  // Nor what was shown before one that was taken.
  for (const used of [next, code(time), before]) assert.equal(users.checkSecondFactor(id, used), false);
  later(60);
  users.change(id, { disabled: true }, by);
  assert.equal(users.checkSecondFactor(id, code(time)), false);
  users.change(id, { disabled: false }, by);
  assert.equal(users.checkSecondFactor(id, code(time)), true);

  // Another takes its place only when it is confirmed, and not after a quarter of an hour.
  const another = authenticator(users.beginSecondFactor(id).uri);
  later(15 * 60 + 1);
  assert.equal(users.confirmSecondFactor(id, another(time), by), false);
  assert.equal(users.checkSecondFactor(id, code(time)), true);
  users.removeSecondFactor(id, by);
  users.removeSecondFactor(id, by);
  later(30);
  assert.equal(users.find(id)?.hasSecondFactor, false);
  assert.equal(users.checkSecondFactor(id, code(time)), false);
  assert.equal(users.confirmSecondFactor(id, another(time), by), false);
  assert.deepEqual(
    rows().filter((row) => row.startsWith("second-factor")),
    ["second-factor done this-computer command state:on", "second-factor done this-computer command state:off"],
  );
});

test("a second factor that is copied to another user, or changed, is none", async (t) => {
  const { users, folder } = await openUsers(t);
  const own = await users.add({ signInName: "amina", name: "Amina", roles: ["clinician"] }, by);
  const other = await users.add({ signInName: "abel", name: "Abel", roles: ["clinician"] }, by);
  const code = authenticator(users.beginSecondFactor(own.id).uri);
  assert.equal(users.confirmSecondFactor(own.id, code(new Date()), by), true);
  const database = new DatabaseSync(join(folder, "access.sqlite"));
  t.after(() => database.close());
  database.exec("UPDATE user SET second_factor = (SELECT second_factor FROM user WHERE second_factor IS NOT NULL)");
  assert.throws(() => users.checkSecondFactor(other.id, code(new Date())), /unable to authenticate/);
  database.exec(
    "UPDATE user SET second_factor = CAST(substr(second_factor, 1, 40) || x'00000000000000000000' AS BLOB)",
  );
  assert.throws(() => users.checkSecondFactor(own.id, code(new Date())), /unable to authenticate/);
  users.removeSecondFactor(own.id, by);
  assert.equal(users.checkSecondFactor(own.id, code(new Date())), false);
});
