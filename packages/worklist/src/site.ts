import type { Clock } from "@restante/mesh";
import type { Actor, Worklist } from "@restante/practice";
import type { Assignees } from "./assignees.ts";
import type { KeptSearches, Request, Site } from "@restante/web";

/** What is searched for; whatever filters it is in the address, also of the page of a search. */
export interface TaskSearch {
  readonly text: string;
}

/** What the pages of one organisation have in common. */
export interface WorklistSite extends Site {
  readonly worklist: Worklist;
  /** To whom tasks may be given, as of now. */
  readonly assignees: () => Assignees;
  readonly searches: KeptSearches<TaskSearch>;
  readonly clock: Clock;
}

/** Who reads or acts, as the practice keeps it. */
export function actorAt(site: Site, request: Request): Actor {
  const { id, name } = site.visitor(request);
  return { id, name };
}
