import { type Access, openAccess } from "@restante/web";
import { type PracticeFile, practicePart } from "./practice-file.ts";
import { readPart } from "./read-part.ts";

/** Who may come in to a practice's pages, and who did what there: the system and the commands beside it open the same. */
export function openAccessOf({ dataFolder, organisation, pages }: PracticeFile): Promise<Access> {
  const auditKeyFile = pages?.auditKey?.file;
  const { idleMinutes, absoluteHours } = pages?.signIn ?? {};
  return openAccess({
    folder: dataFolder,
    organisation: organisation.name,
    ...(auditKeyFile !== undefined && { auditKeyFile }),
    times: {
      ...(idleMinutes !== undefined && { idleMinutes }),
      ...(absoluteHours !== undefined && { absoluteHours }),
    },
  });
}

/**
 * The settings of a practice, for a command that looks at its data and starts none of it: whoever types it need not have what
 * only the system is given, in its environment or by its user.
 */
export function lookAtPractice(config: string): PracticeFile {
  const directory = { patients: [], organisations: [] };
  return readPart({ ...practicePart, secrets: [], tls: [] }, config, { directory }).file;
}
