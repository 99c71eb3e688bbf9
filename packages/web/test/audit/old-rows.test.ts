import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { type Access, type AuditHead, openAccess } from "../../src/index.ts";
import { auditTables } from "../../src/audit/schema.ts";
import { fillAudit } from "./fill-audit.ts";

const DAY = 24 * 3_600_000;
const start = Date.parse("2026-03-02T11:00:00Z");

interface Here extends Access {
  folder: string;
  /** So many rows, one a day. */
  write(days: number): void;
  /** Rows that are older than so many days go. */
  remove(days: number): ReturnType<Access["audit"]["removeBefore"]>;
  at: { now: number };
}

async function open(t: TestContext): Promise<Here> {
  const folder = await temporaryFolder(t);
  const at = { now: start };
  const access = await openAccess({ folder, now: () => new Date(at.now) });
  t.after(() => access[Symbol.dispose]());
  return Object.assign(access, {
    folder,
    at,
    write(days: number) {
      for (let day = 0; day < days; day += 1) {
        access.audit.record({
          actor: `u-${day}`,
          source: "127.0.0.1",
          act: "view",
          outcome: "done",
          subjects: [`task:${day}`, "task:900"],
        });
        at.now += DAY;
      }
    },
    remove: (days: number) => access.audit.removeBefore(new Date(at.now - days * DAY), days),
  });
}

const sequences = ({ audit }: Access): number[] => [...audit.read({})].map(({ sequence }) => sequence);

function tamper(folder: string, ...statements: string[]): void {
  const database = new DatabaseSync(join(folder, "access.sqlite"));
  const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  database.exec("PRAGMA foreign_keys = OFF");
  for (const statement of statements) database.exec(statement);
  for (const { sql } of triggers) database.exec(String(sql));
  database.close();
}

test("rows go from the old end alone, a row says so, and the audit is whole", async (t) => {
  const here = await open(t);
  here.write(50);
  const seal = here.audit.find({ limit: 100 }).rows.find(({ sequence }) => sequence === 10)?.seal;
  assert.deepEqual(here.remove(40), { rows: 10, upTo: 10, more: false });
  assert.equal(here.remove(40), undefined, "once");
  assert.deepEqual(sequences(here).slice(0, 2), [11, 12]);
  const [mark] = here.audit.find({ limit: 1 }).rows;
  assert.deepEqual(
    [mark?.sequence, mark?.actor, mark?.act, mark?.outcome, mark?.subjects],
    [51, "retention", "remove-rows", "done", ["up-to:10", `seal:${seal}`, "days:40"]],
  );
  const { problems, rows, removed } = await here.audit.verify([
    { sequence: 4, seal: "00" },
    { sequence: 10, seal: seal ?? "" },
  ]);
  assert.deepEqual([problems, rows, removed?.upTo, removed?.days, removed?.mark], [[], 41, 10, 40, 51]);
  assert.deepEqual(here.audit.kept().rows, 41);
  assert.deepEqual(here.audit.find({ limit: 100, subjects: ["task:3"] }).rows, []);

  here.write(60);
  assert.deepEqual(here.remove(40), { rows: 61, upTo: 71, more: false }, "the earlier mark goes too");
  assert.deepEqual((await here.audit.verify()).problems, []);
  here[Symbol.dispose]();
  assert.doesNotMatch(readFileSync(join(here.folder, "access.sqlite"), "latin1"), /u-9task:9/);
});

test("who has the database and not the secret can let no row go that no mark names", async (t) => {
  const attacks: Readonly<Record<string, string[]>> = {
    "more than the mark names": [
      "DELETE FROM audit_subject WHERE sequence = 11",
      "DELETE FROM audit WHERE sequence = 11",
    ],
    "a mark that names more": [
      `UPDATE audit SET subjects = replace(subjects, 'up-to:10', 'up-to:11') WHERE sequence = 51`,
      "DELETE FROM audit_subject WHERE sequence = 11",
      "DELETE FROM audit WHERE sequence = 11",
    ],
    "a mark of their own": [
      `INSERT INTO audit SELECT 52, at, 'retention', NULL, 'system', 'remove-rows', 'done',
         json_array('up-to:20', 'seal:' || lower(hex((SELECT seal FROM audit WHERE sequence = 20))), 'days:40'), zeroblob(32)
       FROM audit WHERE sequence = 51`,
      "DELETE FROM audit_subject WHERE sequence <= 20",
      "DELETE FROM audit WHERE sequence <= 20",
    ],
    "the mark": ["DELETE FROM audit_subject WHERE sequence = 51", "DELETE FROM audit WHERE sequence = 51"],
    "a row in the middle": ["DELETE FROM audit_subject WHERE sequence = 30", "DELETE FROM audit WHERE sequence = 30"],
  };
  for (const [name, statements] of Object.entries(attacks)) {
    const here = await open(t);
    here.write(50);
    here.remove(40);
    tamper(here.folder, ...statements);
    assert.notDeepEqual((await here.audit.verify()).problems, [], name);
  }
});

test("the tables let a row go only as it is written down", async (t) => {
  const here = await open(t);
  here.write(50);
  const database = new DatabaseSync(join(here.folder, "access.sqlite"));
  t.after(() => database.close());
  const refused = (sql: string): void => assert.throws(() => database.exec(sql), /the audit is not (removed|changed)/);
  refused("DELETE FROM audit WHERE sequence = 1");
  here.remove(40);
  refused("DELETE FROM audit_subject WHERE sequence = 11");
  refused("DELETE FROM audit WHERE sequence = 51");
  refused("UPDATE audit SET at = at WHERE sequence = 11");
});

test("an old row that somebody changed stays, with all behind it, to be seen", async (t) => {
  const here = await open(t);
  here.write(50);
  tamper(here.folder, "UPDATE audit SET actor = 'nobody' WHERE sequence = 5");
  assert.throws(() => here.remove(40), { code: "audit-changed" });
  assert.equal(sequences(here).length, 50);
});

test("a log that has another seal of the last row that went is told", async (t) => {
  const here = await open(t);
  here.write(50);
  here.remove(40);
  const heads: AuditHead[] = [{ sequence: 10, seal: "ab".repeat(32) }];
  assert.match((await here.audit.verify(heads)).problems.join(), /Row 10, which was removed, was not the one/);
});

test("rows of a clock that had not been set go with what came after them, and not before", async (t) => {
  const here = await open(t);
  here.at.now = 0;
  here.write(3);
  here.at.now = start;
  assert.equal(here.remove(40), undefined);
  here.write(50);
  assert.deepEqual(here.remove(40), { rows: 13, upTo: 13, more: false });
});

test("many go a part at a time", async (t) => {
  const here = await open(t);
  const entry = { actor: "u", source: "s", act: "view", outcome: "done", subjects: [] } as const;
  await fillAudit(
    here.folder,
    Array.from({ length: 5003 }, () => entry),
  );
  here.at.now = Date.now() + 50 * DAY;
  here.at.now += 50 * DAY;
  assert.deepEqual(here.remove(40), { rows: 5000, upTo: 5000, more: true });
  assert.deepEqual(here.remove(40), { rows: 3, upTo: 5003, more: false });
  assert.deepEqual((await here.audit.verify()).problems, []);
  assert.deepEqual(sequences(here), [5004, 5005]);
});

test("rows that were written before any could go are whole after the upgrade, and go like those since", async (t) => {
  const here = await open(t);
  here.write(20);
  here[Symbol.dispose]();
  {
    using database = new DatabaseSync(join(here.folder, "access.sqlite"));
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    const before = auditTables.slice(auditTables.indexOf("CREATE TRIGGER audit_is_not_changed"));
    const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'");
    for (const { name } of triggers.all()) database.exec(`DROP TRIGGER ${String(name)}`);
    database.exec(
      `DROP INDEX audit_subject_sequence; DROP TABLE token; ${before} PRAGMA user_version = ${version - 2}`,
    );
    assert.throws(() => database.exec("DELETE FROM audit_subject"), /the audit is not removed/);
  }
  using access = await openAccess({ folder: here.folder, now: () => new Date(here.at.now) });
  assert.equal(sequences(access).length, 20);
  assert.deepEqual((await access.audit.verify()).problems, []);
  const upTo = access.audit.removeBefore(new Date(here.at.now - 10 * DAY), 10)?.upTo ?? 0;
  assert.ok(upTo >= 9, String(upTo));
  assert.equal(sequences(access)[0], upTo + 1);
  assert.deepEqual((await access.audit.verify()).problems, []);
});
