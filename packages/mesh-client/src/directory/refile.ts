import { type Clock, newMessageId } from "@restante/mesh";
import { stateOf } from "./files.ts";
import type { Step } from "./filing.ts";
import type { Folders } from "./folder-name.ts";
import { inFolder } from "./folder-trouble.ts";
import type { Filing, Journal } from "./journal.ts";
import { baseOf, isChosen, type NamesInHand } from "./names-in-hand.ts";
import { freeName } from "./taken-names.ts";

interface Parts {
  readonly folders: Folders;
  readonly journal: Pick<Journal, "together" | "refile">;
  readonly names: NamesInHand;
  readonly clock: Clock;
}

/**
 * The filing of a pair that waited for SENT or FAILED, when it can be carried out. Its name was free when it was chosen, as far as
 * could be seen of a folder that may have been away: if it is taken now, and nothing of the pair is there yet, it gets another.
 */
export async function underFreeName({ folders, journal, names, clock }: Parts, filing: Filing): Promise<Filing> {
  const { subject, steps } = filing;
  const moves = steps.flatMap(({ from, to, fingerprint }) => (isChosen(to) ? [{ from, to, fingerprint }] : []));
  const [first] = moves;
  if (subject === null || first === undefined) return filing;
  const { folder } = first.to;
  const base = await inFolder(folder, async () => {
    const there = await Promise.all(moves.map(async ({ to }) => stateOf(folders[to.folder], to)));
    if (there.every((state) => state === undefined)) return undefined;
    const toCome = await Promise.all(moves.map(async ({ from }) => stateOf(folders[from.folder], from)));
    const isToCome = ({ fingerprint }: Step, index: number): boolean =>
      toCome[index] !== undefined && (fingerprint === undefined || toCome[index].fingerprint === fingerprint);
    if (!moves.every(isToCome)) return undefined;
    return freeName(folders[folder], baseOf(first.to), newMessageId(clock.now()), (chosen) =>
      names.take(folder, chosen, subject),
    );
  });
  if (base === undefined) return filing;
  const renamed = ({ to, ...step }: Step): Step =>
    isChosen(to) ? { ...step, to: { ...to, name: base + to.name.slice(baseOf(to).length) } } : { ...step, to };
  return journal.together(() => journal.refile(filing, steps.map(renamed)));
}
