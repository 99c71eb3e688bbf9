import type { ResetDone } from "@restante/control";

import type { RewindableServing } from "../serve.ts";
import type { Wipe } from "../store/rewindable.ts";
import { discardFiles } from "./discard-files.ts";
import { inWordsOfControl } from "./in-words-of-control.ts";

/**
 * Deletes messages with their bodies and reports, of all mailboxes or of one. In one transaction: killed, the server has all
 * of them or none. Inboxes go on with the numbers they had.
 */
export function wipe(
  { rewind, context }: Pick<RewindableServing, "rewind" | "context">,
  what: Wipe,
): Promise<ResetDone> {
  return rewind.standstill(async (store) => {
    const { messages, bodyFiles } = await inWordsOfControl(() => store.wipe(what));
    await discardFiles(context.bodies, bodyFiles);
    context.emit({
      event: "messages-wiped",
      messages,
      ...(what.mailboxId !== undefined && { mailboxId: what.mailboxId }),
    });
    return { messages };
  });
}
