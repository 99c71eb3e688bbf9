import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeldNotices } from "@restante/practice";
import { ask, formOf, readable, submit } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { openSecurePages } from "./secure-pages.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

const opening = { "sec-fetch-dest": "document", "sec-fetch-site": "same-origin" };
const openBy = new Date("2026-11-23T12:00:00Z");

const hook: HeldNotices = {
  receiver: 3,
  kind: "webhook",
  to: "https://hooks.example",
  notices: 2,
  since: new Date("2026-11-20T10:00:00Z"),
  upTo: 17,
  reason: "It answered 500.",
  notKept: 0,
};

test("tasks not opened in time, and those past their due date, say since when and who has them, and lead there and back", async (t) => {
  const worklist = sampleWorklist();
  const off = await openPages(t, { worklist, organisation });
  // Off by the settings: no entry, and the page says so.
  assert.doesNotMatch((await ask(off.url)).text, /href="\/unread"/);
  const isOff = /Nobody is told of tasks that are not opened in time\..*settings\. /;
  assert.match(readable((await ask(`${off.url}/unread`)).text), isOff);
  const { url } = await openPages(t, { worklist, organisation, unreadRole: "administrator" });
  const page = async (): Promise<string> => readable((await ask(`${url}/unread`)).text);
  const menu = async (): Promise<string> => (await ask(url)).text;
  const counts = worklist.counts.bind(worklist);
  worklist.counts = async () => ({ unread: worklist.late.size + worklist.held.length, ...(await counts()) });
  assert.match(await page(), /Every task was opened in time/);
  assert.match(readable(await menu()), /Not opened in time Sent reports/);

  const [one, two] = worklist.all;
  assert.ok(one && two);
  worklist.late.set(one.taskId, { openBy });
  worklist.late.set(two.taskId, { openBy, overdue: true });
  two.work = { assignee: { kind: "team", id: "Prescribing", name: "Prescribing" }, dueOn: "2026-11-20" };
  const shown = await page();
  assert.match(shown, /Consultation report for WIŚNIEWSKI, Łukasz \(Mr\) Consultation on 19 November 2026, version 1 /);
  assert.doesNotMatch(shown, /NHS Number 9912609131/, "the row says it already");
  assert.match(shown, /Nobody has opened it\. It was to be opened by 23 November 2026 at midday Assigned to Nobody/);
  assert.match(shown, /Not done\. It was due on 20 November 2026 Assigned to Prescribing \(team\)/);
  assert.match(readable(await menu()), /Not opened in time \(2 to look at\)/);
  const { text } = await ask(`${url}/unread`);
  assert.match(text, new RegExp(`href="/tasks/${one.taskId}\\?from=%2Funread"`));
  const task = await ask(`${url}/tasks/${one.taskId}?from=%2Funread`, { headers: opening });
  assert.match(task.text, /href="\/unread"[^>]*>\s*Back to the tasks not opened in time/);
  assert.match(
    await page(),
    /somebody has opened it or dealt with it; past its due date, until it is done or its due date is moved\./,
  );
  // To open it is to end it; that it is past its due date is not.
  assert.match(readable(await menu()), /Not opened in time \(1 to look at\)/);
  await ask(`${url}/tasks/${two.taskId}`, { headers: opening });
  assert.doesNotMatch(await page(), /Nobody has opened it/);
  assert.match(await page(), /It was due on 20 November 2026/);
});

test("a task is opened by who may act and sees its page, its entries or its document, and not by a browser alone or a reader", async (t) => {
  const { signedIn, worklist, access } = await openSecurePages(t);
  const clinician = await signedIn("clinician");
  for (const headers of [
    {},
    { "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin" },
    { ...opening, "sec-purpose": "prefetch" },
  ]) {
    assert.equal((await clinician.get("/tasks/1", headers)).status, 200);
  }
  const reader = await signedIn("read-only");
  for (const address of ["/tasks/1", "/tasks/1/entries", "/tasks/1/attachments/0"]) {
    assert.equal((await reader.get(address, opening)).status, 200);
  }
  assert.deepEqual(worklist.opens, []);
  for (const address of ["/tasks/1", "/tasks/1/entries", "/tasks/1/attachments/0"]) {
    assert.equal((await clinician.get(address, opening)).status, 200);
  }
  assert.deepEqual(
    worklist.opens,
    Array.from({ length: 3 }, () => `1 ${access.users.findByName("clinician")?.id}`),
  );
});

test("notices that could not be sent are sent again or ended by the role that is told, as they saw them, and the audit has it", async (t) => {
  const { signedIn, worklist, access } = await openSecurePages(t);
  worklist.held.push(hook, {
    ...hook,
    receiver: 4,
    kind: "email",
    to: "manager@practice.example",
    notices: 1,
    unknown: true,
  });
  const administrator = await signedIn("administrator");
  const clinician = await signedIn("clinician");
  assert.equal((await clinician.get("/unread")).status, 403);
  assert.doesNotMatch((await clinician.get("/")).text, /href="\/unread"/);
  const { text } = await administrator.get("/unread");
  const shown = readable(text);
  assert.match(
    shown,
    /Webhook at https:\/\/hooks\.example 2 notices could not be sent, the first of 20 November 2026 at 10am\.\s*It answered 500\.\s*Send again/,
  );
  assert.match(
    shown,
    /Email to manager@practice\.example 1 notice could not be sent.*Nothing can be sent to it any more\.\s*End without sending/,
  );
  const again = "/unread/notices/3/send-again";
  const end = "/unread/notices/4/end";
  assert.doesNotMatch(text, /\/unread\/notices\/4\/send-again/);
  assert.match(text, /name="upTo" value="17"/);
  const form = formOf(text, again);
  assert.equal((await clinician.post(again, form)).status, 403);
  assert.equal((await administrator.post(end, { ...formOf(text, end), upTo: "many" })).status, 404);
  for (const [address, done] of [
    [again, "sent-again"],
    [end, "ended"],
  ] as const) {
    const { status, headers } = await administrator.post(address, { ...formOf(text, address), upTo: "17" });
    assert.deepEqual([status, headers["location"]], [303, `/unread?done=notices-${done}`]);
  }
  assert.deepEqual(worklist.calls, ["send notices again 3 17", "end notices 4 17"]);
  assert.match(readable((await administrator.get("/unread?done=notices-ended")).text), /The notices are ended/);
  const acts = access.audit.find({ limit: 20 }).rows.filter(({ outcome }) => outcome === "asked");
  assert.deepEqual(
    acts
      .filter(({ act }) => act.endsWith("-notices"))
      .map(({ act, subjects }) => `${act} ${subjects.join()}`)
      .toSorted(),
    ["end-notices receiver:4", "end-notices receiver:4", "send-notices receiver:3"],
  );
});

test("clinicians are told in the place of administrators where the settings say so", async (t) => {
  const worklist = sampleWorklist();
  worklist.late.set(1, { openBy });
  const { url, routes } = await openPages(t, { worklist, organisation, unreadRole: "clinician" });
  assert.deepEqual(
    routes.filter((route) => route.url.startsWith("/unread")).map(({ access }) => access.needs),
    Array.from({ length: 4 }, () => "answer"),
  );
  // Whoever uses this computer is told without sign-in.
  assert.match(readable((await ask(url)).text), /Not opened in time \(1 to look at\)/);
  assert.equal((await submit(`${url}/unread/notices/3/end`, { upTo: "1" })).status, 403);
});
