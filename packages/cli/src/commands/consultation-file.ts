import { randomUUID } from "node:crypto";
import { type Consultation, readConsultation } from "@restante/practice";
import { CodedError } from "@restante/mesh";
import { CliError } from "../errors.ts";

/** A consultation from the file that was named on the command line. What is wrong with it is said with that name. */
export async function readConsultationFile(file: string): Promise<Consultation> {
  try {
    return await readConsultation(file);
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw new CliError("file-unreadable", `${file}: ${cause.message}`, { cause });
  }
}

/**
 * The consultation under an id of its own, as if it had never been sent. A later version replaces what was sent under the same
 * id, and there is nothing that this could replace.
 */
export function underNewId(consultation: Consultation, file: string, instead: string): Consultation {
  const { version } = consultation;
  if (version > 1) {
    const why = `${file}: version ${version} replaces the version before it, which was sent under the same id`;
    throw new CliError("file-unreadable", `${why}: ${instead}`);
  }
  return { ...consultation, id: randomUUID() };
}
