import type { Worklist } from "@restante/practice";
import type { Site } from "@restante/web";

/** What the pages of one organisation have in common. */
export interface WorklistSite extends Site {
  readonly worklist: Worklist;
}
