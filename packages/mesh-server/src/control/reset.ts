import type { Control } from "@restante/control";

import type { RewindableServing } from "../serve.ts";
import { knownMailbox } from "./known-mailbox.ts";
import { wipe } from "./wipe.ts";

/** What is put right beside the store, where nothing is to stay. */
export interface Resettable {
  readonly faults: Pick<Control["faults"], "clear">;
  readonly moves: { forget(): void };
  readonly clock: { right(): Promise<void> };
}

/** Empties a server, or one mailbox of it. Killed on the way, it is emptied or not; asked again, it goes on. */
export function createReset(
  serving: Pick<RewindableServing, "context" | "rewind">,
  { faults, moves, clock }: Resettable,
): Control["reset"] {
  return async ({ keep = "mailboxes-and-faults", mailbox: written } = {}) => {
    const closures = keep === "nothing";
    if (written !== undefined) {
      const { mailboxId } = knownMailbox(serving.context.registry, written);
      return wipe(serving, { mailboxId, closures, tokens: true });
    }
    if (keep === "nothing") {
      await faults.clear();
      moves.forget();
      await clock.right();
    }
    return wipe(serving, { closures, tokens: true });
  };
}
