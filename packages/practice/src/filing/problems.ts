import { systemReason } from "@restante/durable";
import { codeOf, PracticeError, reasonOf } from "../errors.ts";
import type { FilingProblem } from "../store/filings.ts";

/** Where a folder is that was whole cannot be told. A person has to look, and the others go on. */
export class InDoubt extends PracticeError {
  constructor(folder: string, cause: unknown) {
    super(
      "filing-in-doubt",
      `The record system's folder was not as it had been left while this document was being saved. Look whether the record system has ${folder}. If it has not, stop the saving, and save it again: it is not written again by itself.`,
      { cause },
    );
  }
}

/** There is a folder of its name, and it is not the one that was there at the start. */
export class OtherDisk extends PracticeError {
  constructor() {
    super(
      "filing-folder-changed",
      "The record system's folder is another than when this system started: mount the right disk there, or, if this is meant, start this system again.",
    );
  }
}

/** A link, or a file, is where documents are written before they have their name. */
export class HiddenReplaced extends PracticeError {
  constructor() {
    super(
      "filing-folder-replaced",
      "Something else is where this system has its own folder (.restante-ODSCODE) within the record system's folder: find out who put it there, and remove it. Nothing is written or removed through it.",
    );
  }
}

/** The operating system said so, so that it keeps all of them from being saved. Of the practice's own data SQLite would say it. */
export function isOfFolder(error: unknown): boolean {
  return error instanceof OtherDisk || error instanceof HiddenReplaced || isOfSystem(error);
}

function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return Error.isError(error) && "syscall" in error && "code" in error;
}

export function problemOf(error: unknown): FilingProblem {
  if (!isOfSystem(error)) return { code: codeOf(error), reason: reasonOf(error) };
  const code = error.code ?? "unexpected";
  return {
    code,
    reason: remedies[code] ?? `The record system's folder cannot be used: ${systemReason(error, "folder")}.`,
  };
}

const full = "The disk of the record system's folder is full: room must be made there.";
const denied = "The record system's folder may not be written to: let the user who runs this system write there.";

const remedies: Readonly<Record<string, string>> = {
  ENOENT: "The record system's folder is not there: make sure that it is, and that its disk is mounted.",
  ENOTDIR: "The record system's folder is not there: something else has its name.",
  ENOSPC: full,
  EDQUOT: full,
  EACCES: denied,
  EPERM: denied,
  // Whoever may write there cannot either: more rights would mend nothing.
  EROFS:
    "The disk of the record system's folder is mounted so that nothing can be written to it: mount it so that it can be.",
};
