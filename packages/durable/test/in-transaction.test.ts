import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { inSavepoint, inTransaction, NotUndone, openDatabase } from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";

const migrations = ["CREATE TABLE a (x INTEGER) STRICT"];

test("a transaction happens whole or not at all", async (t) => {
  const database = openDatabase(join(await temporaryFolder(t), "a.sqlite"), { migrations });
  t.after(() => database.close());
  assert.throws(() =>
    inTransaction(database, () => {
      database.exec("INSERT INTO a VALUES (1)");
      throw new Error("no");
    }),
  );
  assert.equal(database.prepare("SELECT count(*) AS n FROM a").get()?.["n"], 0);
});

test("a part of a transaction that fails is undone alone, and what was done before and after it stays", async (t) => {
  const database = openDatabase(join(await temporaryFolder(t), "a.sqlite"), { migrations });
  t.after(() => database.close());
  const insert = (x: number): void => void database.prepare("INSERT INTO a VALUES (?)").run(x);
  inTransaction(database, () => {
    insert(1);
    assert.throws(
      () =>
        inSavepoint(database, () => {
          insert(2);
          throw new Error("no");
        }),
      /^Error: no$/,
    );
    assert.equal(
      inSavepoint(database, () => {
        insert(3);
        return "done";
      }),
      "done",
    );
  });
  assert.deepEqual(
    database
      .prepare("SELECT x FROM a")
      .all()
      .map(({ x }) => x),
    [1, 3],
  );
});

test("a failure that cannot be undone is told apart, and one whose whole transaction is undone is not", async (t) => {
  const database = openDatabase(join(await temporaryFolder(t), "a.sqlite"), { migrations });
  t.after(() => database.close());
  const disk = new Error("disk");
  // The savepoint is gone before it can be gone back to; the transaction is not.
  const breakPart = (): never => {
    database.exec("INSERT INTO a VALUES (1); RELEASE part");
    throw disk;
  };
  assert.throws(
    () => inTransaction(database, () => inSavepoint(database, breakPart)),
    (error) => error === disk,
  );
  assert.equal(database.prepare("SELECT count(*) AS n FROM a").get()?.["n"], 0);
  assert.ok(!database.isTransaction);

  const isNotUndone = (error: unknown): boolean => error instanceof NotUndone && error.cause === disk;
  inTransaction(database, () => assert.throws(() => inSavepoint(database, breakPart), isNotUndone));

  // A transaction that SQLite has ended by itself needs no undoing.
  const endsAll = (): never => {
    database.exec("ROLLBACK");
    throw disk;
  };
  assert.throws(
    () => inTransaction(database, () => inSavepoint(database, endsAll)),
    (error) => error === disk,
  );

  const exec = database.exec.bind(database);
  database.exec = (sql) => (sql === "ROLLBACK" ? exec("NOT SQL") : exec(sql));
  assert.throws(
    () =>
      inTransaction(database, () => {
        throw disk;
      }),
    isNotUndone,
  );
});
