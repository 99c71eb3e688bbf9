import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { createNewestReads } from "../../src/store/sqlite/newest.ts";
import { createOperations } from "../../src/store/sqlite/operations.ts";
import { createReads } from "../../src/store/sqlite/reads.ts";
import { migrations } from "../../src/store/sqlite/schema.ts";
import { createUsedTokens } from "../../src/store/sqlite/used-tokens.ts";
import { recipient } from "./samples.ts";

test("nothing that is asked or written for a request, or at a tick, reads a large table from end to end", (t) => {
  using db = new DatabaseSync(":memory:");
  db.exec(migrations.join(""));
  const prepare = t.mock.method(DatabaseSync.prototype, "prepare");
  createOperations(db);
  createNewestReads(db);
  createUsedTokens(db, () => true);
  const reads = createReads(db);
  reads.listAfter(recipient, 0, 500);
  for (const match of ["equals", "begins", "contains"] as const) {
    for (const negated of [true, false]) reads.listAfter(recipient, 0, 500, { match, negated, text: "W" });
  }
  const asked = new Set(prepare.mock.calls.map((call) => call.arguments[0]));
  assert.ok(asked.size > 50, String(asked.size));

  const plans = Array.from(asked, (sql) => ({
    sql,
    steps: db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((step) => String(step["detail"])),
  }));

  // Of one row, or as many as an operator closed. Of messages that are being routed, once a minute. And of all messages in
  // the order of the index, a page; of bodies in files, at the start.
  const small =
    /^SCAN (numbering|machine_time|closed_mailbox|routing|CONSTANT ROW|chunk USING COVERING INDEX chunk_by_file|\(subquery-\d+\))/;
  const scans = plans.flatMap(({ sql, steps }) =>
    steps.filter((step) => step.startsWith("SCAN ") && !small.test(step)).map((step) => `${step}: ${sql}`),
  );
  assert.deepEqual(scans, []);
  // What is due is in the order of an index but for what is due in the same millisecond.
  const sorted = plans.flatMap(({ sql, steps }) =>
    steps
      .filter((step) => step.includes("TEMP B-TREE") && !step.includes("LAST TERM"))
      .map((step) => `${step}: ${sql}`),
  );
  assert.deepEqual(sorted, []);
});
