import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ask, formOf, readable, submit } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { at } from "./sample-messages.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";

async function open(
  t: TestContext,
  filing?: string,
): Promise<{
  worklist: SampleWorklist;
  url: string;
  read: (path: string) => Promise<string>;
  send: (path: string, action: string, fields?: Record<string, string>) => Promise<Awaited<ReturnType<typeof submit>>>;
}> {
  const worklist = sampleWorklist(filing === undefined ? {} : { filing });
  const { url } = await openPages(t, { worklist, organisation });
  return {
    worklist,
    url,
    read: async (path) => readable((await ask(url + path)).text),
    async send(path, action, fields = {}) {
      const form = formOf((await ask(url + path)).text, action);
      return submit(url + action, { ...form, ...fields });
    },
  };
}

test("a person has a document saved, with the task done or not, sees how that stands, and stops it", async (t) => {
  const { worklist, send, read } = await open(t, "/records");
  const asked = await send("/tasks/1", "/tasks/1/save", { from: "/" });
  assert.equal(asked.headers["location"], "/tasks/1?done=save-asked&from=%2F");
  assert.match(await read("/tasks/1?done=save-asked"), /The document will be saved to the record system’s folder\./);
  assert.match(
    await read("/tasks/1"),
    /Record system Waiting to be saved .*Asked for by this computer on 23 November 2026 at 10am\. It is to be saved in 000001-5f0c9a3e\./,
  );
  assert.equal((await send("/tasks/1", "/tasks/1/stop-saving")).status, 303);
  const done = await send("/tasks/1", "/tasks/1/save-and-complete", { from: "/" });
  assert.equal(done.headers["location"], "/?done=save-asked-and-done&item=%2Ftasks%2F1");
  assert.deepEqual(worklist.calls, ["save 1", "stop saving 1", "save 1 and complete"]);

  const failed = await read("/tasks/2");
  assert.match(
    failed,
    /Not saved .*is full: room must be made there\. It is tried again until it succeeds or somebody stops it\./,
  );
  assert.equal((await send("/tasks/2", "/tasks/2/save")).status, 303);
  const saved = await read("/tasks/5");
  assert.match(saved, /Saved .*Saved in 000005-5f0c9a3e on 23 November 2026 at 10:01am by Priya Nair\./);
  assert.match(await read("/?show=completed"), /Done Saved /, "in the list too");
  assert.match(saved, /Before that: saved in 000005-00c0ffee/);
  assert.match(saved, /Save it again It is saved in a new folder, so the record system may then have it twice\./);
  assert.equal((await send("/tasks/5", "/tasks/5/save")).status, 303);
  assert.match(await read("/tasks/3"), /There is nothing to save: no document of this message was accepted\./);
});

test("a task that is done as filed, and whose saving was stopped, says so until it is opened again, done anew or saved", async (t) => {
  const { worklist, read, send } = await open(t, "/records");
  const [task] = worklist.all;
  assert.ok(task);
  const stopped =
    /The saving was stopped, but the task is marked as done: filed in the record\. Make sure that the record has/;
  const act = (name: "completed" | "save-asked" | "save-stopped"): void => {
    task.acts.unshift({ at: at("10:00"), by: { id: "u-1", name: "Priya Nair" }, act: name });
  };
  act("save-asked");
  act("completed");
  Object.assign(task, { state: "completed", completedAt: at("10:00"), work: { reason: "filed" } });
  assert.doesNotMatch(await read("/tasks/1"), stopped);
  act("save-stopped");
  assert.match(await read("/tasks/1"), stopped);
  task.work = { reason: "nothing-to-do" };
  assert.doesNotMatch(await read("/tasks/1"), stopped);
  Object.assign(task, { state: "open", work: {} });
  assert.doesNotMatch(await read("/tasks/1"), stopped);
  Object.assign(task, { state: "completed", work: { reason: "filed" } });
  act("completed");
  assert.doesNotMatch(await read("/tasks/1"), stopped);
  act("save-stopped");
  assert.match(await read("/tasks/1"), stopped);
  await send("/tasks/1", "/tasks/1/save");
  assert.doesNotMatch(await read("/tasks/1"), stopped);
});

test("what cannot be saved any more, or was changed meanwhile, is said and nothing is done", async (t) => {
  const { worklist, url } = await open(t, "/records");
  const [first, second] = worklist.all;
  assert.ok(first && second);
  const save = formOf((await ask(`${url}/tasks/1`)).text, "/tasks/1/save");
  const stop = formOf((await ask(`${url}/tasks/2`)).text, "/tasks/2/stop-saving");
  first.version += 1;
  const late = await submit(`${url}/tasks/1/save`, save);
  assert.equal(late.status, 409);
  assert.match(
    readable(late.text),
    /This has changed since you opened it, so it is not saved for the record system by this\./,
  );
  first.version -= 1;
  first.kind = "refused";
  const refused = await submit(`${url}/tasks/1/save`, save);
  assert.equal(refused.status, 409);
  assert.match(readable(refused.text), /There is nothing of this message to save\./);
  assert.ok(second.filing);
  second.filing.state = "saved";
  const saved = await submit(`${url}/tasks/2/stop-saving`, stop);
  assert.equal(saved.status, 409);
  assert.match(readable(saved.text), /Nothing of this task waits to be saved any more\./);
  assert.deepEqual(worklist.calls, []);
});

test("several documents are saved at once, and those that have nothing to save are left out", async (t) => {
  const { worklist, read, url } = await open(t, "/records");
  const page = (await ask(`${url}/several?task=1&task=3&task=5&task=6`)).text;
  assert.match(readable(page), /2 of them can be saved\. The others have nothing to save/);
  const { token } = formOf(page, "/several/save-and-complete");
  const sent = await submit(`${url}/several/save-and-complete`, { token: token ?? "", "task-1": "1", "task-6": "1" });
  assert.equal(sent.headers["location"], "/?done=several-save-and-complete");
  assert.deepEqual(worklist.calls, ["save 1 and complete", "save 6 and complete"]);
  // Two of four: that the other two are done is not said.
  assert.match(
    await read("/?done=several-save-and-complete"),
    /The tasks whose documents could be saved are marked as done\. .* Any other task that you chose is as it was, and not marked as done\./,
  );
  assert.match(await read("/?done=several-save"), /Any other task that you chose is as it was\./);
});

test("of several, those that are done already are saved, and are not asked to be marked as done", async (t) => {
  const { worklist, url } = await open(t, "/records");
  const done = worklist.all.find(({ taskId }) => taskId === 6);
  assert.ok(done);
  Object.assign(done, { state: "completed", completedAt: at("10:00"), work: { reason: "filed" } });
  const { text } = await ask(`${url}/several?task=1&task=6`);
  const fields = (action: string): string[] =>
    (text.split(`action="${action}"`)[1]?.split("</form>")[0] ?? "").match(/task-\d+/g) ?? [];
  assert.deepEqual(fields("/several/save-and-complete"), ["task-1"]);
  assert.deepEqual(fields("/several/save"), ["task-1", "task-6"]);
  assert.match(readable(text), /1 of those can be marked as done too\. The others are not to do\./);
});

test("where the settings name no folder nothing is offered", async (t) => {
  const { read, url } = await open(t);
  assert.doesNotMatch(await read("/tasks/1"), /Record system/);
  assert.doesNotMatch(await read("/several?task=1"), /for the record system/);
  assert.ok(!(await ask(`${url}/tasks/1`)).text.includes("save-and-complete"));
});
