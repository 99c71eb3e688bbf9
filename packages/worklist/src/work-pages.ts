import type { ActOutcome, Task } from "@restante/practice";
import { refusal, type Reply, type Request, type Right, route, type Routes, type AuditAct } from "@restante/web";
import { assigneeIn, assigneesIn } from "./assignees.ts";
import { actIn, pageOf } from "./changed-meanwhile.ts";
import { listHere } from "./list-here.ts";
import { nextTask } from "./next-task.ts";
import { refusedWith } from "./refused.ts";
import { afterwards } from "./return-path.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { aboutTask } from "./subjects.ts";
import { completionIn, dayIn, type Form, type Problem } from "./work-forms.ts";
import type { FormAct } from "./words.ts";
import { problems } from "./words/refusals.ts";
import { refusals } from "./words/refusals.ts";

/** The page of a task, as the forms of work need it. */
export interface TaskPage {
  find: (request: Request, id: string) => Promise<Task>;
  show: (reply: Reply, task: Task, extra: object, asked: Form) => Promise<void>;
  showChanged: (reply: Reply, taskId: number, act: FormAct, form: Form) => Promise<void>;
}

type Posted = { Params: { id: string }; Body: Record<string, string> };

/** The forms by which a person takes a task, gives it to somebody, says how soon it is due, writes about it and ends it. */
export function serveWorkForms(app: Routes, site: WorklistSite, page: TaskPage): void {
  const { worklist } = site;

  app.post<Posted>("/tasks/:id/complete", of("act", "complete"), async (request, reply) => {
    const task = await page.find(request, request.params.id);
    const { taskId } = task;
    const by = actIn(site, request);
    const completion = completionIn(request.body);
    if ("at" in completion) return again(reply, task, completion, request.body);
    const list = listHere(site, request, request.body["from"]);
    // Before it leaves the list that says what comes after it.
    const next = request.body["open"] === "next" ? await nextTask(site, request, taskId, list ?? "/") : undefined;
    const acted = await telling(worklist.complete(taskId, by, completion), "done-note");
    if ("at" in acted) return again(reply, task, acted, request.body);
    if (acted.outcome === "changed-meanwhile") return page.showChanged(reply, taskId, "complete", request.body);
    const address = `/tasks/${taskId}`;
    if (next !== undefined) {
      const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
      return reply.redirect(`/tasks/${next}?done=completed&item=${encodeURIComponent(address)}${from}`, 303);
    }
    return reply.redirect(
      list === undefined ? `${address}?done=completed` : afterwards(list, "completed", address),
      303,
    );
  });

  app.post<Posted>("/tasks/:id/reopen", of("act", "reopen"), async (request, reply) => {
    const { taskId } = await page.find(request, request.params.id);
    return stored(reply, taskId, "reopen", request.body, await worklist.reopen(taskId, actIn(site, request)));
  });

  app.post<Posted>("/tasks/:id/assign", of("act", "assign"), async (request, reply) => {
    const task = await page.find(request, request.params.id);
    const by = actIn(site, request);
    const assignee = assigneeIn(site.assignees(), by.actor, request.body["to"]);
    if (assignee === "unknown") {
      return again(reply, task, { text: problems["assignee-missing"], at: "to" }, request.body);
    }
    const act = assignee === "nobody" ? undefined : assignee;
    const acted = await telling(worklist.assign(task.taskId, act, by), "to");
    if ("at" in acted) return again(reply, task, acted, request.body);
    return stored(reply, task.taskId, "assign", request.body, acted);
  });

  app.post<Posted>("/tasks/:id/prioritise", of("act", "prioritise"), async (request, reply) => {
    const task = await page.find(request, request.params.id);
    const by = actIn(site, request);
    const dueOn = dayIn(request.body);
    const soon = {
      ...(request.body["priority"] === "urgent" && { priority: "urgent" as const }),
      ...(dueOn !== undefined && { dueOn }),
    };
    const acted = await telling(worklist.prioritise(task.taskId, soon, by), "due-day");
    if ("at" in acted) return again(reply, task, acted, request.body);
    return stored(reply, task.taskId, "prioritise", request.body, acted);
  });

  app.post<Posted>("/tasks/:id/comment", of("act", "comment"), async (request, reply) => {
    const task = await page.find(request, request.params.id);
    const by = actIn(site, request);
    const acted = await telling(worklist.comment(task.taskId, written(request.body["comment"]), by), "comment");
    if ("at" in acted) return again(reply, task, acted, request.body);
    return stored(reply, task.taskId, "comment", request.body, acted);
  });

  /** The page once more, with what is wrong and what was filled in. */
  function again(reply: Reply, task: Task, workProblem: Problem, form: Form): Promise<void> {
    const refresh = pageOf(`/tasks/${task.taskId}`, form);
    return page.show(reply.code(400), task, { workProblem, filled: form, refresh }, form);
  }

  async function stored(
    reply: Reply,
    taskId: number,
    act: keyof typeof doneAs,
    form: Form,
    { outcome }: ActOutcome,
  ): Promise<Reply | void> {
    if (outcome === "changed-meanwhile") return page.showChanged(reply, taskId, act, form);
    const list = listHere(site, reply.request, form["from"]);
    const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
    const done = act === "assign" && form["to"] === "nobody" ? "handed-back" : doneAs[act];
    return reply.redirect(`/tasks/${taskId}?done=${done}${from}`, 303);
  }
}

const doneAs = { reopen: "reopened", assign: "assigned", prioritise: "prioritised", comment: "commented" } as const;

/** What the page of a task shows of the work on it. */
export async function workShown(
  site: WorklistSite,
  request: Request,
  task: Task,
  from: string,
): Promise<{ me: string; assignees: object; next: number | undefined }> {
  return {
    me: actorAt(site, request).id,
    assignees: assigneesIn(site.assignees()),
    next: await nextTask(site, request, task.taskId, from),
  };
}

/** @param at the field that the words are for */
export async function telling<Outcome>(act: Promise<Outcome>, at: string): Promise<Outcome | Problem> {
  try {
    return await act;
  } catch (error) {
    const code = refusedWith(error, ["note-missing", "note-too-long", "due-day-invalid", "task-not-open"]);
    if (code === undefined) throw error;
    if (code === "task-not-open") throw refusal(409, refusals["task-not-open"]);
    const isReason = code === "note-too-long" && at === "done-note";
    return { text: problems[isReason ? "reason-note-too-long" : code], at };
  }
}

/** A browser ends the lines of what was written in its own way. */
function written(text = ""): string {
  return text.replaceAll("\r\n", "\n");
}

function of(needs: Right, act: AuditAct): ReturnType<typeof route> {
  return route({ needs, act, about: aboutTask });
}
