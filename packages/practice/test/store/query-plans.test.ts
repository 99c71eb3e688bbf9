import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { consultation } from "../support/consultations.ts";
import { carry, openPractice } from "../support/economy.ts";
import { receiver, sender } from "../support/organisations.ts";

/** Reports are listed by their sequence, and read on until there are enough: no content is read, and few of its rows. */
const allowed = /^SELECT sequence, header_id, document_id[^]* FROM report JOIN outgoing|count\(\*\) FROM report\)/;

test("nothing that a pass or a page asks reads a large table from end to end", async (t) => {
  const prepare = t.mock.method(DatabaseSync.prototype, "prepare");
  const from = await openPractice(t, sender);
  const to = await openPractice(t, receiver);
  const first = await from.practice.sendConsultation(consultation());
  await from.practice.sendConsultation({ ...consultation(), version: 2 });
  for (let pass = 0; pass < 3; pass += 1) {
    await from.practice.cycle();
    carry(from, to);
    await to.practice.cycle();
    carry(to, from);
  }
  for (const { worklist } of [from.practice, to.practice]) {
    worklist.counts();
    worklist.strays();
    for (const state of [undefined, "open", "replaced"] as const) worklist.tasks(state && { state });
    for (const { taskId } of worklist.tasks()) worklist.task(taskId);
    worklist.reports();
    worklist.reports({ attention: true });
  }
  from.practice.worklist.report(first.headerId);

  const asked = new Set(prepare.mock.calls.map((call) => call.arguments[0]));
  using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"), { readOnly: true });
  const scans = [...asked]
    .filter((sql) => /^\s*(SELECT|UPDATE)/.test(sql) && !allowed.test(sql))
    .flatMap((sql) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => String(detail))
        .filter(
          (detail) =>
            /^SCAN (outgoing|received|replaces|document_id|mesh_report|given_response)\b/.test(detail) ||
            /^SCAN task$/.test(detail),
        )
        .map((detail) => `${detail}: ${sql}`),
    );
  assert.ok(asked.size > 20);
  assert.deepEqual(scans, []);
});
