import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskList } from "@restante/practice";
import { jsonOf, openApiSite } from "./open-api-site.ts";

test("a program finds tasks by all that the page finds them by, and is told what no filter takes", async (t) => {
  const { worklist, program, tokens } = await openApiSite(t, "optional", "nobody");
  const asking = program(tokens["read-only"]);
  const tasks = worklist.tasks.bind(worklist);
  let asked: TaskList | undefined;
  worklist.tasks = (list) => tasks((asked = list));
  const ids = async (query: string): Promise<unknown> => {
    const answer = jsonOf(await asking.get(`/api/tasks?state=all&${query}`));
    return (answer["items"] as { taskId: number }[]).map(({ taskId }) => taskId);
  };
  worklist.all[0]!.work = { assignee: { kind: "person", id: "u-k3x9", name: "Ada" }, priority: "urgent" };
  worklist.all[1]!.work = { assignee: { kind: "team", id: "Front desk", name: "Front desk" }, dueOn: "2026-12-04" };
  worklist.all[4]!.flags = ["matched-by-hand"];

  assert.deepEqual(await ids("assignee=person.u-k3x9"), [1]);
  assert.deepEqual(await ids("assignee=team.Front%20desk"), [2]);
  assert.deepEqual(await ids("assignee=nobody"), [6, 5, 4, 3]);
  assert.deepEqual(await ids("priority=urgent"), [1]);
  assert.deepEqual(await ids("dueUntil=2026-12-04"), [2]);
  assert.deepEqual(await ids("dueFrom=2026-12-05"), []);
  assert.deepEqual(await ids("flag=matched-by-hand"), [5]);
  for (const sort of ["newest", "oldest", "patient", "consulted", "due"]) {
    await ids(`sort=${sort}`);
    assert.equal(asked?.sort, sort);
  }
  // The same of a search, all at once.
  const found = await asking.post("/api/tasks/search", {
    text: "WIŚNIEWSKI",
    assignee: "person.u-k3x9",
    priority: "urgent",
    dueFrom: "2026-12-01",
    dueUntil: "2026-12-31",
    sort: "due",
  });
  assert.equal(found.status, 200);
  assert.deepEqual(asked?.query, {
    text: "WIŚNIEWSKI",
    assignee: { kind: "person", id: "u-k3x9" },
    priority: "urgent",
    dueFrom: "2026-12-01",
    dueUntil: "2026-12-31",
  });

  const refusals = {
    "assignee=me": "must be nobody, person. with an id, or team. with a name",
    "assignee=person.": "must be nobody, person. with an id, or team. with a name",
    "dueFrom=2026-02-30": "must be a day that there is, such as 2026-12-04",
    "dueUntil=tomorrow": "must be a day that there is, such as 2026-12-04",
    "priority=low": undefined,
    "sort=surname": undefined,
  };
  for (const [query, words] of Object.entries(refusals)) {
    const { status, text } = await asking.get(`/api/tasks?${query}`);
    const [problem] = JSON.parse(text).problems;
    assert.deepEqual([status, problem.pointer], [400, `/${query.split("=")[0]}`], text);
    if (words !== undefined) assert.equal(problem.words, words);
  }
});
