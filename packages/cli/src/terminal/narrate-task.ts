import type { Event } from "@restante/mesh";
import { count, type Step, system } from "./event-words.ts";

/** What a person does to a task, or is to do, and what comes of it. */
export function narrateTask(event: Extract<Event, { event: "document-saved" | "match-waiting" }>): Step {
  const who = system(event.odsCode);
  if (event.event === "document-saved") {
    return {
      who,
      what: `the document of task ${event.taskId} saved for the record system as ${event.folder}`,
      tone: "good",
    };
  }
  return {
    who,
    what: `the patient of task ${event.taskId} waits for a person to decide on, said ${count(event.times, "time", "times")} so far`,
    tone: "bad",
  };
}
