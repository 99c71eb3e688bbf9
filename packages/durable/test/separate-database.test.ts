import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { holdSharedFolder, openDatabase, separateDatabase } from "@restante/durable";
import { temporaryFolder, waitFor, runProgram } from "@restante/testbed";
import { leaseText } from "../src/lease-file.ts";
import { currentTenant } from "../src/machine.ts";

const options = { migrations: ["CREATE TABLE a (x INTEGER) STRICT"], exclusive: true, waitMs: 0 };

function rows(file: string, onJournalMissing?: (journal: string) => void): unknown[] {
  const database = openDatabase(file, { ...options, ...(onJournalMissing && { onJournalMissing }) });
  try {
    assert.equal(database.prepare("PRAGMA integrity_check").get()?.["integrity_check"], "ok");
    return database
      .prepare("SELECT x FROM a ORDER BY x")
      .all()
      .map(({ x }) => x);
  } finally {
    database.close();
  }
}

test("what a process elsewhere commits late to a database that it has lost, and its closing, change nothing of the new one's", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  const old = openDatabase(file, options);
  old.exec("INSERT INTO a VALUES (1)");
  await separateDatabase(file);
  const fresh = openDatabase(file, options);
  assert.equal(statSync(file).mode % 0o1000, 0o600);
  fresh.exec("INSERT INTO a VALUES (2)");
  old.exec("INSERT INTO a VALUES (99)");
  old.close();
  fresh.exec("INSERT INTO a VALUES (3)");
  // As a kill would leave it.
  const killed = join(await temporaryFolder(t), "a.sqlite");
  for (const end of ["", "-wal", "-open"]) copyFileSync(file + end, killed + end);
  assert.deepEqual(
    rows(killed, () => assert.fail("its journal is there")),
    [1, 2, 3],
  );
  fresh.close();
  assert.deepEqual(rows(file), [1, 2, 3]);
});

test("killed at any moment of it, a database has all that was committed, and tells of no journal that is missing", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "a.sqlite");
  const database = openDatabase(file, options);
  for (let x = 0; x < 100; x += 1) database.exec(`INSERT INTO a VALUES (${x})`);
  const ends = ["", "-wal", "-open"];
  const before = ends.map((end) => readFileSync(file + end));
  await separateDatabase(file);
  assert.deepEqual(readdirSync(folder), ["a.sqlite"]);
  const after = readFileSync(file);
  database.close();
  // After the rename, and after each removal behind it.
  for (const left of [["-open", "-wal"], ["-wal"], []]) {
    const at = join(await temporaryFolder(t), "a.sqlite");
    writeFileSync(at, after, { mode: 0o600 });
    for (const end of left) writeFileSync(at + end, before[ends.indexOf(end)]!, { mode: 0o600 });
    assert.equal(rows(at, () => assert.fail("nothing is missing")).length, 100, left.join());
  }
});

test("a journal that was missing before is told as it would have been; without a database nothing is made", async (t) => {
  const folder = await temporaryFolder(t);
  const open = join(await temporaryFolder(t), "a.sqlite");
  const database = openDatabase(open, options);
  t.after(() => database.close());
  database.exec("INSERT INTO a VALUES (1); PRAGMA wal_checkpoint; INSERT INTO a VALUES (2)");
  const file = join(folder, "a.sqlite");
  for (const end of ["", "-open"]) copyFileSync(open + end, file + end);
  await separateDatabase(file);
  let missing = 0;
  assert.deepEqual(
    rows(file, () => (missing += 1)),
    [1],
  );
  assert.equal(missing, 1);

  await separateDatabase(join(folder, "none.sqlite"));
  assert.ok(!existsSync(join(folder, "none.sqlite")));
});

/** A process that has the system's lock of a folder, as a disk may go on saying of a machine that is gone. */
async function lockedFolder(t: TestContext): Promise<{ folder: string; said: () => string }> {
  const folder = await temporaryFolder(t);
  const program = `
    const { holdFolder } = await import("@restante/durable");
    holdFolder(${JSON.stringify(folder)}, "part", { onLost: (error) => console.log("lost " + error.code) });
    console.log("held");
    setInterval(() => undefined, 1000);`;
  const { said } = await runProgram(t, program, "held");
  // It is as if from elsewhere.
  rmSync(join(folder, "part.pid"));
  return { folder, said };
}

test("a lock that the disk keeps for a machine that is gone ends at a person's word alone, and its holder, if there is one, is told", async (t) => {
  const { folder, said } = await lockedFolder(t);
  const of = { ...currentTenant(), host: "ward-7", boot: "another", machine: "another", pid: 4711 };
  writeFileSync(join(folder, "part.lease"), leaseText(of, 1));
  const times = { settleMs: 10 };
  await assert.rejects(holdSharedFolder(folder, "part", { times }), { code: "held" });
  using held = await holdSharedFolder(folder, "part", { times, takeOver: true });
  assert.ok(held.isFromElsewhere);
  await held.check();
  await waitFor(() => said().includes("lost held"));
});

test("a process of this machine is not driven out, whatever a person says", async (t) => {
  const { folder, said } = await lockedFolder(t);
  writeFileSync(join(folder, "part.lease"), leaseText(currentTenant(), 1));
  await assert.rejects(holdSharedFolder(folder, "part", { takeOver: true }), { code: "held" });
  assert.doesNotMatch(said(), /lost/);
});
