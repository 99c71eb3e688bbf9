import type { Task, TaskState } from "@restante/practice";
import { numberIn, refusal, type Reply, type Routes } from "@restante/web";
import { documentsShown } from "./documents.ts";
import { sendFile, sendOriginal } from "./file-response.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { refusedWith } from "./refused.ts";
import { afterwards, backTo, listIn, listPath, noticeIn } from "./return-path.ts";
import type { WorklistSite } from "./site.ts";

const perPage = 50;

type View = TaskState | "attention" | "all";
const views: readonly View[] = ["open", "completed", "replaced", "attention", "all"];

export function serveTaskPages(app: Routes, site: WorklistSite): void {
  const { worklist, token, requireToken } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/", (request, reply) => {
    const view = views.find((known) => known === request.query["show"]) ?? "open";
    const before = numberIn(request.query, "before");
    const found = worklist.tasks({
      limit: perPage + 1,
      ...(view === "attention" ? { attention: true } : view !== "all" && { state: view }),
      ...(before !== undefined && { before }),
    });
    const tasks = found.slice(0, perPage);
    const show = view === "open" && before === undefined ? undefined : view;
    return site.show(reply, "worklist", {
      tasks,
      view,
      before,
      here: listPath({ path: "/", show, before }),
      newest: listPath({ path: "/", show: view === "open" ? undefined : view }),
      older: found.length > perPage ? listPath({ path: "/", show: view, before: tasks.at(-1)?.taskId }) : undefined,
      notice: noticeIn(request.query),
      token: (id: number) => token(`/tasks/${id}/deal-with`),
    });
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>("/tasks/:id", (request, reply) => {
    const task = findTask(request.params.id);
    noteSeen(site, request, { kind: "task", id: task.taskId }, task.matter);
    return showTask(reply, task, { notice: noticeIn(request.query) }, request.query);
  });

  app.get<{ Params: { id: string; index: string }; Querystring: Record<string, unknown> }>(
    "/tasks/:id/attachments/:index",
    (request, reply) => {
      const { taskId } = findTask(request.params.id);
      const index = numberIn(request.params, "index");
      const content = index === undefined ? undefined : worklist.attachment(taskId, index);
      if (content === undefined) throw refusal(404, "This task has no such attachment.");
      return sendFile(reply, content, `task-${taskId}-document-${Number(index) + 1}`, "download" in request.query);
    },
  );

  app.get<{ Params: { id: string } }>("/tasks/:id/original", (request, reply) => {
    const { taskId } = findTask(request.params.id);
    const content = worklist.original(taskId);
    if (content === undefined) throw refusal(404, "The message itself is not kept.");
    return sendOriginal(reply, content, `task-${taskId}-original`);
  });

  app.post<{ Params: { id: string }; Body: Record<string, string> }>("/tasks/:id/complete", (request, reply) => {
    const { taskId } = findTask(request.params.id);
    requireToken(`/tasks/${taskId}/complete`, request.body);
    worklist.complete(taskId);
    const list = listIn(request.body["from"]);
    const address = `/tasks/${taskId}`;
    return reply.redirect(
      list === undefined ? `${address}?done=completed` : afterwards(list, "completed", address),
      303,
    );
  });

  app.post<{ Params: { id: string }; Body: Record<string, string> }>("/tasks/:id/reopen", (request, reply) => {
    const { taskId } = findTask(request.params.id);
    requireToken(`/tasks/${taskId}/reopen`, request.body);
    worklist.reopen(taskId);
    return reply.redirect(`/tasks/${taskId}?done=reopened${fromIn(request.body)}`, 303);
  });

  serveMatterForms(app, site, "/tasks/:id", (id) => {
    const { taskId } = findTask(id);
    return { key: { kind: "task", id: taskId }, address: `/tasks/${taskId}` };
  });

  app.post<{ Params: { id: string }; Body: Record<string, string> }>("/tasks/:id/decide", (request, reply) => {
    const task = findTask(request.params.id);
    requireToken(`/tasks/${task.taskId}/decide`, request.body);
    const { code } = request.body;
    if (code === undefined) {
      return showTask(reply.code(400), task, { decisionProblem: "Choose the answer to send" }, request.body);
    }
    try {
      worklist.decide(task.taskId, code);
    } catch (error) {
      if (refusedWith(error, ["already-decided", "decision-not-allowed"]) === undefined) throw error;
      throw refusal(
        409,
        "This message has been answered already, or the answer does not fit it. Open the task again to see.",
      );
    }
    return reply.redirect(`/tasks/${task.taskId}?done=answered${fromIn(request.body)}`, 303);
  });

  /** A response that is held: MESH never said whether it has it. */
  app.post<{ Params: { id: string; header: string }; Body: Record<string, string> }>(
    "/tasks/:id/responses/:header/send-again",
    (request, reply) => {
      const { taskId, responses } = findTask(request.params.id);
      const { header } = request.params;
      requireToken(`/tasks/${taskId}/responses/${header}/send-again`, request.body);
      if (!responses.some(({ headerId, state }) => headerId === header && state === "held")) {
        throw refusal(409, "This response is not held any more. Open the task again to see how it stands.");
      }
      worklist.sendAgain(header);
      return reply.redirect(`/tasks/${taskId}?done=sent-again${fromIn(request.body)}`, 303);
    },
  );

  function findTask(id: string): Task {
    const taskId = numberIn({ id }, "id");
    const task = taskId === undefined ? undefined : worklist.task(taskId);
    if (task === undefined) throw refusal(404, "There is no such task.");
    return task;
  }

  function showTask(reply: Reply, task: Task, extra: object, asked: Readonly<Record<string, unknown>>): Promise<void> {
    const address = `/tasks/${task.taskId}`;
    const from = listIn(asked["from"]) ?? "/";
    return site.show(reply, "task", {
      task,
      from,
      address,
      back: backTo(from),
      documents: documentsShown(address, task.attachments, numberIn(asked, "documents")),
      decisions: task.state === "replaced" ? [] : worklist.decisions(task.taskId),
      token: (action: string) => token(`${address}/${action}`),
      ...extra,
    });
  }
}

/** Goes on being carried, so that a person who stays on the page can still go back to where they were. */
function fromIn(body: Readonly<Record<string, string>>): string {
  const list = listIn(body["from"]);
  return list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
}
