import { folded } from "@restante/durable";
import type { Place } from "./files.ts";
import type { FolderName } from "./folder-name.ts";
import type { Filing } from "./journal.ts";

/**
 * The names in SENT and FAILED that were chosen for pairs whose files may not be there yet. Two pairs that are filed side by side
 * would else both find a name free, and one take the other's place: where names that differ in case or Unicode form alone are one,
 * or where one waits for its folder.
 */
export interface NamesInHand {
  /** Gives a pair, by its key, a base name in a folder; again, if it has it. False if another pair has it in hand. */
  take(folder: FolderName, base: string, key: string): boolean;
  /** Forgets those of all pairs but these, which are in OUT. */
  retain(keys: readonly string[]): void;
}

/** @param unfinished what was decided before this start */
export function namesInHand(unfinished: readonly Filing[]): NamesInHand {
  const owners = new Map<string, string>();

  function take(folder: FolderName, base: string, key: string): boolean {
    const name = `${folder}/${folded(base)}`;
    const owner = owners.get(name) ?? key;
    owners.set(name, owner);
    return owner === key;
  }

  for (const { subject, steps } of unfinished) {
    for (const { to } of steps) if (subject !== null && isChosen(to)) take(to.folder, baseOf(to), subject);
  }

  return {
    take,
    retain(keys) {
      const kept = new Set(keys);
      for (const [name, owner] of owners) if (!kept.has(owner)) owners.delete(name);
    },
  };
}

/** Whether it is a file of a pair under a name that was chosen for it. */
export function isChosen(to: Place | undefined): to is Place {
  return to?.folder === "sent" || to?.folder === "failed";
}

export function baseOf({ name }: Place): string {
  return name.slice(0, -".dat".length);
}
