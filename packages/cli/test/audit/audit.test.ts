import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { appendFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { parseOdsCode } from "@restante/mesh";
import { type AuditRow, openAccess, tellHeads } from "@restante/web";
import { openLog } from "../../src/log.ts";
import { fillAudit } from "../../../web/test/audit/fill-audit.ts";
import { partsFolder } from "../config/parts-folder.ts";
import { atEnd } from "../support/at-end.ts";
import { runCommand } from "../support/processes.ts";
import { typed, type Typed } from "../support/typed.ts";

interface Audited {
  readonly folder: string;
  /** Of its log, which has the seals of all that was written by `write`. */
  readonly log: string;
  readonly write: (rows: number, actor?: string) => Promise<void>;
  readonly type: (...words: string[]) => Promise<Typed>;
  readonly tamper: (sql: string) => void;
}

const odsCode = parseOdsCode("Y99001");

/** The folder of a practice's settings, with an audit in its data folder. */
async function audited(t: TestContext): Promise<Audited> {
  const home = await partsFolder(t);
  const folder = join(home, "practice-data");
  const log = join(home, "restante-practice.log");
  const config = join(home, "practice.yaml");
  return {
    folder,
    log,
    async write(rows, actor = "u-1") {
      using written = openLog(log);
      using access = await openAccess({ folder });
      using _ = tellHeads(access.audit, (head) => {
        assert.ok(!("code" in head));
        written.record({ event: "audit-head", odsCode, ...head });
      });
      const entry = { actor, session: "0123456789ab", source: "127.0.0.1", act: "list", outcome: "done" } as const;
      for (let row = 1; row <= rows; row += 1) {
        access.audit.record({ ...entry, subjects: [`task:${row}`, "report:R-1"] });
      }
    },
    type: async (...words) => typed(["audit", ...words, "--config", config]),
    tamper(sql) {
      const database = new DatabaseSync(join(folder, "access.sqlite"));
      const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
      for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
      database.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
      for (const { sql: made } of triggers) database.exec(String(made));
      database.close();
    },
  };
}

test("'restante audit verify' says that an audit is whole, with its last seal, and by the log that its end is there", async (t) => {
  const { write, type, log } = await audited(t);
  await write(20);
  const alone = await type("verify");
  assert.match(
    alone.printed,
    /^20 rows, up to row 20 with the seal [0-9a-f]{64}\.\nEvery row is as it was written\. Whether/,
  );
  assert.equal(alone.status, 0);
  const held = await type("verify", "--log", log);
  assert.match(held.printed, /and the audit has every one of 2 seals in the log, up to that of row 20\.\n$/);
  assert.equal(held.status, 0);
});

test("'restante audit verify' names the row that was changed, and ends with 1", async (t) => {
  const { write, type, tamper } = await audited(t);
  await write(20);
  tamper("UPDATE audit SET actor = 'u-2' WHERE sequence = 7");
  const { status, printed } = await type("verify");
  assert.equal(status, 1);
  assert.match(
    printed,
    /^! Row 7 is not as it was written, or the row before it is not\.\n20 rows.*\nThe audit is not as it was/,
  );
});

test("an end that was cut off is found by the log, also where it was written anew or a new audit was begun", async (t) => {
  const { folder, write, type, tamper, log } = await audited(t);
  await write(20);
  tamper("DELETE FROM audit WHERE sequence > 15; DELETE FROM audit_subject WHERE sequence > 15");
  assert.equal((await type("verify")).status, 0);
  const cut = await type("verify", "--log", log);
  assert.equal(cut.status, 1);
  assert.match(cut.printed, /^! The log has the seal of row 20, and the audit ends at row 15: its end is gone\.\n/);
  await write(5, "u-2");
  const anew = await type("verify", "--log", log);
  assert.equal(anew.status, 1);
  assert.match(anew.printed, /^! The log has two seals of row 20: it was written anew\.\n/);
  for (const name of ["access.sqlite", "audit.key"]) await rm(join(folder, name));
  await write(0);
  assert.match((await type("verify", "--log", log)).printed, /^! The log has two seals of row 20/);
});

test("a log that shows nothing of this audit does not pass for one that bears it out", async (t) => {
  const { write, type, log, folder } = await audited(t);
  await write(2);
  const other = join(folder, "other.log");
  await writeFile(other, '{"event":"audit-head","odsCode":"Y99002","sequence":9,"seal":"00"}\n{"event":"audit-head"\n');
  const { status, printed } = await type("verify", "--log", other);
  assert.equal(status, 1);
  assert.match(printed, /^! No named log has a seal of the audit of Y99001: its end may be gone\.\n/);
  await appendFile(log, '{"event":"audit-head","odsCode":"Y990');
  assert.equal((await type("verify", "--log", other, "--log", log)).status, 0);
  const missing = await type("verify", "--log", join(folder, "none.log"));
  assert.deepEqual([missing.status, missing.printed], [1, ""]);
  assert.match(missing.complained, /none\.log: there is no such file\n$/);
});

test("looking at an audit begins none, and needs no secret but the audit's own", async (t) => {
  const { folder, write, type } = await audited(t);
  for (const verb of ["verify", "export"]) {
    const { status, complained } = await type(verb);
    assert.equal(status, 1);
    assert.match(
      complained,
      /access\.sqlite: there is no audit here: it begins when pages are first served, so if they were it is gone\n$/,
    );
  }
  assert.ok(!existsSync(folder));
  await write(1);
  await rm(join(folder, "..", "secrets"), { recursive: true });
  assert.equal((await type("verify")).status, 0);
  await rm(join(folder, "audit.key"));
  assert.match((await type("verify")).complained, /the secret of the audit in .* is missing/);
  assert.ok(!existsSync(join(folder, "audit.key")));
});

test("an audit that was taken away is told apart from one that never began", async (t) => {
  const { folder, write, type } = await audited(t);
  await write(2);
  await rm(join(folder, "access.sqlite"));
  for (const verb of ["verify", "export"]) {
    const { status, complained } = await type(verb);
    assert.equal(status, 1);
    assert.match(
      complained,
      /access\.sqlite: it is missing, but the secret of its audit is there \(.*audit\.key\): put/,
    );
  }
  assert.ok(!existsSync(join(folder, "access.sqlite")));
});

interface Exported {
  readonly formatVersion: number;
  readonly rows: (AuditRow & { seal: string })[];
}

test("'restante audit export' prints what fits all filters, the oldest first, and is a row itself", async (t) => {
  const { write, type, folder } = await audited(t);
  await write(3);
  await write(2, "u-2");
  const exported = async (...words: string[]): Promise<Exported> => {
    const { status, printed } = await type("export", ...words);
    assert.equal(status, 0);
    return JSON.parse(printed) as Exported;
  };
  const numbers = async (...words: string[]): Promise<number[]> =>
    (await exported(...words)).rows.map(({ sequence }) => sequence);
  assert.deepEqual(await numbers(), [1, 2, 3, 4, 5]);
  assert.deepEqual(await numbers("--actor", "u-2"), [4, 5]);
  assert.deepEqual(await numbers("--about", "task:2"), [2, 5]);
  assert.deepEqual(await numbers("--act", "read-audit", "--about", "task:2"), [8]);
  assert.deepEqual(await numbers("--from-time", "2026-01-01", "--to-time", "2026-01-02T00:00:00Z"), []);
  using access = await openAccess({ folder });
  const { rows } = access.audit.find({ limit: 1 });
  assert.deepEqual(
    rows.map(({ actor, source, act, outcome }) => [actor, source, act, outcome]),
    [["this-computer", "command", "read-audit", "done"]],
  );
  const [first] = (await exported()).rows;
  assert.match(first?.seal ?? "", /^[0-9a-f]{64}$/);
  assert.deepEqual(first?.subjects, ["task:1", "report:R-1"]);
});

test("what is typed wrong of an export is refused before it is a row", async (t) => {
  const { write, type, folder } = await audited(t);
  await write(1);
  for (const [words, complaint] of [
    [["--about", "999 000 0018"], /--about is what a row is about, such as task:12; rows about a patient are found on/],
    [["--from-time", "2026-02-30"], /--from-time: there is no 2026-02-30/],
    [["--to-time", "yesterday"], /--to-time is a day such as/],
    [["--act", "look"], /--act is one of/],
    [["--actor", "amina"], /--actor is the id of a user \('restante user list --json' has it\)/],
  ] as const) {
    const { status, complained } = await type("export", ...words);
    assert.equal(status, 2);
    assert.match(complained, complaint);
    assert.ok(!complained.includes("999 000 0018"));
  }
  using access = await openAccess({ folder });
  assert.equal(access.audit.head()?.sequence, 1);
});

test("an export is comma-separated values where a spreadsheet wants them, and a row that was changed is none of its formulas", async (t) => {
  const { write, type, tamper } = await audited(t);
  await write(2);
  tamper(`UPDATE audit SET actor = '=HYPERLINK("x",1)', at = 'long ago' WHERE sequence = 2`);
  const { printed } = await type("export", "--csv");
  const [head, first = "", second = "", ...rest] = printed.split("\r\n");
  assert.equal(head, "sequence,at,actor,session,source,act,outcome,subjects,seal");
  assert.match(first, /^1,2\d{3}-[^,]*Z,u-1,0123456789ab,127\.0\.0\.1,list,done,task:1 report:R-1,[0-9a-f]{64}$/);
  assert.match(second, /^2,1970-01-01T00:00:00\.000Z,"'=HYPERLINK\(""x"",1\)",0123456789ab,/);
  assert.deepEqual(rest, [""]);
  for (const sign of ["=", "+", "-", "@", "＝", "＋", "－", "＠"]) {
    tamper(`UPDATE audit SET actor = '${sign}1+1' WHERE sequence = 2`);
    assert.equal((await type("export", "--csv")).printed.split("\r\n")[2]?.split(",")[2], `'${sign}1+1`);
  }
});

test("a row that was changed tells a terminal nothing, in no form of an export", async (t) => {
  const { write, type, tamper } = await audited(t);
  await write(1);
  const told = "u-1\u001B]52;c;eA==\u0007\u009B2J\u007F\u202E\n2,row";
  tamper(`UPDATE audit SET actor = '${told}', subjects = '["task:1"]' WHERE sequence = 1`);
  const [json, csv] = [(await type("export")).printed, (await type("export", "--csv")).printed];
  for (const printed of [json, csv]) assert.doesNotMatch(printed.replaceAll(/\r?\n/g, ""), /\p{Cc}|\p{Cf}/u);
  assert.equal((JSON.parse(json) as Exported).rows[0]?.actor, told);
  assert.equal(csv.split(/\r?\n/).filter((line) => line.startsWith("2,")).length, 1, "the row of the export before");
});

test("10,000 rows are exported piece by piece, while another process writes", async (t) => {
  const { write, folder } = await audited(t);
  await write(0);
  const entry = { actor: "u-1", source: "::1", act: "view", outcome: "done", subjects: ["task:1"] } as const;
  await fillAudit(
    folder,
    Array.from({ length: 10_000 }, () => entry),
  );
  using access = await openAccess({ folder });
  const command = runCommand(["audit", "export", "--config", join(folder, "..", "practice.yaml")]);
  atEnd(t, async () => command.end("SIGKILL"));
  await command.printed(/"sequence":1,/);
  for (let row = 0; row < 10; row += 1) access.audit.record(entry);
  assert.equal(await command.ended, 0);
  const { rows } = JSON.parse(command.standardOutput()) as Exported;
  assert.deepEqual([rows.length, rows.at(-1)?.sequence], [10_000, 10_000]);
  const { rows: after } = access.audit.find({ limit: 1, act: "read-audit" });
  assert.equal(after[0]?.sequence, 10_001);
  assert.deepEqual((await access.audit.verify()).problems, []);
});
