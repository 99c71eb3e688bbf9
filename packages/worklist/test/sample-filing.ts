import { PracticeError } from "@restante/practice";
import type { ActBy, ActOutcome, Task, TaskFiling, Worklist } from "@restante/practice";
import { at } from "./sample-messages.ts";

interface Sample {
  calls: string[];
  known: (taskId: number) => Task;
  acting: (thing: { version: number } | undefined, by: ActBy, change: () => void) => Promise<ActOutcome>;
  /** As the settings have it. */
  folder: () => string | undefined;
}

/** The saving of documents of a sample worklist: what is asked for waits, for good. */
export function sampleFiling({
  calls,
  known,
  acting,
  folder,
}: Sample): Pick<Worklist, "filingFolder" | "saveToFolder" | "stopSaving"> {
  return {
    filingFolder: async () => folder(),
    async saveToFolder(taskId, by, { done = false } = {}) {
      if (folder() === undefined) throw new PracticeError("filing-off", "There is no folder.");
      return acting(known(taskId), by, () => {
        const task = known(taskId);
        if (task.kind !== "document" || task.removed !== undefined) {
          throw new PracticeError("nothing-to-save", "There is nothing to save.");
        }
        calls.push(`save ${taskId}${done ? " and complete" : ""}`);
        if (task.filing?.state === "saved") task.filedEarlier = [task.filing, ...(task.filedEarlier ?? [])];
        task.filing = { state: "waiting", folder: folderOf(taskId), askedAt: at("10:00"), by: by.actor };
        if (done) Object.assign(task, { state: "completed", completedAt: at("10:00"), work: { reason: "filed" } });
      });
    },
    stopSaving: async (taskId, by) =>
      acting(known(taskId), by, () => {
        if (known(taskId).filing?.state === "saved") throw new PracticeError("not-being-saved", "Nothing waits.");
        calls.push(`stop saving ${taskId}`);
        delete known(taskId).filing;
      }),
  };
}

function folderOf(taskId: number): string {
  return `${String(taskId).padStart(6, "0")}-5f0c9a3e`;
}

/** One that is saved, once more, and one that fails. */
export function fillFilings(all: readonly Task[]): void {
  const by = { id: "u-1", name: "Priya Nair" };
  const saved: TaskFiling = {
    state: "saved",
    folder: "000005-5f0c9a3e",
    askedAt: at("10:00"),
    by,
    savedAt: at("10:01"),
    digest: "0".repeat(64),
  };
  const failure = "The disk of the record system's folder is full: room must be made there.";
  for (const task of all) {
    if (task.taskId === 5)
      Object.assign(task, { filing: saved, filedEarlier: [{ ...saved, folder: "000005-00c0ffee" }] });
    if (task.taskId === 2)
      task.filing = { state: "failed", folder: "000002-5f0c9a3e", askedAt: at("10:00"), by, failure };
  }
}
