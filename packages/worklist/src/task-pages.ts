import type { Task } from "@restante/practice";
import {
  type AuditAct,
  numberIn,
  refusal,
  type Reply,
  type Request,
  type Right,
  route,
  type Routes,
} from "@restante/web";
import { actIn, pageOf, shownAgain } from "./changed-meanwhile.ts";
import { documentsShown } from "./documents.ts";
import { entriesOf } from "./entry-pages.ts";
import { serveFilingForms } from "./filing-pages.ts";
import { sendAttachment, sendOriginal } from "./file-response.ts";
import { listHere } from "./list-here.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { servePatientPages } from "./patient-pages.ts";
import { showToPrint } from "./print-page.ts";
import { refusedWith } from "./refused.ts";
import { takingBack } from "./taking-back.ts";
import { backTo, noticeIn } from "./return-path.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { aboutTask } from "./subjects.ts";
import { refusedShown } from "./task-timeline.ts";
import { noteOpened } from "./unread-pages.ts";
import { serveWorkForms, workShown } from "./work-pages.ts";
import { mostBeside } from "./words/entries.ts";
import type { FormAct } from "./words.ts";
import { problems } from "./words/refusals.ts";
import { refusals } from "./words/refusals.ts";

export function serveTaskPages(app: Routes, site: WorklistSite): void {
  const { worklist, token } = site;

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/tasks/:id",
    of("see", "view"),
    async (request, reply) => {
      const task = await findTask(request, request.params.id);
      await noteSeen(site, request, { kind: "task", id: task.taskId }, task);
      await noteOpened(site, request, task.taskId);
      return showTask(reply, task, { notice: noticeIn(request.query) }, request.query);
    },
  );

  const attachment = "/tasks/:id/attachments/:index";
  app.get<{ Params: { id: string } }>(attachment, of("see", "download"), async (request, reply) => {
    const { taskId } = await findTask(request, request.params.id);
    await noteOpened(site, request, taskId);
    const read = (index: number): ReturnType<typeof worklist.attachment> =>
      worklist.attachment(taskId, index, actorAt(site, request));
    return sendAttachment(request, reply, { of: "task", name: `task-${taskId}`, read });
  });

  app.get<{ Params: { id: string } }>(`${attachment}/print`, of("see", "print"), async (request, reply) => {
    const { taskId, attachments } = await findTask(request, request.params.id);
    return showToPrint(site, reply, attachments, { of: "task", number: taskId, address: `/tasks/${taskId}` });
  });

  app.get<{ Params: { id: string } }>("/tasks/:id/original", of("see", "download"), async (request, reply) => {
    const { taskId } = await findTask(request, request.params.id);
    const content = await worklist.original(taskId, actorAt(site, request));
    if (content === undefined) throw refusal(404, refusals["message-not-kept"]);
    return sendOriginal(reply, content, `task-${taskId}-original`);
  });

  servePatientPages(app, site, findTask);
  serveWorkForms(app, site, { find: findTask, show: showTask, showChanged });
  serveFilingForms(app, site, { find: findTask, show: showTask, showChanged });

  serveMatterForms(
    app,
    site,
    "/tasks/:id",
    aboutTask,
    async (request, id) => {
      const { taskId } = await findTask(request, id);
      return { key: { kind: "task", id: taskId }, address: `/tasks/${taskId}` };
    },
    async (reply, id, extra, asked) => showTask(reply, await findTask(reply.request, id), extra, asked),
  );

  app.post<{ Params: { id: string }; Body: Record<string, string> }>(
    "/tasks/:id/decide",
    of("answer", "answer"),
    async (request, reply) => {
      const task = await findTask(request, request.params.id);
      const { code } = request.body;
      const by = actIn(site, request);
      if (code === undefined) {
        const extra = {
          decisionProblem: problems["answer-missing"],
          refresh: pageOf(`/tasks/${task.taskId}`, request.body),
        };
        return showTask(reply.code(400), task, extra, request.body);
      }
      try {
        const { outcome } = await worklist.decide(task.taskId, code, by);
        if (outcome === "changed-meanwhile") return await showChanged(reply, task.taskId, "decide", request.body);
      } catch (error) {
        if (refusedWith(error, ["already-decided", "decision-not-allowed"]) === undefined) throw error;
        throw refusal(409, refusals["answered-already"]);
      }
      return reply.redirect(`/tasks/${task.taskId}?done=answered${fromIn(request)}`, 303);
    },
  );

  /** A response that is held: MESH never said whether it has it. */
  app.post<{ Params: { id: string; header: string }; Body: Record<string, string> }>(
    "/tasks/:id/responses/:header/send-again",
    of("answer", "send-again"),
    async (request, reply) => {
      const { taskId, responses } = await findTask(request, request.params.id);
      const { header } = request.params;
      const by = actIn(site, request);
      if (!responses.some(({ headerId }) => headerId === header)) throw refusal(404, refusals["no-such-response"]);
      try {
        const { outcome } = await worklist.sendAgain(header, by);
        if (outcome === "changed-meanwhile") return await showChanged(reply, taskId, "send-again", request.body);
      } catch (error) {
        if (refusedWith(error, ["not-held"]) === undefined) throw error;
        throw refusal(409, refusals["response-not-held"]);
      }
      return reply.redirect(`/tasks/${taskId}?done=sent-again${fromIn(request)}`, 303);
    },
  );

  app.post<{ Params: { id: string; header: string }; Body: Record<string, string> }>(
    "/tasks/:id/responses/:header/take-back",
    of("answer", "take-back"),
    async (request, reply) => {
      const { taskId, responses } = await findTask(request, request.params.id);
      const { header } = request.params;
      const by = actIn(site, request);
      // Where it was taken back already there is none of it any more: what there is now is shown.
      if (!responses.some(({ headerId }) => headerId === header)) {
        return showChanged(reply, taskId, "take-back", request.body);
      }
      const { outcome } = await takingBack(worklist.undo(header, by));
      if (outcome === "changed-meanwhile") return showChanged(reply, taskId, "take-back", request.body);
      return reply.redirect(`/tasks/${taskId}?done=taken-back${fromIn(request)}`, 303);
    },
  );

  /** Goes on being carried, so that a person who stays on the page can still go back to where they were. */
  function fromIn(request: Request & { body: Record<string, string> }): string {
    const list = listHere(site, request, request.body["from"]);
    return list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
  }

  async function findTask(request: Request, id: string): Promise<Task> {
    const taskId = numberIn({ id }, "id");
    const task = taskId === undefined ? undefined : await worklist.task(taskId, actorAt(site, request));
    if (task === undefined) throw refusal(404, refusals["no-such-task"]);
    return task;
  }

  async function showChanged(
    reply: Reply,
    taskId: number,
    act: FormAct,
    form: Readonly<Record<string, string>>,
  ): Promise<void> {
    const extra = shownAgain(act, `/tasks/${taskId}`, form);
    return showTask(reply.code(409), await findTask(reply.request, String(taskId)), extra, form);
  }

  async function showTask(
    reply: Reply,
    task: Task,
    extra: object,
    asked: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const address = `/tasks/${task.taskId}`;
    const from = listHere(site, reply.request, asked["from"]) ?? "/";
    return site.show(reply, "task", {
      task,
      from,
      address,
      back: backTo(from),
      entries: await entriesOf(site, reply.request, task, mostBeside),
      notAccepted: refusedShown(task),
      documents: documentsShown(address, task.attachments, numberIn(asked, "documents")),
      filingFolder: await worklist.filingFolder(),
      ...(await workShown(site, reply.request, task, from)),
      decisions: task.state === "replaced" || task.state === "removed" ? [] : await worklist.decisions(task.taskId),
      token: (action: string) => token(reply.request, `${address}/${action}`),
      ...extra,
    });
  }
}

function of(needs: Right, act: AuditAct): ReturnType<typeof route> {
  return route({ needs, act, about: aboutTask });
}
