import assert from "node:assert/strict";
import { test } from "node:test";
import { type Event, parseOdsCode } from "@restante/mesh";
import type { Practice } from "@restante/practice";
import { temporaryFolder } from "@restante/testbed";
import { remediesIn } from "../../src/config/opening.ts";
import { openPages } from "../../src/config/start-practice.ts";
import { narrate } from "../../src/terminal/narrate.ts";

test("a page of a started system that fails inside is told where all its events are, and on the terminal", async (t) => {
  await using closing = new AsyncDisposableStack();
  const events: Event[] = [];
  const broken = { tasks: () => Promise.reject(new RangeError("no")), senders: async () => [] };
  const organisation = { odsCode: "Y99002", name: "Lantern Row Surgery" };
  const url = await openPages(
    { file: { pages: { port: 0 }, organisation, dataFolder: await temporaryFolder(t) } } as unknown as Parameters<
      typeof openPages
    >[0],
    { worklist: broken } as unknown as Practice,
    { emit: (event) => void events.push(event), closing, remedies: remediesIn("practice.yaml") },
  );
  assert.equal((await fetch(url ?? "")).status, 500);
  const event = events.find((one) => one.event === "page-failed");
  assert.ok(event?.event === "page-failed");
  assert.deepEqual([event.odsCode, event.route, event.code], [parseOdsCode("Y99002"), "GET /", "RangeError"]);
  assert.equal(narrate(event)?.what, "a page of the worklist (GET /) fails, 1 time so far: RangeError");
});
