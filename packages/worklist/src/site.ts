import type { Actor, Worklist } from "@restante/practice";
import type { Site } from "@restante/web";

/** What the pages of one organisation have in common. */
export interface WorklistSite extends Site {
  readonly worklist: Worklist;
  /** Who uses the pages. */
  readonly actor: Actor;
}
