import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import { addAct, isLastAct, type Said } from "../store/acts.ts";
import { versionOf } from "../store/versions.ts";
import type { ActBy, ActOutcome } from "../actor.ts";
import type { CompletionReason } from "../task-work.ts";
import type { MatterKey, PersonAct } from "../worklist.ts";

/** What an act has come to, for the record of it. Undefined: it was so already, and nothing was done. */
export type Acted =
  | { about?: string | undefined; note?: string | undefined; reason?: CompletionReason | undefined }
  | undefined;

/** One thing that a person does to another. */
export interface Act {
  act: PersonAct["act"];
  /** Stores it, within the transaction; throws where it cannot be done to the thing as it is. */
  change: (at: Date) => Acted;
  /** The same once more, with the same to say, by the same person on what they saw then, is no failure: a form was sent twice. */
  again?: Said;
}

/**
 * Does what a person does to a thing, if it still is as they saw it, and keeps a record of it: one transaction, all of it
 * or none. The one way that all acts go.
 */
export function act(context: PracticeContext, key: MatterKey, by: ActBy, { act, change, again }: Act): ActOutcome {
  const { database, clock } = context;
  const at = clock.now();
  return inTransaction(database, () => {
    const version = versionOf(database, key);
    if (version !== by.version) {
      return again !== undefined && isLastAct(database, key, { act, by, said: again, versionNow: version })
        ? { outcome: "done", version }
        : { outcome: "changed-meanwhile" };
    }
    if (!ofAnswers.has(act) && isRemoved(database, key)) return { outcome: "changed-meanwhile" };
    const acted = change(at);
    const versionAfter = versionOf(database, key);
    if (acted !== undefined) addAct(database, key, { at, by: by.actor, act, ...acted, version, versionAfter });
    return { outcome: "done", version: versionAfter };
  });
}

/** Acts on the answers to a message: to a copy that comes after its task was removed one may fail, and a person ends that. */
const ofAnswers: ReadonlySet<PersonAct["act"]> = new Set(["dealt-with", "undone", "sent-again", "taken-back"] as const);

/** By its age, with all that was said of it. What is said of it now would be about nothing. */
function isRemoved(database: PracticeContext["database"], { kind, id }: MatterKey): boolean {
  if (kind !== "task") return false;
  return database.prepare("SELECT 1 FROM task WHERE task_id = ? AND state = 'removed'").get(id) !== undefined;
}
