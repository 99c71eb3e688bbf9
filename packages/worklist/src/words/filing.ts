// Words about a document that is saved for a record system.
import type { FiledVersion, Task, TaskFiling } from "@restante/practice";
import { formatTime, type Tag } from "@restante/web";

/** Why nothing of a task can be saved; undefined where its document can. */
export function whyNotSaved({ kind, removed }: Pick<Task, "kind" | "removed">): string | undefined {
  if (kind !== "document") return "There is nothing to save: no document of this message was accepted.";
  return removed && "There is nothing to save: the message has been removed by its age.";
}

/** Of a task that is done as filed, and whose saving somebody stopped since: nothing was seen to come to the record system. */
export function isStoppedThoughFiled({
  state,
  work,
  filing,
  acts,
}: Pick<Task, "state" | "work" | "filing" | "acts">): boolean {
  if (state !== "completed" || work?.reason !== "filed" || filing !== undefined) return false;
  return acts.find(({ act }) => act === "completed" || act === "save-stopped")?.act === "save-stopped";
}

const tags: Readonly<Record<TaskFiling["state"], Tag>> = {
  waiting: { text: "Waiting to be saved", colour: "white", meaning: "It is about to be saved for the record system." },
  failed: { text: "Not saved", colour: "red", meaning: "It could not be saved for the record system yet." },
  saved: { text: "Saved", colour: "green", meaning: "It was put where the record system takes it from." },
};

export function filingTag({ state, inDoubt }: Pick<TaskFiling, "state" | "inDoubt">): Tag {
  return inDoubt ? doubtTag : tags[state];
}

const doubtTag: Tag = {
  text: "Saved or not",
  colour: "orange",
  meaning: "Nobody can tell whether the record system has it. A person must look.",
};

/** Where it is, or is to be, by whose word. */
export function filingWords({ state, folder, by, askedAt, savedAt }: TaskFiling): string {
  if (state === "saved" && savedAt !== undefined) return `Saved in ${folder} on ${formatTime(savedAt)} by ${by.name}.`;
  return `Asked for by ${by.name} on ${formatTime(askedAt)}. It is to be saved in ${folder}.`;
}

/** By whose word a version of a document is in the patient's record, as far as is known here. */
export function filedWords({ at, by, folder }: FiledVersion): string {
  return folder === undefined
    ? `Marked as filed in the record on ${formatTime(at)} by ${by.name}.`
    : `Saved for the record system in ${folder} on ${formatTime(at)} by ${by.name}.`;
}

/**
 * That the record has a version that is not the last, and what is to be done: on the page of that version, and of the last one until
 * that is filed too.
 */
export function filedEarlier({
  taskId,
  state,
  versions,
}: Pick<Task, "taskId" | "state" | "versions">): FiledNotice | undefined {
  const own = versions.find((version) => version.taskId === taskId)?.filed;
  if (state === "replaced") {
    return (
      own && {
        text: "This version was filed. Replace it in the patient’s record with the later version.",
        filed: [own],
      }
    );
  }
  const filed = versions.flatMap((version) => (version.state === "replaced" && version.filed) || []);
  if (own !== undefined || filed.length === 0 || state === "removed") return undefined;
  return {
    text: "An earlier version of this document was filed. Replace it in the patient’s record with this one.",
    filed,
  };
}

export interface FiledNotice {
  text: string;
  filed: FiledVersion[];
}
