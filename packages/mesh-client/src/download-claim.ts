// Who downloads a message to a file: `.<digest>.holder` beside it names the process, as long as it does.
//
// It is there so that who comes second is told at once, before it has asked for anything. It is no lock: two that begin at the
// very same moment may both have it, and of a process on another machine, or where the platform does not say when one
// started, nobody can tell whether it is alive. What two of them do to one file then is in partial-file.ts.

import { rm, writeFile } from "node:fs/promises";
import { currentHolder, describeHolder, type Holder, holderText, isAlive, readHolder } from "@restante/durable/files";
import { invalid } from "./check-input.ts";
import { codeOf } from "./error-code.ts";
import { MeshClientError } from "./mesh-client-error.ts";

export interface DownloadClaim extends AsyncDisposable {
  /** Whoever had it before was killed: what it was about to remove may be there still. */
  readonly wasLeft: boolean;
}

/** What this process downloads to: between a file that is made and one that is written, it names nobody yet. */
const inHand = new Set<string>();

/** Throws `request-invalid` if this process has it already, `file-unusable` if another one that is alive has it. */
export async function claimDownload(file: string): Promise<DownloadClaim> {
  if (inHand.has(file)) throw invalid("path", "the message is being downloaded to it already");
  inHand.add(file);
  try {
    const wasLeft = !(await take(file));
    if (wasLeft) {
      checkNobody(readHolder(file));
      await rm(file, { force: true });
      if (!(await take(file))) throw takenBy(readHolder(file));
    }
    return { wasLeft, [Symbol.asyncDispose]: async () => letGo(file) };
  } catch (error) {
    inHand.delete(file);
    throw error;
  }
}

async function letGo(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
  inHand.delete(file);
}

/** False if there is one. */
async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, holderText(currentHolder()), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // On a full disk it is there, and empty.
    await rm(file, { force: true }).catch(() => undefined);
    throw error;
  }
}

function checkNobody(holder: Holder | undefined): void {
  // One of this very process, which has it in hand no more, could not be removed.
  if (holder === undefined || holder.instance === currentHolder().instance) return;
  if (isAlive(holder)) throw takenBy(holder);
}

function takenBy(holder?: Holder): MeshClientError {
  return fileUnusable(`${describeHolder(holder)} downloads the same message to it: try again when that has ended`);
}

/** @param because without the path, which may name a patient */
export function fileUnusable(because: string, options: ErrorOptions = {}): MeshClientError {
  const what = `The file to be downloaded to cannot be written: ${because}.`;
  return new MeshClientError("file-unusable", what, { ...options, retry: "safe" });
}
