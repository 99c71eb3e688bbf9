import type { Worklist } from "../worklist.ts";
import type { FormTokens } from "./form-tokens.ts";
import type { Reply } from "./guard.ts";

/** What the pages of one organisation have in common. */
export interface Site {
  worklist: Worklist;
  tokens: FormTokens;
  /** Sends a page; the counts in its head are those of now. */
  show(reply: Reply, view: string, context: object): Reply;
}
