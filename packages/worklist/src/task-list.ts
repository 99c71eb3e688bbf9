import type { TaskQuery, TaskState } from "@restante/practice";
import { pageIn } from "./list-pages.ts";
import { listPath } from "./return-path.ts";

export type TaskView = Exclude<TaskState, "removed"> | "attention" | "all";
const views: readonly TaskView[] = ["open", "completed", "replaced", "attention", "all"];

/** A page of the worklist, as its address asks for it. */
export interface AskedTasks {
  view: TaskView;
  query: TaskQuery;
  page: number;
  /** The same list, at this page. */
  address: (page: number) => string;
}

export function tasksAsked(asked: Readonly<Record<string, unknown>>): AskedTasks {
  const view = views.find((known) => known === asked["show"]) ?? "open";
  const show = view === "open" ? undefined : view;
  return {
    view,
    query: view === "all" ? {} : { show: view },
    page: pageIn(asked),
    address: (page) => listPath({ path: "/", show, page }),
  };
}
