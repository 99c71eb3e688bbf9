import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { copyDatabase, DurableError, linkFile, openDatabase, withAttached } from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";

import { otherFileSystem } from "./other-file-system.ts";

const migrations = ["CREATE TABLE word (text TEXT NOT NULL) STRICT"];

test("a copy of a database holds what was committed, for its owner alone, and can be read beside another", async (t) => {
  const folder = await temporaryFolder(t);
  using database = openDatabase(join(folder, "one"), { migrations });
  database.exec("INSERT INTO word VALUES ('before')");
  const copy = join(folder, "copy");

  copyDatabase(database, copy);
  database.exec("INSERT INTO word VALUES ('after')");

  assert.equal((await stat(copy)).mode & 0o777, 0o600);
  const read = (): unknown =>
    database
      .prepare("SELECT text FROM copied.word")
      .all()
      .map(({ text }) => text);
  assert.deepEqual(withAttached(database, copy, "copied", read), ["before"]);
  assert.throws(read, "it is beside it no longer");
  assert.throws(() => withAttached(database, copy, "copied", () => assert.fail("from inside")), /from inside/);
  assert.deepEqual(withAttached(database, copy, "copied", read), ["before"], "let go after a failure too");
  using again = openDatabase(copy, { migrations });
  assert.deepEqual(again.prepare("SELECT count(*) AS words FROM word").get()?.["words"], 1);
});

test("a database is not copied over another, nor into a folder that is not there", async (t) => {
  const folder = await temporaryFolder(t);
  using database = openDatabase(join(folder, "one"), { migrations });
  await writeFile(join(folder, "other"), "what was there");
  const isTold = (error: unknown): boolean => error instanceof DurableError || error instanceof Error;

  assert.throws(() => copyDatabase(database, join(folder, "other")), isTold);
  assert.equal(await readFile(join(folder, "other"), "utf8"), "what was there");
  assert.throws(() => copyDatabase(database, join(folder, "none", "copy")), isTold);
});

test("a second name has the same content, and leaves what has that name already", async (t) => {
  const folder = await temporaryFolder(t);
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  await writeFile(from, "content");

  assert.equal(await linkFile(from, to), true);
  assert.equal((await stat(to)).ino, (await stat(from)).ino);
  assert.equal(await linkFile(from, to), false);
  await assert.rejects(linkFile(join(folder, "none"), join(folder, "other")), { code: "ENOENT" });
});

test("on another file system the second name is that of a copy, likewise", async (t) => {
  const folder = await temporaryFolder(t);
  const other = otherFileSystem(t, folder);
  if (other === undefined) return;
  const [from, to] = [join(folder, "from"), join(other, "to")];
  await writeFile(from, "content");

  assert.equal(await linkFile(from, to), true);
  assert.equal(await readFile(to, "utf8"), "content");
  assert.equal(await linkFile(from, to), false);
  assert.deepEqual(await readdir(other), ["to"]);
});
