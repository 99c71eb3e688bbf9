import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { listIn } from "../src/return-path.ts";
import { ask, submit, formOf } from "../../web/test/http.ts";
import { person } from "../../practice/test/support/person.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";

const elsewhere = [
  "https://example.org/",
  "//example.org",
  "/\\example.org",
  "\\\\example.org",
  "javascript:alert(1)",
  "/tasks/1",
  "/reports/../tasks",
  "/reports?show=all&next=//example.org",
  "/?show=a\r\nset-cookie: x",
  "/unmatched?page=1#x",
  "/unmatched?before=3",
  "/ ",
  "",
  undefined,
  7,
];

test("a list with its filter and page is a place to go back to, nothing else is", () => {
  for (const list of ["/", "/?show=completed&page=3", "/reports", "/reports?show=dealt-with", "/unmatched?page=3"]) {
    assert.equal(listIn(list), list);
  }
  for (const given of elsewhere) assert.equal(listIn(given), undefined, String(given));
});

test("a task done from a page of a list is followed by that page, its filter kept", async (t) => {
  const { url, worklist } = await open(t);
  const [first] = worklist.all;
  assert.ok(first);
  for (let taskId = 100; taskId < 160; taskId += 1) worklist.all.push({ ...first, taskId });
  const list = "/?page=2";
  const link = `/tasks/3?from=${encodeURIComponent(list)}`;
  assert.ok((await ask(url + list)).text.includes(`href="${link}"`));
  const page = (await ask(url + link)).text;
  assert.ok(page.includes('href="/?page=2"'), "the link back leads there");
  assert.ok(page.includes('name="from" value="/?page=2"'));
  const form = formOf(page, "/tasks/3/complete");
  const answer = await submit(`${url}/tasks/3/complete`, { ...form, from: list });
  assert.equal(answer.headers["location"], `${list}&done=completed&item=%2Ftasks%2F3`);
  const after = (await ask(url + answer.headers["location"])).text;
  assert.match(after, /Task marked as done\. <a class="nhsuk-notification-banner__link" href="\/tasks\/3">/);
  assert.match(after, /href="\/tasks\/2\?/);
  assert.doesNotMatch(after, /href="\/tasks\/3\?/);
});

test("a task done by mistake is opened again from its page", async (t) => {
  const { url, worklist } = await open(t);
  const page = (await ask(`${url}/tasks/5?from=${encodeURIComponent("/?show=completed")}`)).text;
  const form = formOf(page, "/tasks/5/reopen");
  const answer = await submit(`${url}/tasks/5/reopen`, { ...form, from: "/?show=completed" });
  assert.equal(answer.headers["location"], "/tasks/5?done=reopened&from=%2F%3Fshow%3Dcompleted");
  assert.deepEqual(worklist.calls, ["reopen 5"]);
  const after = (await ask(url + answer.headers["location"])).text;
  assert.match(after, /The task is open again\./);
  assert.match(after, /Mark as done/);
  assert.match(after, /<a class="nhsuk-back-link" href="\/\?show=completed">/);
  for (const path of ["/tasks/1", "/tasks/6"])
    assert.doesNotMatch((await ask(url + path)).text, /Open this task again/);
});

test("no address or form leads from these pages to another place", async (t) => {
  const { url, worklist } = await open(t);
  for (const given of elsewhere.filter((it) => typeof it === "string")) {
    const page = (await ask(`${url}/tasks/1?from=${encodeURIComponent(given)}`)).text;
    assert.match(page, /<a class="nhsuk-back-link" href="\/">/, given);
    const form = formOf(page, "/tasks/1/complete");
    const answer = await submit(`${url}/tasks/1/complete`, { ...form, from: given });
    assert.equal(answer.headers["location"], "/tasks/1?done=completed", given);
    await person(worklist).reopen(1);
    const list = (await ask(`${url}/?done=completed&item=${encodeURIComponent(given)}`)).text;
    assert.ok(!list.includes("example.org"), given);
  }
});

async function open(t: TestContext): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist();
  const pages = await openPages(t, { worklist, organisation });
  return { url: pages.url, worklist };
}
