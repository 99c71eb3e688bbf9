import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { settableClock } from "@restante/testbed";
import { ask, formOf, readable, submit, type Answer } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { openSecurePages } from "./secure-pages.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";

const tasksIn = (text: string): string[] => [...text.matchAll(/<a href="\/tasks\/(\d+)/g)].map(([, id]) => id ?? "");
const links = (text: string): string[] =>
  [...text.matchAll(/<li><a href="([^"]*)"[^>]*>([^<]*)<\/a><\/li>/g)].map(([, href, words]) => `${words} ${href}`);

async function open(t: TestContext): Promise<{
  url: string;
  worklist: SampleWorklist;
  find: (fields: Record<string, string>) => Promise<Answer>;
}> {
  const worklist = sampleWorklist();
  const clock = settableClock(new Date("2026-11-30T12:00:00Z"));
  const { url } = await openPages(t, { worklist, organisation, clock, teams: ["Front desk & post"] });
  const find = async (fields: Record<string, string>): Promise<Answer> => {
    const { token } = formOf((await ask(url)).text, "/find");
    return submit(`${url}/find`, { token, ...fields });
  };
  return { url, worklist, find };
}

test("a list is filtered by who has a task, when it is due, how old and how urgent it is, at an address that stays true", async (t) => {
  const { url, worklist, find } = await open(t);
  const work = (taskId: number): object => (worklist.all.find((task) => task.taskId === taskId)!.work ??= {});
  const team = { kind: "team", id: "Front desk & post", name: "Front desk & post" } as const;
  Object.assign(work(1), { assignee: team, dueOn: "2026-11-29" });
  Object.assign(work(2), { dueOn: "2026-11-30", priority: "urgent" });
  Object.assign(work(3), { assignee: { kind: "person", id: "this-computer", name: "this computer" } });
  Object.assign(work(4), { assignee: { kind: "person", id: "u-gone", name: "Ann Other" }, dueOn: "2026-12-07" });
  for (const [fields, query, tasks, chip] of [
    [{ assigned: "me" }, "assigned=me", ["3"], "Assigned to me"],
    [{ assigned: "nobody" }, "assigned=nobody", ["2"], "Assigned to nobody"],
    [
      { assigned: "team.Front desk & post" },
      "assigned=team.Front%20desk%20%26%20post",
      ["1"],
      "Assigned to Front desk &amp; post (team)",
    ],
    [{ assigned: "person.u-gone" }, "assigned=person.u-gone", ["4"], "Assigned to Somebody who may not act here"],
    [{ due: "past" }, "due=past", ["1"], "Past due"],
    [{ due: "today" }, "due=today", ["2"], "Due today"],
    [{ due: "week" }, "due=week", ["4", "2"], "Due in the next 7 days"],
    [{ age: "7" }, "age=7", ["4", "3", "2", "1"], "Older than 7 days"],
    [{ age: "14" }, "age=14", [], "Older than 14 days"],
    [{ "priority.urgent": "yes" }, "priority=urgent", ["2"], "Urgent"],
  ] as const) {
    const address = String((await find(fields)).headers["location"]);
    assert.equal(address, `/?${query}`);
    const { text } = await ask(url + address);
    assert.deepEqual(tasksIn(text), tasks, query);
    assert.ok(text.includes(`href="/"><span class="nhsuk-u-visually-hidden">Remove </span>${chip} `), chip);
    if (tasks[0] === undefined) continue;
    // A task that is opened there leads back there.
    const task = (await ask(`${url}/tasks/${tasks[0]}?from=${encodeURIComponent(address)}`)).text;
    assert.ok(task.includes(`<a class="nhsuk-back-link" href="${address}">`), address);
  }
  const all = (await ask(`${url}/?due=week&assigned=me&sort=due`)).text;
  assert.match(all, /<option value="week" selected>/);
  assert.match(all, /<option value="me" selected>/);
  for (const odd of ["due=soon", "age=9", "assigned=person.%20x", "assigned=everybody", "priority=low"])
    assert.equal(tasksIn((await ask(`${url}/?${odd}`)).text).length, 4, odd);
});

test("what is assigned to me is one link above the list, with how many there are, and means whoever looks", async (t) => {
  const { signedIn, worklist, access } = await openSecurePages(t);
  const [admin, clinician] = [await signedIn("administrator"), await signedIn("clinician")];
  const { id, name } = access.users.list().find((user) => user.signInName === "clinician")!;
  worklist.all[0]!.work = { assignee: { kind: "person", id, name } };
  const none = (await admin.get("/")).text;
  assert.ok(links(none).includes("Assigned to me (0) /?assigned=me"), links(none).join());
  const own = (await clinician.get("/?assigned=me")).text;
  assert.ok(own.includes('href="/?assigned=me" aria-current="page">Assigned to me (1)'));
  assert.doesNotMatch(own, /aria-current="page">To do/);
  assert.ok(links(own).includes("To do /"), "leads to what everybody has to do");
  assert.deepEqual(tasksIn(own), ["1"]);
  assert.deepEqual(tasksIn((await admin.get("/?assigned=me")).text), []);
  assert.ok(own.includes(`<option value="me" selected>`));
  assert.doesNotMatch(own, new RegExp(`<option value="person.${id}"`));
  assert.ok(none.includes(`<option value="person.${id}">${name}`));
  // Who may not act has nothing to take.
  assert.doesNotMatch((await (await signedIn("read-only")).get("/")).text, /Assigned to me/);
});

test("the tasks of a search are gone through one after the other, and where it is kept no more the whole list is led back to", async (t) => {
  const { url, worklist, find } = await open(t);
  const found = String((await find({ text: "Exampleton" })).headers["location"]);
  const ids = tasksIn((await ask(url + found)).text);
  assert.ok(ids.length >= 2);
  const from = encodeURIComponent(found);
  const first = (await ask(`${url}/tasks/${ids[0]}?from=${from}`)).text;
  assert.ok(first.includes(`href="/tasks/${ids[1]}?from=${from}">Next task in this list`));
  assert.doesNotMatch((await ask(`${url}/tasks/${ids.at(-1)}?from=${from}`)).text, /Next task in this list/);
  const comment = formOf(first, `/tasks/${ids[0]}/comment`);
  const said = await submit(`${url}/tasks/${ids[0]}/comment`, { ...comment, comment: "Rang.", from: found });
  assert.equal(said.headers["location"], `/tasks/${ids[0]}?done=commented&from=${from}`);

  const gone = `/found/${"x".repeat(22)}?show=open&for=action&page=2`;
  const task = (await ask(`${url}/tasks/1?from=${encodeURIComponent(gone)}`)).text;
  assert.match(
    task,
    /<a class="nhsuk-back-link" href="\/\?show=open&amp;for=action&amp;page=2">\s*Back to the worklist/,
  );
  const form = formOf(task, "/tasks/1/complete");
  const done = await submit(`${url}/tasks/1/complete`, { ...form, reason: "filed", from: gone });
  assert.equal(done.headers["location"], "/?show=open&for=action&page=2&done=completed&item=%2Ftasks%2F1");
  assert.match(readable((await ask(url + done.headers["location"])).text), /Task marked as done\./);
  assert.equal(worklist.calls.at(-1), "complete 1 filed");
});
