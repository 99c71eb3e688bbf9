import type { TaskSummary } from "@restante/practice";
import type { Request } from "@restante/web";
import { askedAt } from "./list-here.ts";
import { perPage } from "./list-pages.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { taskQueryOf } from "./tasks-asked.ts";

/**
 * The task that follows in the list that a person came from, whatever that shows and in whatever order; undefined at its end,
 * where the task is in it no more, and of a search that is not kept any more. What has come meanwhile may have moved it to the
 * page behind.
 */
export async function nextTask(
  site: WorklistSite,
  request: Request,
  taskId: number,
  list: string,
): Promise<number | undefined> {
  const found = askedAt(site, request, list);
  if (found === undefined) return undefined;
  const { asked, by } = found;
  const { sort = "newest" } = asked;
  const actor = actorAt(site, request);
  const query = taskQueryOf(asked, by);
  const on = async (number: number): Promise<TaskSummary[]> =>
    (await site.worklist.tasks({ actor, query, sort, page: { number, size: perPage } })).items;
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
