import type { Task } from "@restante/practice";
import { numberIn, refusal, type Request, route, type Routes } from "@restante/web";
import { documentsShown } from "./documents.ts";
import { refusedWith } from "./refused.ts";
import { listHere } from "./list-here.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { aboutTask } from "./subjects.ts";
import { noteOpened } from "./unread-pages.ts";
import { type EntriesShown, entriesShown } from "./words/entries.ts";
import { refusals } from "./words/refusals.ts";

/** `notReady`: an earlier version took the message in, and it has not been read again yet. */
export type EntriesFound = EntriesShown | { notReady: true } | undefined;

/** What the document of a task says, as far as it may be shown. */
export async function entriesOf(
  site: WorklistSite,
  request: Request,
  { taskId, kind, removed }: Task,
  most?: number,
): Promise<EntriesFound> {
  if (kind === "set-aside" || removed !== undefined) return undefined;
  try {
    const view = await site.worklist.documentView(taskId, actorAt(site, request));
    return view && entriesShown(view, most);
  } catch (error) {
    if (refusedWith(error, ["document-not-ready"]) === undefined) throw error;
    return { notReady: true };
  }
}

/** The report and the entries of a document alone, each with half of the page. */
export function serveEntryPages(app: Routes, site: WorklistSite): void {
  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/tasks/:id/entries",
    route({ needs: "see", act: "view", about: aboutTask }),
    async (request, reply) => {
      const taskId = numberIn(request.params, "id");
      const task = taskId === undefined ? undefined : await site.worklist.task(taskId, actorAt(site, request));
      if (task === undefined) throw refusal(404, refusals["no-such-task"]);
      await noteOpened(site, request, task.taskId);
      const address = `/tasks/${task.taskId}`;
      const from = listHere(site, request, request.query["from"]) ?? "/";
      return site.show(reply, "entries-page", {
        task,
        from,
        address,
        back: {
          href: from === "/" ? address : `${address}?from=${encodeURIComponent(from)}`,
          text: "Back to the task",
        },
        entries: await entriesOf(site, request, task),
        report: documentsShown(address, task.attachments).report,
      });
    },
  );
}
