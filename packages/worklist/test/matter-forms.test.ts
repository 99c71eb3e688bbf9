import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ask, readable, submit, formOf } from "../../web/test/http.ts";
import { person } from "../../practice/test/support/person.ts";
import { headerIds, hostile } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";

const things = [
  ["a task", "/tasks/2", "/?show=attention", "task 2"],
  ["a report", `/reports/${headerIds.returned}`, "/reports?show=attention", "report 3"],
  ["an unmatched message", "/unmatched/1", "/unmatched?show=attention", "stray 1"],
] as const;

for (const [what, address, list, key] of things) {
  test(`${what} that needs attention is dealt with from its page, with a note, and undone there`, async (t) => {
    const { url, worklist } = await open(t);
    const page = (await ask(url + address)).text;
    assert.match(page, /Needs attention/);
    const form = formOf(page, `${address}/deal-with`);
    const answer = await submit(`${url}${address}/deal-with`, { ...form, note: hostile });
    assert.equal(answer.status, 303);
    assert.deepEqual(worklist.calls, [`deal with ${key}: ${hostile}`]);

    const dealt = (await ask(url + String(answer.headers["location"]))).text;
    assert.match(readable(dealt), /Marked as dealt with\./);
    assert.match(readable(dealt), /Dealt with by this computer on&nbsp;23 November 2026 at 10am\./);
    assert.ok(!dealt.includes("<script>alert"));
    const undone = await submit(`${url}${address}/undo`, formOf(dealt, `${address}/undo`));
    assert.equal(undone.status, 303);
    assert.match((await ask(url + String(undone.headers["location"]))).text, /This needs attention again\./);
    assert.equal(worklist.calls.at(-1), `undo ${key}`);
  });

  test(`${what} that needs attention is dealt with from its list, which is then where the person is`, async (t) => {
    const { url, worklist } = await open(t);
    const page = (await ask(url + list)).text;
    const form = formOf(page, `${address}/deal-with`);
    const answer = await submit(`${url}${address}/deal-with`, { ...form, from: list });
    assert.deepEqual(worklist.calls, [`deal with ${key}`]);
    assert.equal(answer.headers["location"], `${list}&done=dealt-with&item=${encodeURIComponent(address)}`);
    const after = (await ask(url + answer.headers["location"])).text;
    assert.match(after, /Marked as dealt with\./);
    assert.ok(
      after.includes(`<a class="nhsuk-notification-banner__link" href="${address}">`),
      "the notice leads to what it was done to",
    );
    assert.ok(!after.includes(`action="${address}/deal-with"`));
  });

  test(`${what} is told to have changed where somebody else dealt with it first, and needs a token of its own`, async (t) => {
    const { url, worklist } = await open(t);
    const form = formOf((await ask(url + address)).text, `${address}/deal-with`);
    assert.equal((await submit(`${url}${address}/undo`, form)).status, 403);
    const refused = await submit(`${url}${address}/deal-with`, { ...form, note: "x".repeat(501) });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /<title>\s*Error: /);
    assert.match(refused.text, /href="#note"[^>]*>\s*What you did about it must be 500 characters or fewer/);
    assert.ok(refused.text.includes(`value="${"x".repeat(501)}"`), "what was typed is kept");
    assert.equal((await submit(`${url}${address}/deal-with`, form)).status, 303);
    assert.equal((await submit(`${url}${address}/deal-with`, form)).status, 409);
    assert.equal(worklist.calls.length, 1);
  });

  test(`${what} is seen when a person opens its page, not when the page is asked for by itself or from elsewhere`, async (t) => {
    const { url, worklist } = await open(t);
    for (const headers of [
      {},
      { "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin" },
      { "sec-fetch-dest": "image", "sec-fetch-site": "cross-site" },
      { "sec-fetch-dest": "document", "sec-fetch-site": "cross-site" },
      { "sec-fetch-dest": "document", "sec-fetch-site": "none", "sec-purpose": "prefetch;prerender" },
    ]) {
      await ask(url + address, { headers });
    }
    assert.deepEqual(worklist.calls, []);
    await ask(url + address, { headers: { "sec-fetch-dest": "document", "sec-fetch-site": "same-origin" } });
    assert.deepEqual(worklist.calls, [`see ${key}`]);
    assert.match(readable((await ask(url + list)).text), /Needs attention Mark as dealt with/);
  });
}

test("what needs attention is counted in the navigation, in words for who hears it, and gone when it is dealt with", async (t) => {
  const { url, worklist } = await open(t);
  const menu = async (): Promise<string> =>
    readable(/<ul class="nhsuk-header__navigation-list">[^]*?<\/ul>/.exec((await ask(url)).text)?.[0] ?? "");
  assert.match(
    await menu(),
    /Worklist \(4 to do\) Sent reports \(3 needing attention\) Unmatched messages \(1 needing attention\)/,
  );
  assert.match(
    readable((await ask(url)).text),
    /A person’s attention is needed: 1 task .*3 sent reports .*1 unmatched message that belongs/,
  );
  for (const id of [2, 3, 4]) await person(worklist).dealWith({ kind: "report", id });
  await person(worklist).dealWith({ kind: "task", id: 2 });
  await person(worklist).dealWith({ kind: "stray", id: 1 });
  assert.match(await menu(), /Sent reports Unmatched messages/);
  assert.doesNotMatch((await ask(url)).text, /A person’s attention is needed/);
});

test("each list shows what needs attention, what was dealt with, or all", async (t) => {
  const { url, worklist } = await open(t);
  await person(worklist).dealWith({ kind: "report", id: 3 }, "Rang them");
  const shown = async (path: string): Promise<boolean[]> => {
    const { text } = await ask(url + path);
    return [headerIds.overdue, headerIds.returned, headerIds.accepted].map((id) => text.includes(`/reports/${id}`));
  };
  assert.deepEqual(await shown("/reports"), [true, true, true]);
  assert.deepEqual(await shown("/reports?show=attention"), [true, false, false]);
  assert.deepEqual(await shown("/reports?show=dealt-with"), [false, true, false]);
  assert.match((await ask(`${url}/reports?show=dealt-with`)).text, /<span[^>]*>Note: Rang them/);
  assert.match((await ask(`${url}/unmatched?show=dealt-with`)).text, /None has been marked as dealt with\./);
  assert.match((await ask(`${url}/unmatched?show=attention`)).text, /href="\/unmatched\/1\?from=/);
  const tasks = (await ask(`${url}/?show=attention`)).text;
  assert.match(tasks, /href="\/tasks\/2\?from=/);
  assert.doesNotMatch(tasks, /href="\/tasks\/1\?/);
});

test("an unmatched message has a page with all that is known of it, and gives it as it was received", async (t) => {
  const { url, worklist } = await open(t);
  const text = readable((await ask(`${url}/unmatched/1`)).text);
  for (const words of [
    "Unmatched message: Acknowledgement 20013",
    "It answers a message that this organisation never sent.",
    "X26OT999",
    "in mailbox Y99002OT001",
    "GPFED_CONSULT_REPORT_ACK",
    "20261123074122000004_0A1B2C",
    "23 November 2026 at 6am",
  ]) {
    assert.ok(text.includes(words), `"${words}" is missing`);
  }
  const original = await ask(`${url}/unmatched/1/original`);
  assert.equal(original.text, "<Bundle/>");
  assert.equal(original.headers["content-type"], "application/octet-stream");
  assert.equal(original.headers["content-disposition"], 'attachment; filename="unmatched-1-original.dat"');

  Object.assign(worklist.unmatched[0] ?? {}, { kind: "mesh-report", code: "EPL-153", linkedMessageId: "20261123_ABC" });
  const report = readable((await ask(`${url}/unmatched/1`)).text);
  assert.match(report, /Unmatched message: MESH report EPL-153/);
  assert.match(report, /About MESH message 20261123_ABC/);
  assert.match(report, /A MESH report has no content/);
  for (const path of ["/unmatched/2", "/unmatched/x", "/unmatched/2/original"])
    assert.equal((await ask(url + path)).status, 404);
});

test("unmatched messages longer than a page go on on the next", async (t) => {
  const { url, worklist } = await open(t);
  const [first] = worklist.unmatched;
  assert.ok(first);
  for (let strayId = 2; strayId <= 60; strayId += 1) worklist.unmatched.push({ ...first, strayId });
  const next = /href="(\/unmatched\?page=2)"/.exec((await ask(`${url}/unmatched`)).text)?.[1];
  assert.ok(next);
  assert.match((await ask(url + next)).text, /href="\/unmatched\/10\?from=%2Funmatched%3Fpage%3D2"/);
});

async function open(t: TestContext): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist();
  const pages = await openPages(t, { worklist, organisation });
  return { url: pages.url, worklist };
}
