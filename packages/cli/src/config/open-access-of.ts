import { type Access, type AccessOptions, openAccess } from "@restante/web";
import { CliError } from "../errors.ts";
import { type PracticeFile, practicePart } from "./practice-file.ts";
import { readPart } from "./read-part.ts";

/** Who may come in to a practice's pages, and who did what there: the system and the commands beside it open the same. */
export function openAccessOf(
  { dataFolder, organisation, pages }: PracticeFile,
  asked: Pick<AccessOptions, "mustExist"> = {},
): Promise<Access> {
  const auditKeyFile = pages?.auditKey?.file;
  const { idleMinutes, absoluteHours } = pages?.signIn ?? {};
  return openAccess({
    ...asked,
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
export function lookAtPractice(config: string | undefined): PracticeFile {
  if (config === undefined)
    throw new CliError("usage", "--config is missing: name the practice.yaml whose pages they are");
  const directory = { patients: [], organisations: [] };
  return readPart({ ...practicePart, secrets: [], tls: [] }, config, { directory }).file;
}
