import type { FastifyInstance } from "fastify";
import { PracticeError } from "../errors.ts";
import type { Task, TaskState } from "../worklist.ts";
import { documentLinks, sendFile, sendOriginal } from "./file-response.ts";
import { refusal, type Reply } from "./guard.ts";
import { numberIn } from "./query.ts";
import type { Site } from "./site.ts";

const perPage = 50;

type View = TaskState | "all";
const views: readonly View[] = ["open", "completed", "replaced", "all"];

/** What a redirect may say was done. */
const notices: Readonly<Record<string, string>> = {
  completed: "Task marked as done.",
  answered: "Your answer will be sent to the sender.",
  "sent-again": "It will be sent again.",
};

export function serveTaskPages(app: FastifyInstance, site: Site): void {
  const { worklist, tokens } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/", (request, reply) => {
    const view = views.find((known) => known === request.query["show"]) ?? "open";
    const before = numberIn(request.query, "before");
    const found = worklist.tasks({
      limit: perPage + 1,
      ...(view !== "all" && { state: view }),
      ...(before !== undefined && { before }),
    });
    const tasks = found.slice(0, perPage);
    const older = found.length > perPage ? tasks.at(-1)?.taskId : undefined;
    return site.show(reply, "worklist", { tasks, view, before, older });
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>("/tasks/:id", (request, reply) => {
    const { done } = request.query;
    const notice = typeof done === "string" && Object.hasOwn(notices, done) ? notices[done] : undefined;
    return showTask(reply, findTask(request.params.id), notice === undefined ? {} : { notice });
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
    return reply.redirect(`/tasks/${taskId}?done=completed`, 303);
  });

  app.post<{ Params: { id: string }; Body: Record<string, string> }>("/tasks/:id/decide", (request, reply) => {
    const task = findTask(request.params.id);
    requireToken(`/tasks/${task.taskId}/decide`, request.body);
    const { code } = request.body;
    if (code === undefined) {
      return showTask(reply.code(400), task, { decisionProblem: "Choose the answer to send" });
    }
    try {
      worklist.decide(task.taskId, code);
    } catch (error) {
      if (!(error instanceof PracticeError)) throw error;
      throw refusal(
        409,
        "This message has been answered already, or the answer does not fit it. Open the task again to see.",
      );
    }
    return reply.redirect(`/tasks/${task.taskId}?done=answered`, 303);
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
      return reply.redirect(`/tasks/${taskId}?done=sent-again`, 303);
    },
  );

  function findTask(id: string): Task {
    const taskId = numberIn({ id }, "id");
    const task = taskId === undefined ? undefined : worklist.task(taskId);
    if (task === undefined) throw refusal(404, "There is no such task.");
    return task;
  }

  function requireToken(action: string, body: Record<string, string> | undefined): void {
    if (tokens.accepts(action, body?.["token"])) return;
    throw refusal(
      403,
      "The page was open for too long, or the system has been started again since. Open it again and retry.",
    );
  }

  function showTask(reply: Reply, task: Task, extra: object): Reply {
    const base = `/tasks/${task.taskId}`;
    const documents = documentLinks(base, task.attachments);
    return site.show(reply, "task", {
      task,
      documents,
      report: documents.find(({ primary, shown }) => primary && shown === "pdf"),
      decisions: task.state === "replaced" ? [] : worklist.decisions(task.taskId),
      token: (action: string) => tokens.issue(`${base}/${action}`),
      ...extra,
    });
  }
}
