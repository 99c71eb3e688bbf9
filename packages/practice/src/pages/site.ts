import type { Actor, Worklist } from "../worklist.ts";
import type { FormTokens } from "./form-tokens.ts";
import type { Reply } from "./guard.ts";

/** What the pages of one organisation have in common. */
export interface Site {
  worklist: Worklist;
  /** Who uses the pages. */
  actor: Actor;
  tokens: FormTokens;
  /** Refuses a form that was not shown for this action, or too long ago. */
  readonly requireToken: (action: string, body: Record<string, string> | undefined) => void;
  /** Sends a page; the counts and the troubles in its head are those of now. */
  show(reply: Reply, view: string, context: object): Promise<Reply>;
}
