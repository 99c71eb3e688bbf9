import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { openDatabase } from "@restante/durable";
import { temporaryFolder, waitFor } from "@restante/testbed";
import { groupCommits } from "../../src/directory/group-commit.ts";

async function openTable(t: TestContext): Promise<{ database: DatabaseSync; file: string; commits: () => number }> {
  const file = join(await temporaryFolder(t), "test.db");
  const database = openDatabase(file, {
    migrations: ["CREATE TABLE item (name TEXT PRIMARY KEY, content BLOB) STRICT"],
  });
  t.after(() => database.close());
  const { mock } = t.mock.method(database, "exec");
  return { database, file, commits: () => mock.calls.filter(({ arguments: [sql] }) => sql === "COMMIT").length };
}

function insertInto(database: DatabaseSync): (name: string, bytes?: number) => string {
  const insert = database.prepare("INSERT INTO item (name, content) VALUES (?, ?)");
  return (name, bytes = 0) => {
    insert.run(name, new Uint8Array(bytes));
    return name;
  };
}

test("what is asked for at the same time is one transaction, and nobody is answered before it is committed", async (t) => {
  const { database, file, commits } = await openTable(t);
  const add = insertInto(database);
  const { together, now } = groupCommits(database, () => undefined);
  using other = new DatabaseSync(file, { readOnly: true });
  const count = other.prepare("SELECT count(*) AS items FROM item");
  const seen = async (name: string): Promise<unknown> => {
    await together(() => add(name));
    return count.get()?.["items"];
  };
  assert.deepEqual(await Promise.all(["a", "b", "c"].map(seen)), [3, 3, 3]);
  assert.equal(commits(), 1);
  assert.equal(await together(() => now(() => add("d")) + now(() => add("e"))), "de", "several changes in one");
  now(() => add("f"));
  assert.equal(commits(), 3);
});

test("one of a group that fails is undone by itself, and the others are there", async (t) => {
  const { database, commits } = await openTable(t);
  const add = insertInto(database);
  const { together, now } = groupCommits(database, () => undefined);
  const results = await Promise.allSettled([
    together(() => add("a")),
    together(() => now(() => add("b")) + now(() => add("a"))),
    together(() => add("c")),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  const names = database.prepare("SELECT name FROM item ORDER BY name").all();
  assert.deepEqual(
    names.map(({ name }) => name),
    ["a", "c"],
  );
  assert.equal(commits(), 1);
});

test("what may be done again waits for the next group, for a moment at most, and for an end", async (t) => {
  const { database, commits } = await openTable(t);
  const add = insertInto(database);
  const { together, sometime, commitWaiting } = groupCommits(database, () => undefined);
  const first = sometime(() => void add("a"));
  await new Promise(setImmediate);
  assert.equal(commits(), 0);
  await together(() => add("b"));
  await first;
  assert.equal(commits(), 1, "both");
  void sometime(() => void add("c"));
  commitWaiting();
  assert.equal(commits(), 2);
  commitWaiting();
  assert.equal(commits(), 2, "nothing waits");
  const alone = sometime(() => void add("d"));
  await waitFor(async () => commits() === 3);
  await alone;
});

test("on a full disk what is large fails, and what was asked for at the same time and fits is there", async (t) => {
  const { database } = await openTable(t);
  const add = insertInto(database);
  const { together } = groupCommits(database, () => undefined);
  const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const results = await Promise.allSettled([
    together(() => add("a")),
    together(() => add("large", 100_000)),
    together(() => add("b")),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
});

test("what must be so before each transaction is asked once a group, and what it throws is everybody's", async (t) => {
  const { database, commits } = await openTable(t);
  const add = insertInto(database);
  let asked = 0;
  const { together } = groupCommits(database, () => {
    asked += 1;
    if (asked > 1) throw new Error("the journal is gone");
  });
  await Promise.all([together(() => add("a")), together(() => add("b"))]);
  const results = await Promise.allSettled([together(() => add("c")), together(() => add("d"))]);
  assert.deepEqual(
    results.map((result) => result.status === "rejected" && String(result.reason)),
    ["Error: the journal is gone", "Error: the journal is gone"],
  );
  assert.deepEqual([asked, commits()], [2, 1]);
});
