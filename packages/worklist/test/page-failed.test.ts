import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
import { openAudit } from "../../web/test/open-audit.ts";
import { openPages } from "./open-pages.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

test("a page that fails inside is told in the system's events, by its route and a code alone", async (t) => {
  const events: Event[] = [];
  const worklist = sampleWorklist();
  worklist.task = () => Promise.reject(Object.assign(new Error("near NG, Noah"), { code: "ERR_SQLITE_ERROR" }));
  const emit = (event: Event): unknown => events.push(event);
  const pages = await openPages(t, {
    worklist,
    organisation,
    clock: { now: () => new Date("2026-11-23T11:00:00Z") },
    emit,
  });
  for (const path of ["/tasks/5", "/tasks/5?from=/", "/"]) await fetch(pages.url + path);
  const failed = events.filter(({ event }) => event !== "audit-head");
  assert.deepEqual(failed, [
    {
      event: "page-failed",
      odsCode: organisation.odsCode,
      route: "GET /tasks/:id",
      code: "ERR_SQLITE_ERROR",
      times: 1,
      since: new Date("2026-11-23T11:00:00Z"),
    },
  ]);
});

test("where the audit stands is in the system's events at the start of its pages and at their end", async (t) => {
  const events: Event[] = [];
  const { audit } = await openAudit(t);
  const emit = (event: Event): unknown => events.push(event);
  const pages = await openPages(t, { worklist: sampleWorklist(), organisation, audit, emit });
  await fetch(pages.url);
  await pages[Symbol.asyncDispose]();
  const { odsCode } = organisation;
  assert.deepEqual(events, [
    { event: "audit-head", odsCode, sequence: 0, seal: "0".repeat(64) },
    { event: "audit-head", odsCode, ...audit.head() },
  ]);
});
