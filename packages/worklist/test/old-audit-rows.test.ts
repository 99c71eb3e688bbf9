import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
import type { Kept } from "@restante/practice";
import { temporaryFolder } from "@restante/testbed";
import { openAccess } from "@restante/web";
import { removeOldAuditRows } from "../src/old-audit-rows.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

const DAY = 24 * 3_600_000;

test("rows of the audit go after their days, once a day, and not while the clock is doubted", async (t) => {
  let now = Date.parse("2026-03-02T11:00:00Z");
  const clock = { now: () => new Date(now) };
  using access = await openAccess({ folder: await temporaryFolder(t), now: clock.now });
  const { audit } = access;
  const kept = await sampleWorklist().kept();
  let changes: Partial<Kept> = { days: {} };
  const events: Event[] = [];
  using old = removeOldAuditRows({
    worklist: { kept: async () => ({ ...kept, ...changes }) },
    audit,
    odsCode: organisation.odsCode,
    clock,
    emit: (event) => events.push(event),
  });
  const record = (): void => {
    audit.record({ actor: "u", source: "s", act: "view", outcome: "done", subjects: ["task:1"] });
  };
  record();
  now += 500 * DAY;
  record();
  await old.turn();
  assert.equal(audit.kept().rows, 2, "no retention is set");
  changes = { days: { audit: 400 }, waitsFor: "it moved" };
  await old.turn();
  assert.equal(audit.kept().rows, 2);
  changes = { days: { audit: 400 } };
  await old.turn();
  assert.deepEqual(events, [{ event: "audit-removed", odsCode: organisation.odsCode, rows: 1, upTo: 1 }]);
  now += 10 * DAY;
  // Nothing is old, so nothing is written either.
  await old.turn();
  assert.equal(audit.kept().rows, 2);
  assert.deepEqual((await audit.verify()).problems, []);
});
