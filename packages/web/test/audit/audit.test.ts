import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { auditKey } from "../../src/audit/audit-key.ts";
import { type Audit, type AuditEntry, openAccess } from "../../src/index.ts";
import { openAudit } from "../open-audit.ts";

const entry: AuditEntry = {
  actor: "u-1",
  session: "s-1",
  source: "127.0.0.1",
  act: "view",
  outcome: "done",
  subjects: ["task:1"],
};

function fill(audit: Audit, rows: number): void {
  for (let row = 1; row <= rows; row += 1) audit.record({ ...entry, subjects: [`task:${row}`, "task:900"] });
}

/** As somebody does who may write the file, and puts back the triggers that were in their way. */
function tamper(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, "access.sqlite"));
  const triggers = database.prepare("SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  database.exec("PRAGMA foreign_keys = OFF");
  database.exec(sql);
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  for (const { tbl_name: table, sql: made } of triggers) {
    if (isThere.get(String(table)) !== undefined) database.exec(String(made));
  }
  database.close();
}

test("what was recorded is found again, newest first, by who, what, which and when", async (t) => {
  const { audit } = await openAudit(t);
  fill(audit, 5);
  const other = audit.record({ ...entry, actor: "u-2", act: "download", subjects: ["task:3"] });
  const numbers = (query: Parameters<Audit["find"]>[0]): number[] =>
    audit.find(query).rows.map(({ sequence }) => sequence);
  assert.deepEqual(numbers({ limit: 10 }), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(numbers({ limit: 10, actor: "u-2" }), [6]);
  assert.deepEqual(numbers({ limit: 10, act: "download" }), [6]);
  assert.deepEqual(numbers({ limit: 10, subjects: ["task:3", "task:5"] }), [6, 5, 3]);
  assert.deepEqual(numbers({ limit: 10, before: 4 }), [3, 2, 1]);
  assert.deepEqual(numbers({ limit: 10, to: new Date(0) }), []);
  assert.deepEqual(audit.find({ limit: 2 }).more, true);
  assert.deepEqual(audit.find({ limit: 1 }).rows, [{ ...other, seal: audit.head()?.seal }]);
  assert.deepEqual(
    [...audit.read({ actor: "u-1", before: 3 })].map(({ sequence }) => sequence),
    [1, 2],
  );
  assert.deepEqual(audit.actors(), ["u-1", "u-2"]);
});

test("a row that was made unreadable is shown as that, and the others as they are", async (t) => {
  const { audit, folder } = await openAudit(t);
  fill(audit, 3);
  tamper(folder, "UPDATE audit SET subjects = '{' WHERE sequence = 2");
  const { rows } = audit.find({ limit: 10 });
  assert.deepEqual(
    rows.map(({ sequence, damaged, subjects }) => [sequence, damaged, subjects.length]),
    [
      [3, undefined, 2],
      [2, true, 0],
      [1, undefined, 2],
    ],
  );
});

test("an audit that nobody touched is whole, with the seal of its last row", async (t) => {
  const { audit } = await openAudit(t);
  assert.deepEqual(await audit.verify(), { rows: 0, problems: [] });
  fill(audit, 30);
  assert.deepEqual(await audit.verify(), { rows: 30, head: audit.head(), problems: [] });
});

test("a row is neither changed nor removed by a program that means no harm", async (t) => {
  const { audit, folder } = await openAudit(t);
  fill(audit, 2);
  const database = new DatabaseSync(join(folder, "access.sqlite"));
  t.after(() => database.close());
  assert.throws(() => database.exec("UPDATE audit SET actor = 'u-9'"), /the audit is not changed/);
  assert.throws(() => database.exec("DELETE FROM audit_subject"), /the audit is not removed/);
});

const madeAnew = "CREATE TABLE kept AS SELECT * FROM audit; DROP TABLE audit; ALTER TABLE kept RENAME TO audit;";

for (const [what, sql, problem] of [
  ["changed", "UPDATE audit SET actor = 'u-9' WHERE sequence = 3", /^Row 3 is not as it was written/],
  ["taken out", "DELETE FROM audit WHERE sequence = 3", /^Row 3 is missing\.$/],
  ["taken out at its beginning", "DELETE FROM audit WHERE sequence < 3", /^Rows 1 to 2 are missing\.$/],
  ["made unreadable", "UPDATE audit SET subjects = '[' WHERE sequence = 3", /^Row 3 is not as it was written/],
  [
    "found by what it is not about",
    "INSERT INTO audit_subject VALUES ('task:77', 3)",
    /^Some row is found by what it is not about\.$/,
  ],
  ["hidden from a search", "DELETE FROM audit_subject WHERE sequence = 3", /^Row 3 is not found by all/],
  [
    "moved to another time of the same moment",
    "UPDATE audit SET at = replace(replace(at, 'T', ' '), 'Z', '+00:00') WHERE sequence = 3",
    /^Row 3 is not as it was written/,
  ],
  [
    "about what is no text",
    `UPDATE audit SET subjects = '[{"no":1}, 7]' WHERE sequence = 3`,
    /^Row 3 is not as it was written/,
  ],
  ...[-1, 0, 2 ** 60].map(
    (number) =>
      [
        `put in under the number ${number}`,
        `INSERT INTO audit SELECT ${BigInt(number)}, at, actor, session, source, act, outcome, '[]', seal FROM audit WHERE sequence = 5`,
        /^Rows with numbers that no row can have were put in: 1\.$/,
      ] as const,
  ),
  [
    "put in",
    "INSERT INTO audit SELECT 6, at, actor, session, source, act, outcome, '[]', seal FROM audit WHERE sequence = 5",
    /^Row 6 is not as it was written/,
  ],
  [
    "put in beside another, in a table that was made anew",
    `${madeAnew} INSERT INTO audit SELECT * FROM audit WHERE sequence = 5`,
    /^Row 5 is there twice\.$/,
  ],
  [
    "put in under no number, in a table that was made anew",
    `${madeAnew} INSERT INTO audit SELECT NULL, at, actor, session, source, act, outcome, subjects, seal FROM audit WHERE sequence = 5`,
    /^The tables of the audit, or triggers in its database, are not as they were made\.$/,
  ],
  [
    "left without a seal, in a table that was made anew",
    `${madeAnew} UPDATE audit SET seal = NULL WHERE sequence = 5`,
    /^Row 5 is not as it was written/,
  ],
  [
    "kept out by a trigger",
    "CREATE TRIGGER quiet AFTER UPDATE ON session BEGIN DELETE FROM audit WHERE actor = 'u-1'; END",
    /^The tables of the audit, or triggers in its database, are not as they were made\.$/,
  ],
] as const) {
  test(`a row that was ${what} by whoever may write the database is found`, async (t) => {
    const { audit, folder } = await openAudit(t);
    fill(audit, 5);
    tamper(folder, sql);
    const { problems } = await audit.verify();
    assert.match(problems[0] ?? "", problem);
  });
}

test("an end that was cut off, or written anew, is found by the seals that the log has", async (t) => {
  const { audit, folder } = await openAudit(t);
  fill(audit, 5);
  const logged = audit.head();
  assert.ok(logged);
  tamper(folder, "DELETE FROM audit WHERE sequence > 3; DELETE FROM audit_subject WHERE sequence > 3");
  assert.deepEqual((await audit.verify()).problems, []);
  assert.match((await audit.verify([logged])).problems.join(), /the seal of row 5, and the audit ends at row 3/);
  using again = await openAccess({ folder });
  fill(again.audit, 2);
  assert.match((await audit.verify([logged])).problems.join(), /^Row 5 is not the one whose seal the log has/);
});

for (const [what, sql] of [
  ["taken out before the next", "DELETE FROM audit_subject WHERE sequence = 3; DELETE FROM audit WHERE sequence = 3"],
  ["written anew", "UPDATE audit SET actor = 'u-9', seal = zeroblob(32) WHERE sequence = 3"],
  [
    "never let in",
    "CREATE TRIGGER never BEFORE INSERT ON audit WHEN NEW.actor = 'u-1' BEGIN SELECT RAISE(IGNORE); END",
  ],
] as const) {
  test(`nothing is written behind a last row that was ${what}, and the log has its seal`, async (t) => {
    const { audit, folder } = await openAudit(t);
    fill(audit, 3);
    tamper(folder, sql);
    if (what === "never let in") audit.record({ ...entry, subjects: [] });
    const seal = audit.head();
    for (const actor of ["u-1", "u-2"]) {
      assert.throws(() => audit.record({ ...entry, actor }), { code: "audit-cut-off" });
      assert.throws(() => audit.recordWithin({ ...entry, actor }), { code: "audit-cut-off" });
    }
    assert.ok(seal);
    assert.match(
      (await audit.verify([seal])).problems.join(),
      /its end is gone|Row 3 is not the one whose seal the log has/,
    );
    using again = await openAccess({ folder });
    assert.equal(again.audit.record({ ...entry, actor: "u-2" }).actor, "u-2", "after a start it goes on");
  });
}

test("what was rolled back, or another process wrote, is not taken for a row that is gone", async (t) => {
  const { audit, users, folder } = await openAudit(t);
  using beside = await openAccess({ folder });
  fill(audit, 2);
  assert.throws(() => audit.record({ ...entry, act: null as unknown as "view" }));
  const added = { signInName: "amina", name: "Amina", roles: ["auditor"] as const };
  await users.add(added, entry);
  await assert.rejects(users.add(added, entry), { code: "taken" });
  fill(beside.audit, 2);
  fill(audit, 1);
  assert.deepEqual((await audit.verify()).problems, []);
  assert.equal(audit.head()?.sequence, 6);
});

for (const [what, sql] of [
  ["is gone", "DROP TABLE audit_subject"],
  ["is another", "ALTER TABLE audit RENAME TO kept; CREATE VIEW audit AS SELECT * FROM kept"],
  ["lacks a column", "ALTER TABLE audit DROP COLUMN source"],
] as const) {
  test(`a database of which a table ${what} is refused, by its name`, async (t) => {
    const { folder } = await openAudit(t);
    tamper(folder, sql);
    await assert.rejects(openAccess({ folder }), { code: "damaged", path: join(folder, "access.sqlite") });
  });
}

test("what names a person is not taken for a subject", async (t) => {
  const { audit } = await openAudit(t);
  for (const subject of ["Noah", "task:Noah NG", "task:", "TASK:1", `task:${"1".repeat(81)}`]) {
    assert.throws(() => audit.record({ ...entry, subjects: [subject] }), /^TypeError: A subject that is no id\.$/);
  }
  assert.equal(audit.head(), undefined);
});

test("two processes' worth of connections write one chain", async (t) => {
  const { audit, folder } = await openAudit(t);
  using beside = await openAccess({ folder });
  for (let turn = 0; turn < 10; turn += 1) {
    audit.record(entry);
    beside.audit.record({ ...entry, source: "command" });
  }
  assert.deepEqual(await audit.verify(), { rows: 20, head: beside.audit.head(), problems: [] });
});

test("the database and the secret are their owner's alone, and neither is made anew without the other", async (t) => {
  const folder = await temporaryFolder(t);
  (await openAccess({ folder }))[Symbol.dispose]();
  const [database, key] = [join(folder, "access.sqlite"), join(folder, "audit.key")];
  for (const file of [database, key]) assert.equal(statSync(file).mode % 0o1000, 0o600);
  {
    using access = await openAccess({ folder });
    access.audit.record(entry);
  }
  const secret = await import("node:fs").then(({ readFileSync }) => readFileSync(key));
  rmSync(key);
  await assert.rejects(openAccess({ folder }), { code: "damaged", path: key });
  writeFileSync(key, "5".repeat(64), { mode: 0o600 });
  await assert.rejects(openAccess({ folder }), {
    code: "damaged",
    message: /not the one under which .* was written: put back a copy of it/,
  });
  writeFileSync(key, secret, { mode: 0o600 });
  (await openAccess({ folder }))[Symbol.dispose]();
  rmSync(database);
  await assert.rejects(openAccess({ folder }), { code: "damaged", path: database });
  writeFileSync(key, "12", { mode: 0o600 });
  rmSync(key);
  (await openAccess({ folder }))[Symbol.dispose]();
});

test("the secret of an audit is whole or not there while it is made, by one process or two, and nothing else is left", async (t) => {
  const folder = await temporaryFolder(t);
  for (let time = 0; time < 20; time += 1) {
    const file = join(folder, `${time}.key`);
    const state = { isMade: false };
    const making = Promise.all([auditKey(file), auditKey(file)]).finally(() => (state.isMade = true));
    while (!state.isMade) {
      const there = existsSync(file) ? readFileSync(file, "utf8") : undefined;
      assert.ok(there === undefined || there.length === 65, "half a secret");
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [one, other] = await making;
    assert.deepEqual(one, other);
  }
  assert.equal(readdirSync(folder).length, 20);
});
