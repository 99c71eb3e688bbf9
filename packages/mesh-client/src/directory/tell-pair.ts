import type { DirectoryContext } from "./context.ts";
import type { Sighting } from "./out-folder.ts";
import type { Pair } from "./pair-files.ts";
import { shortName } from "./pair-name.ts";
import type { WhyItWaits } from "./troubles.ts";

/** Nobody can tell whether the pair was sent. Told for as long as that is so, and anew after a restart. */
export function tellAmbiguous({ troubles }: DirectoryContext, { key }: Pair, reason: string): void {
  troubles.ambiguous(key, reason);
}

/** For what has an end of its own, or is told again and again as what it is. */
export function tellOnce({ mailboxId, emit, news }: DirectoryContext, { key }: Sighting, why: WhyItWaits): void {
  if (news.isNew(key, "state", why.code ?? why.reason)) {
    emit({ event: "pair-waiting", mailboxId, pair: shortName(key), ...why });
  }
}
