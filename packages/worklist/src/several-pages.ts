import type { ActBy, ActOutcome, Task, TaskSummary } from "@restante/practice";
import { type AuditAct, refusal, type Reply, type Request, route, type Routes } from "@restante/web";
import { assigneeIn, assigneesIn } from "./assignees.ts";
import { perPage } from "./list-pages.ts";
import { refusedWith } from "./refused.ts";
import { listHere } from "./list-here.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { aboutTask, taskSubject } from "./subjects.ts";
import { whyNotSaved } from "./words.ts";
import { completionIn, type Form, noteTooLong, type Problem } from "./work-forms.ts";
import { problems, refusals } from "./words/refusals.ts";

/** A list shows no more at once. */
const most = perPage;

/** A task that a form names, and on what of it the person acts. */
interface Chosen {
  taskId: number;
  version: number;
}

/**
 * Several tasks at once: those that were chosen in the list are shown as they are now, and what is done is done to each as it was
 * shown there. Each is an act of its own: what has changed meanwhile, or cannot be done, leaves the others done, and is told by
 * its task.
 */
export function serveSeveralPages(app: Routes, site: WorklistSite): void {
  const { worklist } = site;

  app.get<{ Querystring: Record<string, unknown> }>(
    "/several",
    route({ needs: "act", act: "list" }),
    async (request, reply) =>
      show(reply, idsIn(request.query["task"]), listHere(site, request, request.query["from"]) ?? "/", {}),
  );

  serve("complete", (request) => {
    const completion = completionIn({ choose: "yes", ...form(request) });
    return "at" in completion ? completion : (taskId, by) => worklist.complete(taskId, by, completion);
  });

  serve("assign", (request) => {
    const assignee = assigneeIn(site.assignees(), actorAt(site, request), form(request)["to"]);
    if (assignee === "unknown") return { text: problems["assignee-of-several-missing"], at: "to" };
    return (taskId, by) => worklist.assign(taskId, assignee === "nobody" ? undefined : assignee, by);
  });

  serve("save", () => (taskId, by) => worklist.saveToFolder(taskId, by));
  serve("save-and-complete", () => (taskId, by) => worklist.saveToFolder(taskId, by, { done: true }));

  function serve(
    name: "complete" | "assign" | "save" | "save-and-complete",
    actOf: (request: Request) => ((taskId: number, by: ActBy) => Promise<ActOutcome>) | Problem,
  ): void {
    const act: AuditAct = name;
    app.post(
      `/several/${name}`,
      {
        ...route({ needs: "act", act }),
        // The audit has them before anything is done to them.
        preValidation: async (request: Request) =>
          site.listed(
            request,
            chosenIn(form(request)).map(({ taskId }) => taskSubject(taskId)),
          ),
      },
      async (request, reply) => {
        const chosen = chosenIn(form(request));
        if (chosen.length === 0) throw refusal(400, refusals["nothing-chosen"]);
        const from = listHere(site, request, form(request)["from"]) ?? "/";
        const doing = actOf(request);
        const ids = chosen.map(({ taskId }) => taskId);
        if ("at" in doing) return show(reply.code(400), ids, from, { workProblem: doing, filled: form(request) });
        const left: number[] = [];
        for (const { taskId, version } of chosen) {
          const done = await isDone(doing(taskId, { actor: actorAt(site, request), version }));
          // What one does not take of it none does.
          if (typeof done === "object") {
            return show(reply.code(400), ids, from, { workProblem: done, filled: form(request) });
          }
          if (!done) left.push(taskId);
        }
        const done = chosen.length - left.length;
        if (left.length === 0)
          return reply.redirect(`${from}${from.includes("?") ? "&" : "?"}done=several-${name}`, 303);
        const notice = { text: leftWords(done, left.length), important: true };
        return show(reply.code(409), left, from, { notice, filled: form(request) });
      },
    );
  }

  async function show(reply: Reply, ids: readonly number[], from: string, extra: object): Promise<void> {
    const { request } = reply;
    const actor = actorAt(site, request);
    const found = await Promise.all(ids.map((taskId) => worklist.task(taskId, actor)));
    const tasks = found.filter((task) => task !== undefined);
    const savable = (await worklist.filingFolder()) === undefined ? [] : tasks.filter(isToBeSaved);
    site.listed(
      request,
      tasks.map(({ taskId }) => taskSubject(taskId)),
    );
    return site.show(reply, "several", {
      tasks,
      chosen: tasks.length === 0 ? "No task chosen" : `${tasks.length} ${tasks.length === 1 ? "task" : "tasks"} chosen`,
      open: tasks.filter(({ state }) => state === "open").length,
      savable,
      savableOpen: savable.filter(({ state }) => state === "open"),
      from,
      back: { href: from, text: "Back to the worklist" },
      assignees: assigneesIn(site.assignees()),
      refresh: addressOf(tasks, from),
      token: (action: string) => site.token(request, action),
      ...extra,
    });
  }
}

/** False: it has changed since it was shown, or is not what that can be done to. */
async function isDone(act: Promise<ActOutcome>): Promise<boolean | Problem> {
  try {
    return (await act).outcome === "done";
  } catch (error) {
    if (refusedWith(error, ["note-too-long"]) !== undefined) return noteTooLong;
    if (refusedWith(error, ["task-unknown", "task-not-open", "filing-off", "nothing-to-save"]) === undefined)
      throw error;
    return false;
  }
}

/** What was saved, or waits to be, is saved again on its own page alone. */
function isToBeSaved(task: Task): boolean {
  return whyNotSaved(task) === undefined && task.filing === undefined;
}

function leftWords(done: number, left: number): string {
  const those = left === 1 ? "One has" : `${left} have`;
  const them = left === 1 ? "it" : "them";
  const before = done === 0 ? "Nothing was done." : `${done} ${done === 1 ? "task was" : "tasks were"} dealt with.`;
  return `${before} ${those} changed since you opened this page, so nothing was done to ${them}. Below is how ${left === 1 ? "it stands" : "they stand"} now: look at what is new, and if it is still right, do it again.`;
}

function form(request: Request): Form {
  return (request.body ?? {}) as Form;
}

/** `task=1&task=2` */
function idsIn(asked: unknown): number[] {
  const given = [asked].flat().filter((id): id is string => typeof id === "string" && isTask(id));
  return [...new Set(given)].slice(0, most).map(Number);
}

/** The fields `task-1=3`: task 1 in version 3. */
function chosenIn(fields: Form): Chosen[] {
  return Object.entries(fields)
    .flatMap(([name, value]) => {
      const id = /^task-(.+)$/.exec(name)?.[1];
      return id !== undefined && isTask(id) && /^[1-9]\d{0,14}$/.test(value)
        ? [{ taskId: Number(id), version: Number(value) }]
        : [];
    })
    .slice(0, most);
}

/** As its page is found by, and the audit knows it. */
function isTask(id: string): boolean {
  return aboutTask({ id }) !== undefined;
}

function addressOf(tasks: readonly TaskSummary[], from: string): string {
  const query = new URLSearchParams([
    ...tasks.map(({ taskId }): [string, string] => ["task", String(taskId)]),
    ["from", from],
  ]);
  return `/several?${query.toString()}`;
}
