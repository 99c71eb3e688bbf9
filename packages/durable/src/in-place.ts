import { statSync } from "node:fs";

/**
 * Tells whether a file that is open is still the one under its name: removed, emptied or replaced, it would be written on
 * and nothing of that be found again.
 */
export function watchPlace(file: string): () => boolean {
  const { ino } = statSync(file);
  return () => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found !== undefined && found.ino === ino && found.size > 0;
  };
}
