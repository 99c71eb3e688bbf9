import type { Actor, Worklist } from "@restante/practice";
import type { Assignees } from "./assignees.ts";
import type { Request, Site } from "@restante/web";

/** What the pages of one organisation have in common. */
export interface WorklistSite extends Site {
  readonly worklist: Worklist;
  /** To whom tasks may be given, as of now. */
  readonly assignees: () => Assignees;
}

/** Who reads or acts, as the practice keeps it. */
export function actorAt(site: Site, request: Request): Actor {
  const { id, name } = site.visitor(request);
  return { id, name };
}
