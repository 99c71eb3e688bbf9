import assert from "node:assert/strict";
import { chmodSync, mkdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { type DurableError, openDatabase } from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";

const migrations = ["CREATE TABLE a (x INTEGER) STRICT", "CREATE TABLE b (y INTEGER) STRICT"];

function refusal(file: string): DurableError {
  try {
    openDatabase(file, { migrations }).close();
  } catch (error) {
    return error as DurableError;
  }
  throw new Error("it was opened");
}

test("a database is made for its owner alone, and upgraded from the version it has", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  const first = openDatabase(file, { migrations: migrations.slice(0, 1) });
  first.exec("INSERT INTO a VALUES (1)");
  for (const name of [file, `${file}-wal`]) assert.equal(statSync(name).mode % 0o1000, 0o600, name);
  first.close();
  const second = openDatabase(file, { migrations });
  assert.deepEqual({ ...second.prepare("SELECT x, (SELECT count(*) FROM b) AS b FROM a").get() }, { x: 1, b: 0 });
  second.close();
});

test("a migration calls what it is given by name", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  const first = openDatabase(file, { migrations: ["CREATE TABLE a (x TEXT) STRICT"] });
  first.exec("INSERT INTO a VALUES ('one')");
  first.close();
  const functions = { turned: (text: string) => text.split("").toReversed().join("") };
  using database = openDatabase(file, {
    migrations: ["CREATE TABLE a (x TEXT) STRICT", "UPDATE a SET x = turned(x)"],
    functions,
  });
  assert.equal(database.prepare("SELECT x FROM a").get()?.["x"], "eno");
});

test("a migration that fails leaves the version of before", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  openDatabase(file, { migrations: migrations.slice(0, 1) }).close();
  assert.throws(() => openDatabase(file, { migrations: [...migrations, "INSERT INTO nowhere VALUES (1)"] }));
  const database = openDatabase(file, { migrations });
  assert.equal(database.prepare("PRAGMA user_version").get()?.["user_version"], 2);
  database.close();
});

test("a damaged database, another program's, one of a later version and one in use are each told as what they are", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "a.sqlite");
  writeFileSync(file, "no database at all ".repeat(500), { mode: 0o600 });
  assert.equal(refusal(file).code, "damaged");
  assert.equal(
    refusal(file).message,
    `${file}: it is not a database, or a damaged one: put back a copy of it, together with the folder it is in`,
  );

  const other = join(folder, "other.sqlite");
  const theirs = new DatabaseSync(other);
  theirs.exec("CREATE TABLE theirs (x)");
  theirs.close();
  assert.match(refusal(other).message, /not one of Restante's/);

  const later = join(folder, "later.sqlite");
  openDatabase(later, { migrations: [...migrations, "CREATE TABLE c (z)"] }).close();
  assert.equal(refusal(later).code, "too-new");

  const held = join(folder, "held.sqlite");
  const holder = openDatabase(held, { migrations, exclusive: true });
  assert.throws(() => openDatabase(held, { migrations, exclusive: true, waitMs: 0 }), { code: "held" });
  holder.close();

  mkdirSync(join(folder, "folder.sqlite"));
  assert.match(refusal(join(folder, "folder.sqlite")).message, /folder\.sqlite: it is a folder/);
  assert.match(refusal(join(folder, "none", "a.sqlite")).message, /there is no such file/);
});

test("whoever opens a database may refuse one that is missing or was emptied, before any table is made", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  const found: string[] = [];
  const beforeMaking = (what: string): void => {
    found.push(what);
    throw new Error(what);
  };
  assert.throws(() => openDatabase(file, { migrations, beforeMaking }), /missing/);
  assert.equal(statSync(file, { throwIfNoEntry: false }), undefined);
  openDatabase(file, { migrations }).close();
  openDatabase(file, { migrations, beforeMaking }).close();
  truncateSync(file);
  assert.throws(() => openDatabase(file, { migrations, beforeMaking }), /empty/);
  assert.equal(statSync(file).size, 0);
  const blank = new DatabaseSync(file);
  blank.exec("PRAGMA journal_mode = WAL; CREATE TABLE a (x); DROP TABLE a");
  blank.close();
  assert.ok(statSync(file).size > 0);
  assert.throws(() => openDatabase(file, { migrations, beforeMaking }), /empty/, "bytes, but not a table");
  assert.deepEqual(found, ["missing", "empty", "empty"]);
});

test("what a killed process left beside a database is its owner's alone after the next opening", async (t) => {
  const file = join(await temporaryFolder(t), "a.sqlite");
  const open = openDatabase(file, { migrations });
  t.after(() => open.close());
  for (const name of [file, `${file}-wal`, `${file}-shm`]) chmodSync(name, 0o644);
  openDatabase(file, { migrations }).close();
  for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal(statSync(name).mode % 0o1000, 0o600, name);
});

test("a database that others could open is refused", async (t) => {
  const folder = await temporaryFolder(t);
  chmodSync(folder, 0o755);
  const file = join(folder, "a.sqlite");
  openDatabase(file, { migrations }).close();
  chmodSync(file, 0o644);
  assert.equal(refusal(file).code, "not-private");
});
