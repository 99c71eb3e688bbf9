import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);

/** What `durable` alone does with a disk, by how it looks in a source. */
const durableAlone: Readonly<Record<string, RegExp>> = {
  "syncs a file": /\b(?:fsync|fdatasync|fsyncSync|fdatasyncSync)\b|\.(?:sync|datasync)\(|\bflush:/,
  "opens a database": /new DatabaseSync\(|extends DatabaseSync\b/,
  "begins or ends a transaction":
    /["'`;]\s*(?:BEGIN(?=["'`;]| \$| (?:DEFERRED|IMMEDIATE|EXCLUSIVE|TRANSACTION))|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/,
  "numbers a schema": /\buser_version\b/,
  "says how a database is written": /PRAGMA (?:journal_mode|synchronous|locking_mode|foreign_keys)\b/i,
  "locks a file": /\bO_EXCL\b|\bflock\b|\blockf\b/,
};

/** A file that may, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "packages/mesh-server/bench/main.ts":
    "begins or ends a transaction: what it measures is undone, to be measured again",
  "packages/mesh-server/src/store/postgres/database.ts":
    "begins or ends a transaction: of PostgreSQL, whose disk is its own",
  "packages/mesh-server/src/store/postgres/doctor-of-running.ts": "syncs a file: so a setting of PostgreSQL is called",
  "packages/mesh-server/src/store/postgres/read-facts.ts": "syncs a file: so a setting of PostgreSQL is called",
  "packages/mesh-server/src/store/postgres/in-doubt.ts":
    "begins or ends a transaction: it looks for those of PostgreSQL that are ending",
  "packages/mesh-server/src/store/sqlite/moved.ts":
    "numbers a schema: by a version that no program has, so that none opens a store that is closed for ever",
  "packages/mesh-server/bench/fill.ts": "says how a database is written: what it fills is thrown away, so not synced",
  "packages/practice/bench/bare.ts": "says how a database is written: rows that are measured refer to none",
  "packages/web/src/audit/verify.ts": "opens a database: in memory, to hold the tables of the audit against",
  "packages/testbed/src/serve-s3.ts":
    "opens a database: of the S3-compatible store of the tests, which is no part of ours",
  "bench/nodes/held.ts": "begins or ends a transaction: of PostgreSQL, held open to see what that does",
  "bench/server/bare/body-files.ts": "syncs a file: what the server is measured against",
};

test("no synced write, lock, transaction or migration is written outside durable", () => {
  const files = globSync(["packages/*/{src,bin,bench}/**/*.{ts,mjs}", "scripts/**/*.ts", "bench/**/*.ts"], {
    cwd: fileURLToPath(root),
    exclude: ["packages/durable/**"],
  });
  assert.ok(files.length > 300, "it looks where the sources are");
  const found = files.flatMap((file) => {
    const text = readFileSync(new URL(file, root), "utf8")
      .split("\n")
      .filter((line) => !/^\s*(\/\/|\/\*|\*)/.test(line))
      .join("\n");
    return Object.entries(durableAlone).flatMap(([what, pattern]) => (pattern.test(text) ? [`${file} ${what}`] : []));
  });
  const allowed = Object.entries(exceptions).map(([file, why]) => `${file} ${why.split(":", 1)[0]}`);
  assert.deepEqual(found.toSorted(), allowed.toSorted());
});

test("each of them is found where it is: in durable, once a kind", () => {
  const sources = globSync("packages/durable/src/*.ts", { cwd: fileURLToPath(root) }).map((file) => ({
    file,
    text: readFileSync(new URL(file, root), "utf8"),
  }));
  const places = (pattern: RegExp): string[] =>
    sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file.slice("packages/durable/src/".length));
  assert.deepEqual(places(durableAlone["numbers a schema"]!), ["open-database.ts"]);
  assert.deepEqual(places(durableAlone["begins or ends a transaction"]!).toSorted(), [
    "hold-folder.ts",
    "in-transaction.ts",
  ]);
  assert.ok(places(durableAlone["syncs a file"]!).length > 0);
  assert.ok(places(durableAlone["opens a database"]!).length > 0);
});
