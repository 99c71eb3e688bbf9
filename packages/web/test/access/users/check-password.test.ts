import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import { createPasswords, type Derivation, type Derive } from "../../../src/access/users/passwords.ts";
import { openAccess } from "../../../src/index.ts";
import { openUsers } from "./open-users.ts";
import { by, cheap, phrase } from "./users-in-folder.ts";

const secret = Buffer.alloc(32, 1);

function counted(): { derive: Derive; done: Derivation[] } {
  const done: Derivation[] = [];
  return { done, derive: async (derivation) => (done.push(derivation), cheap(derivation)) };
}

test("a password is checked with the same work whether there is such a user, with a password, disabled, or not", async (t) => {
  const { derive, done } = counted();
  const { users } = await openUsers(t, { derive });
  const amina = await users.add({ signInName: "amina", name: "Amina", roles: ["clinician"], password: phrase }, by);
  const gone = await users.add({ signInName: "gone", name: "Gone", roles: ["clinician"], password: phrase }, by);
  users.change(gone.id, { disabled: true }, by);
  await users.add({ signInName: "cis2", name: "By OpenID", roles: ["clinician"] }, by);
  const works: unknown[] = [];
  for (const [signInName, password, isIn] of [
    ["AMINA", phrase, true],
    ["amina", "another phrase than that", false],
    ["amina", "short", false],
    ["amina", "", false],
    ["amina", "long".repeat(100), false],
    ["gone", phrase, false],
    ["cis2", phrase, false],
    ["nobody", phrase, false],
    ["no name at all", phrase, false],
    ["", "", false],
  ] as const) {
    done.length = 0;
    const found = await users.checkPassword(signInName, password);
    assert.equal(found?.id, isIn ? amina.id : undefined, signInName);
    works.push(done.map(({ memory, passes, parallelism, salt }) => [memory, passes, parallelism, salt.length]));
  }
  assert.deepEqual(
    works,
    Array.from(works, () => [[19_456, 2, 1, 16]]),
  );
});

test("who is disabled, or given another password, while theirs is checked does not come in", async (t) => {
  let meanwhile = async (): Promise<void> => undefined;
  const { users } = await openUsers(t, {
    async derive(derivation) {
      const act = meanwhile;
      meanwhile = async () => undefined;
      await act();
      return cheap(derivation);
    },
  });
  const { id } = await users.add({ signInName: "amina", name: "Amina", roles: ["clinician"], password: phrase }, by);
  meanwhile = async () => void users.change(id, { disabled: true }, by);
  assert.equal(await users.checkPassword("amina", phrase), undefined);
  users.change(id, { disabled: false }, by);
  meanwhile = async () => void (await users.setPassword(id, "purple donkey dishwasher", by));
  assert.equal(await users.checkPassword("amina", phrase), undefined);
  assert.equal((await users.checkPassword("amina", "purple donkey dishwasher"))?.id, id);
});

test("a password is stored as argon2id makes it, with its cost and a salt of its own, and is of no use under another secret", async () => {
  const passwords = createPasswords(secret);
  const [one, other] = [await passwords.toStore(phrase), await passwords.toStore(phrase)];
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(one.split("$")[4], other.split("$")[4]);
  assert.deepEqual(await passwords.check(phrase, one), { isRight: true });
  assert.deepEqual(await passwords.check("three blind dormicE", one), { isRight: false });
  assert.deepEqual(await createPasswords(Buffer.alloc(32, 2)).check(phrase, one), { isRight: false });
  for (const typed of ["", phrase]) assert.deepEqual(await passwords.check(typed, undefined), { isRight: false });
  await assert.rejects(passwords.check(phrase, "$argon2i$v=19$m=1"), TypeError);
});

test("a password that was stored at a lower cost is stored anew when it is right, and only then", async (t) => {
  const { users, folder, rows } = await openUsers(t);
  const { id } = await users.add({ signInName: "amina", name: "Amina", roles: ["clinician"], password: phrase }, by);
  const before = rows();
  const key = Buffer.alloc(32, 7);
  const database = new DatabaseSync(join(folder, "access.sqlite"));
  t.after(() => database.close());
  const stored = (): string => String(database.prepare("SELECT password FROM user WHERE id = ?").get(id)?.["password"]);
  const { derivedKey } = await import("../../../src/access/users/derived-key.ts");
  const lower = createPasswords(derivedKey(key, "passwords"), cheap, { memory: 8192, passes: 1, parallelism: 1 });
  const old = await lower.toStore(phrase);
  database.prepare("UPDATE user SET password = ? WHERE id = ?").run(old, id);
  assert.equal(await users.checkPassword("amina", "another phrase"), undefined);
  assert.equal(stored(), old);
  assert.equal((await users.checkPassword("amina", phrase))?.id, id);
  assert.match(stored(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal((await users.checkPassword("amina", phrase))?.id, id);
  assert.deepEqual(rows(), before);
});

test("two passwords are checked at once, twenty wait, and who comes then is told to come again", async () => {
  let atOnce = 0;
  let most = 0;
  const holding: (() => void)[] = [];
  const passwords = createPasswords(secret, async (derivation) => {
    most = Math.max(most, (atOnce += 1));
    await new Promise<void>((resolve) => holding.push(resolve));
    atOnce -= 1;
    return cheap(derivation);
  });
  const checks = Array.from({ length: 22 }, async () => passwords.check(phrase, undefined));
  await waitFor(() => holding.length === 2);
  await assert.rejects(passwords.check(phrase, undefined), {
    code: "busy",
    retry: "safe",
    message: "Many people are signing in at this moment. Try again in a minute.",
  });
  let over = 0;
  for (const check of checks) void check.then(() => (over += 1));
  await waitFor(() => {
    holding.shift()?.();
    return over === checks.length;
  });
  assert.equal(most, 2);
  const last = passwords.check(phrase, undefined);
  await waitFor(() => holding.length === 1);
  holding.shift()?.();
  assert.deepEqual(await last, { isRight: false });
});

test("neither a password nor a second factor's secret is in the database, its journal or the audit", async (t) => {
  const { temporaryFolder } = await import("@restante/testbed");
  const { readFileSync, readdirSync } = await import("node:fs");
  const folder = await temporaryFolder(t);
  using access = await openAccess({ folder, organisation: "Lantern Row Surgery" });
  const { id } = await access.users.add(
    { signInName: "amina", name: "Amina", roles: ["clinician"], password: phrase },
    by,
  );
  const { secret: typed } = access.users.beginSecondFactor(id);
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    for (const hidden of [phrase, typed]) assert.equal(bytes.includes(hidden), false, name);
  }
});
