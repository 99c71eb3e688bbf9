import { join } from "node:path";
import { systemReason, writeWhole } from "@restante/durable";
import { consultationPair } from "@restante/practice";
import type { Given } from "../command-line/tree.ts";
import { mailboxFolder, openEconomy, organisationOf } from "../economy/economy.ts";
import { shortest } from "../economy/folder.ts";
import { CliError } from "../errors.ts";
import { quoted } from "../terminal/quoted.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readConsultationFile, underNewId } from "./consultation-file.ts";
import { type EconomyValues, readEconomyValues } from "./economy-values.ts";

interface PairValues extends EconomyValues {
  readonly into: string;
}

export async function pair({ options, words }: Given<PairValues>, terminal: Terminal): Promise<number> {
  const [file = ""] = words;
  const read = await readConsultationFile(file);
  const consultation = underNewId(read, file, "a pair is of version 1; send both with restante send --keep-id");
  const economy = await openEconomy({ ...readEconomyValues(options), mustExist: true });
  const organisation = organisationOf(economy.directory, consultation.organisation.odsCode);
  const mailbox = organisation.mailboxes.find(({ transport }) => transport === "directory");
  if (mailbox === undefined) {
    throw new CliError("organisation-unknown", `${organisation.odsCode} has no mailbox with folders: it works by API`);
  }
  const { mailboxId } = mailbox;
  const { headerId, data, control } = await consultationPair(consultation, { organisation, mailboxId });
  try {
    // The control file last: a MESH client takes it for the whole pair.
    await writeWhole(options.into, `${headerId}.dat`, data);
    await writeWhole(options.into, `${headerId}.ctl`, control);
  } catch (cause) {
    throw new CliError("folder-unusable", `cannot write into ${options.into}: ${systemReason(cause, "folder")}`, {
      cause,
    });
  }
  const name = join(options.into, headerId);
  terminal.print(`${name}.dat\n${name}.ctl\n`);
  terminal.print(`Move them, the .dat first, into ${quoted(shortest(join(mailboxFolder(economy, mailboxId), "OUT")))}`);
  return 0;
}
