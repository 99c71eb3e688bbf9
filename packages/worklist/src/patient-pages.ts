import type { Task } from "@restante/practice";
import { refusal, type Request, route, type Routes } from "@restante/web";
import { listHere } from "./list-here.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { taskSubject } from "./subjects.ts";
import { refusals } from "./words/refusals.ts";

/** All that has come about one patient. The address names the message that a person came from, and nothing of the patient. */
export function servePatientPages(
  app: Routes,
  site: WorklistSite,
  find: (request: Request, id: string) => Promise<Task>,
): void {
  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/tasks/:id/patient",
    route({ needs: "see", act: "list" }),
    async (request, reply) => {
      const task = await find(request, request.params.id);
      const { taskId } = task;
      const found = await site.worklist.ofPatient(taskId, actorAt(site, request));
      if (found === undefined) throw refusal(404, refusals["no-such-task"]);
      // Whatever is found: the page names the patient of this one.
      const listed = new Set([taskId, ...found.items.map((item) => item.taskId)]);
      site.listed(request, [...listed].map(taskSubject));
      const from = listHere(site, request, request.query["from"]) ?? "/";
      const back = from === "/" ? `/tasks/${taskId}` : `/tasks/${taskId}?from=${encodeURIComponent(from)}`;
      const { items: tasks, total, cutOff } = found;
      return site.show(reply, "patient", {
        task,
        tasks,
        total,
        cutOff,
        from,
        back: { href: back, text: "Back to the message" },
      });
    },
  );
}
