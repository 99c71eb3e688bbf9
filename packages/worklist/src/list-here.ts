import type { Request } from "@restante/web";
import { listIn } from "./return-path.ts";
import { actorAt, type TaskSearch, type WorklistSite } from "./site.ts";
import { type AskedBy, tasksAsked, type TasksAsked } from "./tasks-asked.ts";

/** The search whose page an address is: `gone` where it is not kept any more; undefined where it is another list. */
export function searchAt(
  { searches }: Pick<WorklistSite, "searches">,
  request: Request,
  list: string,
): TaskSearch | "gone" | undefined {
  const [, id] = /^\/found\/([\w-]{22})(?:\?|$)/.exec(list) ?? [];
  return id === undefined ? undefined : (searches.find(request, id) ?? "gone");
}

/**
 * The list that a page or a form says a person came from, as `listIn`. Where that is a search which is not kept any more, the
 * whole list with the same filters: nobody is led to a page that tells them only that it is gone.
 */
export function listHere(site: Pick<WorklistSite, "searches">, request: Request, given: unknown): string | undefined {
  const list = listIn(given);
  return list !== undefined && searchAt(site, request, list) === "gone" ? list.replace(/^\/found\/[\w-]+/, "/") : list;
}

/** What the list of tasks at an address asks for, and of whom; undefined where it is a list of others. */
export function askedAt(
  site: WorklistSite,
  request: Request,
  list: string,
): { asked: TasksAsked; by: AskedBy } | undefined {
  const [path = "", query] = list.split("?");
  const search = searchAt(site, request, list);
  if ((path !== "/" && search === undefined) || search === "gone") return undefined;
  return {
    asked: tasksAsked(Object.fromEntries(new URLSearchParams(query))),
    by: { me: actorAt(site, request).id, now: site.clock.now(), text: search?.text },
  };
}
