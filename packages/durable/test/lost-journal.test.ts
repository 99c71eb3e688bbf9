import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { openDatabase } from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";

const migrations = ["CREATE TABLE a (x INTEGER) STRICT"];

/** Opens a database in a process of its own, as `database`, and goes on with `rest`. */
function openElsewhere(t: TestContext, file: string, rest: string): ChildProcessByStdio<null, Readable, null> {
  const program = `
    const { openDatabase } = await import("@restante/durable");
    const database = openDatabase(${JSON.stringify(file)}, { migrations: ${JSON.stringify(migrations)} });
    ${rest}`;
  const child = spawn(
    process.execPath,
    ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  t.after(() => child.kill("SIGKILL"));
  return child;
}

/** Opens a database in a process of its own, which writes a row if it is asked to, and kills it. */
async function killWhileOpen(t: TestContext, file: string, writing: boolean): Promise<void> {
  const child = openElsewhere(
    t,
    file,
    `${writing ? 'database.exec("INSERT INTO a VALUES (1)");' : ""}
    console.log("open");
    setInterval(() => database.isOpen, 1000);`,
  );
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Opens and closes it. Gives the journals that were told missing, and the rows that are there. */
function reopen(file: string, options: { exclusive?: boolean } = {}): [told: string[], rows: number] {
  const told: string[] = [];
  using database = openDatabase(file, { migrations, ...options, onJournalMissing: (journal) => told.push(journal) });
  return [told, database.prepare("SELECT x FROM a").all().length];
}

test("a journal that is removed after a kill is told, once, and one that is there is not", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  assert.deepEqual(reopen(file), [[], 0]);
  await killWhileOpen(t, file, true);
  assert.deepEqual(reopen(file), [[], 1], "it went on from the journal");
  await killWhileOpen(t, file, true);
  rmSync(`${file}-wal`);
  assert.deepEqual(reopen(file), [[`${file}-wal`], 1], "and that is why: the second row is gone");
  assert.deepEqual(reopen(file), [[], 1]);
});

test("a process that was killed before it wrote anything leaves a journal too, so that nothing is told for nothing", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  reopen(file);
  await killWhileOpen(t, file, false);
  assert.deepEqual(reopen(file, { exclusive: true }), [[], 0]);
  await killWhileOpen(t, file, false);
  assert.deepEqual(reopen(file), [[], 0]);
});

for (const exclusive of [false, true]) {
  test(`the mark of an open database is its owner's alone, and goes when it is closed${exclusive ? ", also of one that is held alone" : ""}`, async (t) => {
    const file = join(await temporaryFolder(t), "a.sqlite");
    const database = openDatabase(file, { migrations, exclusive });
    assert.equal(statSync(`${file}-open`).mode % 0o1000, 0o600);
    database.close();
    assert.ok(!existsSync(`${file}-open`));
    assert.deepEqual(reopen(file, { exclusive }), [[], 0]);
  });
}

test("of several who have a database open the last to close it takes the mark away", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  const [first, second] = [openDatabase(file, { migrations }), openDatabase(file, { migrations })];
  first.close();
  assert.ok(existsSync(`${file}-open`));
  second.close();
  assert.ok(!existsSync(`${file}-open`));
});

for (const [how, rest] of [
  ["with nothing left to do", ""],
  ["by its own word", "process.exit()"],
  ["by an error that nobody caught", "process.on('uncaughtException', () => process.exit()); throw new Error()"],
] as const) {
  test(`a process that ends ${how}, and has not closed its database, leaves nothing to be told`, async (t) => {
    const file = join(await temporaryFolder(t), "a.sqlite");
    const child = openElsewhere(t, file, `database.exec("INSERT INTO a VALUES (1)"); ${rest}`);
    await once(child, "exit");
    assert.deepEqual(reopen(file), [[], 1]);
  });
}

test("processes that open and close a database beside each other are told nothing, and none is refused", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  reopen(file);
  const rest = `database.close();
    let told = 0;
    for (let opened = 0; opened < 300; opened += 1) {
      const database = openDatabase(${JSON.stringify(file)}, { migrations: ${JSON.stringify(migrations)}, onJournalMissing: () => (told += 1) });
      database.exec("INSERT INTO a VALUES (1)");
      database.close();
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    }
    console.log("told " + told);`;
  const said = [openElsewhere(t, file, rest), openElsewhere(t, file, rest)].map((child) => text(child.stdout));
  assert.deepEqual(await Promise.all(said), ["told 0\n", "told 0\n"]);
  assert.deepEqual(reopen(file), [[], 600]);
});

test("of a database that is a link to another place the journal is looked for there", async (t) => {
  const folder = await temporaryFolder(t);
  const [file, place] = [join(folder, "a.sqlite"), join(await temporaryFolder(t), "b.sqlite")];
  reopen(place);
  symlinkSync(place, file);
  await killWhileOpen(t, file, true);
  assert.deepEqual(reopen(file), [[], 1]);
  await killWhileOpen(t, file, true);
  rmSync(`${place}-wal`);
  assert.deepEqual(reopen(file), [[`${place}-wal`], 1]);
});

test("a journal that is gone is told also where the database cannot be opened", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  reopen(file);
  await killWhileOpen(t, file, true);
  rmSync(`${file}-wal`);
  {
    using database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 1000");
  }
  const told: string[] = [];
  const onJournalMissing = (journal: string): void => void told.push(journal);
  assert.throws(() => openDatabase(file, { migrations, onJournalMissing }), { code: "too-new" });
  assert.deepEqual(told, [`${file}-wal`]);
});
