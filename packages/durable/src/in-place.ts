import { statSync } from "node:fs";

/**
 * Tells whether a database that is open is still the one under its name, and gives the file that is not. What is written to
 * one that was removed, emptied or replaced nobody finds again; of its journal (`-wal`), if the process is killed before
 * that has gone into the database.
 */
export function watchDatabase(file: string): () => string | undefined {
  const journal = `${file}-wal`;
  const [ofFile, ofJournal] = [inodeOf(file), inodeOf(journal)];
  return () => {
    if (inodeOf(file) !== ofFile || statSync(file, { throwIfNoEntry: false })?.size === 0) return file;
    return ofJournal === undefined || inodeOf(journal) === ofJournal ? undefined : journal;
  };
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
