import type { ActBy, ActOutcome } from "@restante/practice";
import { type AuditAct, refusal, route, type Routes } from "@restante/web";
import { actIn } from "./changed-meanwhile.ts";
import { refusedWith } from "./refused.ts";
import { afterwards, listIn } from "./return-path.ts";
import type { WorklistSite } from "./site.ts";
import { aboutTask } from "./subjects.ts";
import type { TaskPage } from "./work-pages.ts";

type Posted = { Params: { id: string }; Body: Record<string, string> };

/** The forms by which a person has the document of a task saved for a record system, or stops that. */
export function serveFilingForms(app: Routes, { worklist, ...site }: WorklistSite, page: TaskPage): void {
  serve("save", (taskId, by) => worklist.saveToFolder(taskId, by));
  serve("save-and-complete", (taskId, by) => worklist.saveToFolder(taskId, by, { done: true }));
  serve("stop-saving", (taskId, by) => worklist.stopSaving(taskId, by));

  function serve(act: keyof typeof doneAs, does: (taskId: number, by: ActBy) => Promise<ActOutcome>): void {
    app.post<Posted>(`/tasks/:id/${act}`, of(act), async (request, reply) => {
      const { taskId } = await page.find(request, request.params.id);
      const { outcome } = await telling(does(taskId, actIn(site, request)));
      if (outcome === "changed-meanwhile") {
        return page.showChanged(reply, taskId, act === "stop-saving" ? act : "save", request.body);
      }
      const address = `/tasks/${taskId}`;
      const list = listIn(request.body["from"]);
      // Who is done with a task goes back to where they came from.
      if (act === "save-and-complete" && list !== undefined) {
        return reply.redirect(afterwards(list, doneAs[act], address), 303);
      }
      const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
      return reply.redirect(`${address}?done=${doneAs[act]}${from}`, 303);
    });
  }
}

const doneAs = {
  save: "save-asked",
  "save-and-complete": "save-asked-and-done",
  "stop-saving": "save-stopped",
} as const;

async function telling(act: Promise<ActOutcome>): Promise<ActOutcome> {
  try {
    return await act;
  } catch (error) {
    const code = refusedWith(error, ["filing-off", "nothing-to-save", "not-being-saved", "saving-now"]);
    if (code === undefined) throw error;
    throw refusal(409, words[code]);
  }
}

const words = {
  "filing-off":
    "Documents are not saved for a record system here any more: the settings of this system name no folder for it.",
  "nothing-to-save": "There is nothing of this message to save. Open the task again to see why.",
  "not-being-saved": "Nothing of this task waits to be saved any more. Open it again to see how it stands.",
  "saving-now":
    "The document is being saved at this moment, which cannot be stopped any more. Open the task again to see.",
} as const;

function of(act: AuditAct): ReturnType<typeof route> {
  return route({ needs: "act", act, about: aboutTask });
}
