import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, readable } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

test("whoever runs the system sees what is kept, since when, how large it is and for how long, and why nothing is removed", async (t) => {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  const page = async (): Promise<string> => readable((await ask(`${url}/kept`)).text);
  for (const words of [
    "What is old is removed once a day.",
    "tasks, the oldest received on 2 March 2026",
    "1,200 tasks have been removed",
    "3,650 days after they were done or replaced",
    "2 files, 31 kB, of messages that could not be read",
    "400 days after their tasks were done or replaced",
    "48 MB",
    "5.1 MB of it are free",
  ]) {
    assert.ok((await page()).includes(words), words);
  }
  const kept = await worklist.kept();
  worklist.kept = async () => ({ ...kept, waitsFor: "no system with these settings has run for a day yet" });
  assert.match(await page(), /Nothing is removed now: no system with these settings has run for a day yet\./);
  worklist.kept = async () => ({ ...kept, days: {} });
  assert.match(await page(), /Everything is kept for good\./);
});

test("of a task that was removed its page says so, and of one whose message was, and offers neither", async (t) => {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  const one = worklist.all.find(({ taskId }) => taskId === 1);
  assert.ok(one);
  const before = (await ask(`${url}/tasks/1`)).text;
  assert.match(before, /\/tasks\/1\/original/);
  Object.assign(one, { state: "completed", attachments: [], removed: { messageAt: new Date("2027-11-23T10:00:00Z") } });
  const without = (await ask(`${url}/tasks/1`)).text;
  assert.match(readable(without), /The message and its documents were removed on 23 November 2027/);
  assert.match(readable(without), /They were removed with the message\./);
  assert.doesNotMatch(without, /\/tasks\/1\/original/);
  Object.assign(one, { state: "removed", subject: "", patient: { outcome: "known" } });
  one.removed = { messageAt: new Date("2027-11-23T10:00:00Z"), at: new Date("2036-11-23T10:00:00Z") };
  const gone = (await ask(`${url}/tasks/1`)).text;
  assert.match(readable(gone), /Removed message Information: This task was removed on 23 November 2036/);
  assert.doesNotMatch(gone, /\/tasks\/1\/(original|complete|reopen|decide)/);
});
