import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, readable } from "../../web/test/http.ts";
import { refusalOf, refusals } from "../src/words/report-refusals.ts";
import { guidanceFor, type Situation, situationOf, situations } from "../src/words/reports.ts";
import { strayGuidance } from "../src/words/strays.ts";
import { durationWords } from "../src/words/waiting.ts";
import { openPages } from "./open-pages.ts";
import { everyReport } from "./sample-reports.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

test(
  "whatever a report has come to, its page says what that means, what to do next and whether to send it again",
  { tags: ["GPCM-SD-044", "GPCM-SD-045"] },
  async (t) => {
    const worklist = sampleWorklist({ empty: true });
    worklist.sent.push(...everyReport());
    const { url } = await openPages(t, { worklist, organisation });
    const met = new Set<Situation>();
    for (const report of worklist.sent) {
      const situation = situationOf(report);
      met.add(situation);
      const { means, causes = [], next, again } = guidanceFor(report);
      const { status, text } = await ask(`${url}/reports/${report.headerId}`);
      assert.equal(status, 200);
      const page = readable(text);
      for (const sentence of [means, ...causes, ...next, again]) assert.ok(page.includes(sentence), sentence);
      assert.doesNotMatch(page, /\{phone\}|undefined/, situation);
      // Whoever is wanted is told what to do, and nobody else is.
      assert.equal(next.length > 0, report.matter !== undefined, situation);
      if (report.matter !== undefined) assert.match(next.at(-1) ?? "", /mark it as dealt with|send it again here/);
      // Of what is late it says since when and what it may be; of what is awaited by when.
      const said = report.overdue ? /should have come by .* it is late by/ : /is expected by/;
      assert.equal(said.test(page), report.awaits !== undefined, situation);
      if (report.overdue) assert.ok(causes.length > 1, situation);
      // It is sent again by nobody, but where nobody knows whether it arrived.
      assert.equal(/\/send-again"/.test(text), situation === "held", situation);
    }
    assert.deepEqual([...met].toSorted(), Object.keys(situations).toSorted(), "a state of which no report is shown");
    const refused = worklist.sent.filter(({ state }) => state === "refused").map(refusalOf);
    assert.deepEqual([...new Set(refused)].toSorted(), Object.keys(refusals).toSorted());
  },
);

test("an unmatched message says why it is one, whatever the reason, and what to do next", async (t) => {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  const [stray] = worklist.unmatched;
  for (const [why, { why: said, next }] of Object.entries(strayGuidance)) {
    const isReport = why === "names-no-message" || why === "about-nothing-sent";
    Object.assign(stray ?? {}, { why, kind: isReport ? "mesh-report" : "response", from: undefined });
    const page = readable((await ask(`${url}/unmatched/1`)).text);
    for (const sentence of [said, ...next]) assert.ok(page.includes(sentence), sentence);
    assert.match(next.at(-1) ?? "", /mark it as dealt with/);
    assert.match(page, /What has happened Came by .* To your mailbox Y99002OT001\. Not used, and told to you/);
    assert.match(page, isReport ? /or by itself when it turns out to be about/ : /It changes nothing here\./);
  }
  Object.assign(stray ?? {}, { about: { kind: "report", headerId: "one" } });
  assert.match((await ask(`${url}/unmatched/1`)).text, /href="\/reports\/one">Open the report that it names/);
});

test("a message that was not accepted says what happened to it, what its sender was told, who to phone and how it ends", async (t) => {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  const page = async (): Promise<string> => readable((await ask(`${url}/tasks/3`)).text);
  const text = await page();
  for (const words of [
    "What to do next Phone Exampleton GP Federation: the message has no number of theirs",
    "Ask them to send it again once it is put right: sent as it is, it is refused again.",
    "Came by Exampleton GP Federation",
    "Read: Not accepted",
    "Answer written",
    "Did it arrive whole? No. The sender is told: Invalid message header.",
    "Answer accepted by MESH",
    "To be dealt with by a person Not yet",
    "It stays among what is to do until somebody marks it as done.",
  ])
    assert.ok(text.includes(words), `${words}: ${text}`);

  const task = worklist.all.find(({ taskId }) => taskId === 3);
  Object.assign(task?.responses[0] ?? {}, { state: "returned", problem: "MESH could not deliver it." });
  assert.match(
    await page(),
    /The answer did not get through, so the sender does not know\..* no message told them\..* Answer returned by MESH/,
  );
  const sender = { organisation: { name: "Exampleton GP Federation", phone: "01632 960003" } };
  Object.assign(task ?? {}, { sender, responses: [] });
  assert.match(await page(), /the message says 01632 960003, which nobody here has checked/);
  assert.match(await page(), /no message told them/);
  Object.assign(task ?? {}, { confidential: true });
  assert.doesNotMatch(await page(), /01632|What to do next Phone/);
  Object.assign(task ?? {}, { state: "completed", completedAt: new Date("2026-11-23T10:00:00Z") });
  assert.doesNotMatch(await page(), /What to do next|To be dealt with/);
  // What was accepted has none of it.
  assert.doesNotMatch(readable((await ask(`${url}/tasks/1`)).text), /What has happened|What to do next/);
});

test("how long something waits is told in hours and days", () => {
  const hour = 3_600_000;
  assert.deepEqual([-hour, 0, hour - 1, hour, 47 * hour, 48 * hour, 200 * hour].map(durationWords), [
    "less than an hour",
    "less than an hour",
    "less than an hour",
    "1 hour",
    "47 hours",
    "2 days",
    "8 days",
  ]);
});
