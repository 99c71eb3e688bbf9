import type { Actor, TaskSummary, Worklist } from "@restante/practice";
import { perPage } from "./list-pages.ts";
import { taskQueryOf, tasksAsked } from "./tasks-asked.ts";

/**
 * The task that follows in the list that a person came from, whatever that shows and in whatever order; undefined at its end,
 * where the task is in it no more, and of a search. What has come meanwhile may have moved it to the page behind.
 */
export async function nextTask(
  worklist: Pick<Worklist, "tasks">,
  taskId: number,
  list: string,
  actor: Actor,
): Promise<number | undefined> {
  const [path, search] = list.split("?");
  if (path !== "/") return undefined;
  const asked = tasksAsked(Object.fromEntries(new URLSearchParams(search)));
  const { sort = "newest" } = asked;
  const query = taskQueryOf(asked, undefined);
  const on = async (number: number): Promise<TaskSummary[]> =>
    (await worklist.tasks({ actor, query, sort, page: { number, size: perPage } })).items;
  let number = asked.page;
  let items = await on(number);
  let place = placeOf(items, taskId);
  if (place === -1) {
    number += 1;
    items = await on(number);
    place = placeOf(items, taskId);
  }
  if (place === -1) return undefined;
  const next = items[place + 1] ?? (items.length === perPage ? (await on(number + 1))[0] : undefined);
  return next?.taskId;
}

function placeOf(items: readonly TaskSummary[], taskId: number): number {
  return items.findIndex((item) => item.taskId === taskId);
}
