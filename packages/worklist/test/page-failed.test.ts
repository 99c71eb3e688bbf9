import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
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
  assert.deepEqual(events, [
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
