import assert from "node:assert/strict";
import { test } from "node:test";
import { type UserChanges, UsersError } from "../../../src/index.ts";
import { openUsers } from "./open-users.ts";
import { by, phrase } from "./users-in-folder.ts";

const amina = { signInName: "Amina.Patel", name: "Amina Patel", roles: ["administrator", "clinician"] } as const;

test("who is added is found by id, by sign-in name whatever its capitals, and by who they are to an issuer", async (t) => {
  const { users, rows } = await openUsers(t);
  const openId = { issuer: "https://issuer.example", subject: "42" };
  const added = await users.add({ ...amina, roles: ["clinician", "administrator", "clinician"], openId }, by);
  const { id, ...said } = added;
  assert.match(id, /^u-[a-z2-7]{12}$/);
  assert.deepEqual(said, {
    signInName: "amina.patel",
    name: "Amina Patel",
    roles: ["administrator", "clinician"],
    disabled: false,
    openId,
    hasPassword: false,
    hasSecondFactor: false,
  });
  for (const found of [
    users.find(id),
    users.findByName(" AMINA.patel "),
    users.findByName("ａmina.patel"),
    users.findByOpenId(openId.issuer, openId.subject),
  ]) {
    assert.deepEqual(found, added);
  }
  for (const nobody of [users.find("u-1"), users.findByName("amina"), users.findByOpenId(openId.issuer, "43")]) {
    assert.equal(nobody, undefined);
  }
  await users.add({ signInName: "abel", name: "Abel", roles: ["auditor"], password: phrase }, by);
  assert.deepEqual(
    users.list().map(({ signInName, hasPassword }) => [signInName, hasPassword]),
    [
      ["abel", true],
      ["amina.patel", false],
    ],
  );
  assert.deepEqual(rows(), [
    "add-user done this-computer command role:administrator role:clinician",
    "add-user done this-computer command role:auditor",
  ]);
});

test("every change has its row, what changes nothing has none, and who is disabled or given a password is signed out", async (t) => {
  const ended: string[] = [];
  const { users, rows, audit } = await openUsers(t, { endSessions: (id) => void ended.push(id) });
  await users.add({ ...amina, signInName: "root" }, by);
  const { id } = await users.add(amina, by);
  const session = { actor: "u-7", source: "10.0.0.1", session: "abc" };
  assert.deepEqual(users.change(id, { roles: ["read-only"], name: "A. Patel" }, session), users.find(id));
  for (const same of [
    {},
    { name: " A. Patel " },
    { roles: ["read-only"] },
    { disabled: false },
  ] satisfies UserChanges[]) {
    users.change(id, same, by);
  }
  assert.deepEqual(ended, []);
  users.change(id, { disabled: true }, by);
  users.change(id, { disabled: false }, by);
  assert.deepEqual(ended, [id]);
  await users.setPassword(id, phrase, session);
  assert.deepEqual(ended, [id, id]);
  users.change(id, { openId: { issuer: "https://issuer.example", subject: "1" } }, by);
  users.change(id, { openId: { subject: "1", issuer: "https://issuer.example" } }, by);
  assert.deepEqual(rows().slice(2), [
    "change-user done u-7 10.0.0.1 role:read-only state:enabled",
    "change-user done this-computer command role:read-only state:disabled",
    "change-user done this-computer command role:read-only state:enabled",
    "change-password done u-7 10.0.0.1",
    "change-user done this-computer command role:read-only state:enabled",
  ]);
  const [last] = audit.find({ limit: 1 }).rows;
  assert.equal(last?.subjects[0], `user:${id}`);
  assert.equal(audit.find({ limit: 10, act: "change-password" }).rows[0]?.session, "abc");
});

test("an issuer is the same however its address is written, and may take away every role that it gave", async (t) => {
  const { users, rows } = await openUsers(t);
  const openId = { issuer: "https://Issuer.example:443/realms/health/", subject: "42" };
  const { id } = await users.add({ ...amina, roles: ["clinician"], openId }, by);
  const issuer = "https://issuer.example/realms/health";
  assert.deepEqual(users.findByOpenId(openId.issuer, "42")?.openId, { issuer, subject: "42" });
  assert.equal(users.findByOpenId(issuer, "42")?.id, id);
  assert.equal(users.findByOpenId("https://issuer.example", "42"), undefined);
  users.change(id, { openId }, by);
  assert.equal(rows().length, 1);
  assert.deepEqual(users.change(id, { roles: [] }, by).roles, []);
  assert.deepEqual(users.find(id)?.roles, []);
  assert.equal(rows().at(-1), "change-user done this-computer command state:enabled");
});

test("the last administrator who may come in can neither be disabled nor lose the role", async (t) => {
  const { users, rows } = await openUsers(t);
  const { id } = await users.add(amina, by);
  const other = await users.add({ ...amina, signInName: "other" }, by);
  users.change(other.id, { disabled: true }, by);
  const before = rows();
  for (const changes of [{ disabled: true }, { roles: ["clinician"] }] satisfies UserChanges[]) {
    assert.throws(() => users.change(id, changes, by), {
      code: "last-administrator",
      message: "amina.patel is the last administrator: make somebody else one first.",
    });
  }
  assert.deepEqual([users.find(id)?.disabled, users.find(id)?.roles, rows()], [false, amina.roles, before]);
  users.change(other.id, { disabled: false }, by);
  users.change(id, { roles: ["clinician"] }, by);
  assert.throws(() => users.change(other.id, { disabled: true }, by), { code: "last-administrator" });
});

test("what cannot be a user is refused in words, and leaves neither user nor row", async (t) => {
  const { users, rows } = await openUsers(t, { organisation: "Lantern Row Surgery" });
  const openId = { issuer: "https://issuer.example", subject: "42" };
  const { id } = await users.add({ ...amina, openId }, by);
  const before = rows();
  const added = { ...amina, signInName: "other" };
  for (const [refused, code, message] of [
    [users.add({ ...amina, signInName: "AMINA.PATEL" }, by), "taken", "There is a user amina.patel already."],
    [
      users.add({ ...added, openId }, by),
      "taken",
      "This identity of the sign-in service is that of amina.patel already.",
    ],
    [
      users.add({ ...added, signInName: "two words" }, by),
      "sign-in-name-refused",
      /^A sign-in name is 1 to 64 letters/,
    ],
    [users.add({ ...added, signInName: "-a" }, by), "sign-in-name-refused", /begins with a letter or a digit\.$/],
    [users.add({ ...added, signInName: "a".repeat(65) }, by), "sign-in-name-refused", /^A sign-in name/],
    [users.add({ ...added, name: " " }, by), "name-refused", "A name is 1 to 100 characters, on one line."],
    [users.add({ ...added, name: "a\u202Eb" }, by), "name-refused", "A name is 1 to 100 characters, on one line."],
    [
      users.add({ ...added, roles: [] }, by),
      "roles-refused",
      /^A user has one role at least, of these: administrator, /,
    ],
    [users.add({ ...added, roles: ["chief" as "auditor"] }, by), "roles-refused", /^A user has one role at least/],
    [users.add({ ...added, password: "too short" }, by), "password-refused", /^The password is too short/],
    [users.add({ ...added, password: "lantern row surgery" }, by), "password-refused", /^The password is little more/],
    [users.setPassword(id, "amina.patel.1", by), "password-refused", /^The password is little more/],
    [users.setPassword("u-nobody", phrase, by), "no-such-user", "There is no such user."],
  ] as const) {
    await assert.rejects(refused, { code, message });
  }
  for (const act of [
    () => users.change("u-nobody", {}, by),
    () => users.beginSecondFactor("u-nobody"),
    () => users.confirmSecondFactor("u-nobody", "123456", by),
    () => users.checkSecondFactor("u-nobody", "123456"),
    () => users.removeSecondFactor("u-nobody", by),
  ]) {
    assert.throws(act, (error) => error instanceof UsersError && error.code === "no-such-user");
  }
  assert.deepEqual([users.list().length, rows()], [1, before]);
});

test("where the row cannot be written, nothing is changed, and nobody is signed out", async (t) => {
  let isFull = false;
  const { users, rows } = await openUsers(t, {
    record(row) {
      if (isFull) throw new Error("there is no room");
      return row();
    },
  });
  const { id } = await users.add({ ...amina, password: phrase }, by);
  const before = [users.list(), rows()];
  isFull = true;
  await assert.rejects(users.add({ ...amina, signInName: "other" }, by), /there is no room/);
  await assert.rejects(users.setPassword(id, "purple donkey dishwasher", by), /there is no room/);
  assert.throws(() => users.change(id, { name: "A" }, by), /there is no room/);
  assert.deepEqual([users.list(), rows()], before);
  assert.equal((await users.checkPassword("amina.patel", phrase))?.id, id);
});
