import type { DirectoryContext } from "./context.ts";
import type { Pair } from "./pair-files.ts";
import { pairName } from "./pair-name.ts";

/** Nobody can tell whether the pair was sent. Told once, and again after a restart. */
export function tellAmbiguous({ mailboxId, emit, news }: DirectoryContext, pair: Pair, reason: string): void {
  if (!news.isNew(pair.base, "state", "ambiguous")) return;
  emit({ event: "pair-ambiguous", mailboxId, pair: pairName(pair.base), reason });
}

export function tellWaiting({ mailboxId, emit, news }: DirectoryContext, base: string, reason: string): void {
  if (!news.isNew(base, "state", reason)) return;
  emit({ event: "pair-waiting", mailboxId, pair: pairName(base), reason });
}
