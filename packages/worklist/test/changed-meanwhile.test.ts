import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ask, formOf, readable, submit } from "../../web/test/http.ts";
import { headerIds, hostile } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";

const returned = `/reports/${headerIds.returned}`;
const forms = [
  { act: "complete", page: "/tasks/1", path: "complete", notDone: "it was not marked as done" },
  { act: "reopen", page: "/tasks/5", path: "reopen", notDone: "it was not opened again" },
  { act: "decide", page: "/tasks/2", path: "decide", code: "30016", notDone: "your answer was not sent" },
  {
    act: "send again, a response",
    page: "/tasks/2",
    path: `responses/${headerIds.heldResponse}/send-again`,
    notDone: "it was not sent again",
  },
  {
    act: "send again, a report",
    page: `/reports/${headerIds.held}`,
    path: "send-again",
    notDone: "it was not sent again",
  },
  { act: "deal with a task", page: "/tasks/2", path: "deal-with", notDone: "it was not marked as dealt with" },
  { act: "deal with a report", page: returned, path: "deal-with", notDone: "it was not marked as dealt with" },
  { act: "deal with a stray", page: "/unmatched/1", path: "deal-with", notDone: "it was not marked as dealt with" },
] as const;

for (const { act, page, path, notDone, ...more } of forms) {
  test(`${act}: what has changed since its page was shown is shown as it is now, with what was not done and what to do`, async (t) => {
    const { url, worklist } = await open(t);
    const action = `${page}/${path}`;
    const form = { ...formOf((await ask(url + page)).text, action), ...more };
    assert.equal(form.version, "1");
    change(worklist, page);

    const answer = await submit(url + action, { ...form, from: "/?show=all" });
    assert.equal(answer.status, 409);
    assert.deepEqual(worklist.calls, []);
    const text = readable(answer.text);
    assert.ok(text.includes(`This has changed since you opened it, so ${notDone}.`), text);
    assert.match(text, /Below is how it stands now: look at what is new, and if it is still right, do it again\./);
    assert.match(answer.text, /id="nhsuk-notification-banner-title">\s*Important\s*</);
    assert.doesNotMatch(answer.text, /nhsuk-notification-banner--success/);
    // The page keeps itself up to date from where it is found, and still leads back.
    assert.ok(answer.text.includes(`<body data-refresh="${page}?from=%2F%3Fshow%3Dall">`));
    assert.match(answer.text, /<a class="nhsuk-back-link" href="\/\?show=all">/);

    const again = { ...formOf(answer.text, action), ...more };
    assert.equal(again.version, "2");
    assert.equal((await submit(url + action, again)).status, 303);
    assert.equal(worklist.calls.length, 1);
  });

  test(`${act}: a form without the version of what its page showed is refused, and says to open the page again`, async (t) => {
    const { url, worklist } = await open(t);
    const action = `${page}/${path}`;
    const { token } = formOf((await ask(url + page)).text, action);
    for (const version of [undefined, "", "x", "-1", "1.5"]) {
      const answer = await submit(url + action, { token, ...more, ...(version !== undefined && { version }) });
      assert.equal(answer.status, 409);
      assert.match(answer.text, /This page is from before the system was updated, so nothing was done\. Open the page/);
    }
    assert.deepEqual(worklist.calls, []);
  });
}

test("to take back that something was dealt with is told the same way", async (t) => {
  const { url, worklist } = await open(t);
  const action = `${returned}/undo`;
  await submit(`${url}${returned}/deal-with`, formOf((await ask(url + returned)).text, `${returned}/deal-with`));
  const form = formOf((await ask(url + returned)).text, action);
  change(worklist, returned);
  const answer = await submit(url + action, form);
  assert.equal(answer.status, 409);
  assert.match(readable(answer.text), /so it was not marked as needing attention again\./);
  assert.equal(worklist.calls.length, 1);
});

test("what a person wrote about what they did is not lost to a change meanwhile", async (t) => {
  const { url, worklist } = await open(t);
  const action = `${returned}/deal-with`;
  const form = formOf((await ask(url + returned)).text, action);
  change(worklist, returned);
  const { text } = await submit(url + action, { ...form, note: hostile });
  const written = /<input [^>]*name="note"[^>]* value="([^"]*)"/.exec(text)?.[1];
  assert.ok(written?.startsWith("&lt;script&gt;"), written);
  assert.ok(!text.includes("<script>alert"));
});

test("dealt with from its list, what has changed is shown on its page, which leads back to the list", async (t) => {
  const { url, worklist } = await open(t);
  const list = "/reports?show=attention";
  const action = `${returned}/deal-with`;
  const form = formOf((await ask(url + list)).text, action);
  assert.equal(form.version, "1");
  change(worklist, returned);
  const answer = await submit(url + action, { ...form, from: list });
  assert.equal(answer.status, 409);
  assert.match(readable(answer.text), /so it was not marked as dealt with\./);
  assert.match(answer.text, /<a class="nhsuk-back-link" href="\/reports\?show=attention">/);
});

test("a page of a list that there is not is the newest, or says that there is nothing on it and leads back", async (t) => {
  const { url } = await open(t);
  for (const odd of ["0", "2001", "x", "-1", "1e3"])
    assert.match((await ask(`${url}/?page=${odd}`)).text, /href="\/tasks\/4"/, odd);
  for (const [path, back] of [
    ["/?show=all&page=9", "/?show=all"],
    ["/reports?page=2", "/reports"],
    ["/unmatched?page=2000", "/unmatched"],
  ] as const) {
    const { status, text } = await ask(url + path);
    assert.equal(status, 200);
    assert.match(text, /There is nothing on this page of the list\./);
    assert.ok(text.includes(`href="${back}" class="nhsuk-pagination__previous" rel="prev"`), path);
  }
});

/** What somebody else, or the system, does to the thing between the page and the form. */
function change(worklist: SampleWorklist, page: string): void {
  const things = [
    ...worklist.all.map((task) => [`/tasks/${task.taskId}`, task] as const),
    ...worklist.sent.map((report) => [`/reports/${report.headerId}`, report] as const),
    ...worklist.unmatched.map((stray) => [`/unmatched/${stray.strayId}`, stray] as const),
  ];
  const thing = things.find(([address]) => address === page)?.[1];
  assert.ok(thing);
  thing.version += 1;
}

async function open(t: TestContext): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist();
  const pages = await openPages(t, { worklist, organisation });
  return { url: pages.url, worklist };
}
