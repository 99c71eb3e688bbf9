import { asDurableError, DurableError, systemReason } from "@restante/durable";
import { codeOf } from "../error-code.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import type { FolderName } from "./folder-name.ts";

/** A folder as it is told of: by its name in the mailbox's folder, whatever the case there and wherever that is. */
export type FolderLabel = Uppercase<FolderName> | ".restante";

/**
 * What a folder's trouble concerns:
 *
 * - `folder`: every file that would go there or come from there.
 * - `room`: what is too large for what is left of its disk; something smaller may still fit.
 * - `file`: one file, as where something else has its name.
 */
export type Reach = "folder" | "room" | "file";

/** Trouble with a disk, told without the system's own words: they name files, and those may be named after patients. */
export class FolderTrouble extends MeshClientError {
  readonly folder: FolderLabel;
  readonly reach: Reach;

  constructor(folder: FolderLabel, reason: string, reach: Reach, code?: string) {
    super("folder-unusable", `${folder}: ${reason}.`, code === undefined ? {} : { cause: new Error(code) });
    this.folder = folder;
    this.reach = reach;
  }
}

export function labelOf(name: FolderName): FolderLabel {
  return name.toUpperCase() as Uppercase<FolderName>;
}

const reaches: ReadonlyMap<string, Reach> = new Map([
  ["ENOSPC", "room"],
  ["EDQUOT", "room"],
  ["EFBIG", "room"],
  ["EISDIR", "file"],
  ["EEXIST", "file"],
  ["ENOTEMPTY", "file"],
  ["ENAMETOOLONG", "file"],
  ["EBUSY", "file"],
  ["ETXTBSY", "file"],
  ["EIO", "file"],
]);

/** Says of a failure of the operating system which folder it is about. Any other is given back as it is. */
export function folderTrouble(name: FolderName, error: unknown): unknown {
  if (error instanceof MeshClientError) return error;
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  return new FolderTrouble(labelOf(name), systemReason(error, "folder"), reaches.get(code) ?? "folder", code);
}

/** Does some work in a folder: what fails there is that folder's trouble. */
export async function inFolder<Result>(name: FolderName, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw folderTrouble(name, error);
  }
}

/**
 * Any failure, as one that can be told. What is neither the server's, nor a disk's, nor the journal's is a mistake of
 * ours.
 */
export function asClientError(error: unknown): MeshClientError {
  if (error instanceof MeshClientError) return error;
  const ofJournal = asDurableError(error, "journal.db");
  if (ofJournal instanceof DurableError && systemCodeOf(error) === undefined) {
    const reach = ofJournal.code === "disk-full" ? "room" : "folder";
    return new FolderTrouble(".restante", ofJournal.message, reach, ofJournal.code);
  }
  const code = codeOf(error);
  if (code === undefined) {
    const name = Error.isError(error) ? error.name : typeof error;
    return new MeshClientError("defect", `A defect in the directory client (${name}).`, { cause: error });
  }
  return new MeshClientError("folder-unusable", `A file could not be read, written or moved (${code}).`, {
    cause: new Error(code),
  });
}

function systemCodeOf(error: unknown): string | undefined {
  if (!Error.isError(error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) && !error.code.startsWith("ERR_") ? error.code : undefined;
}
