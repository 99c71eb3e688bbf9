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
