import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { systemReason, writeWhole } from "@restante/durable";
import { consultationPair } from "@restante/practice";
import { type Command, readWords } from "../command.ts";
import { mailboxFolder, openEconomy, organisationOf } from "../economy/economy.ts";
import { shortest } from "../economy/folder.ts";
import { CliError } from "../errors.ts";
import { quoted } from "../terminal/quoted.ts";
import { readConsultationFile } from "./consultation-file.ts";
import { economyHelp, economyOptions, readEconomyOptions } from "./economy-options.ts";

export const pairCommand: Command = {
  help: [
    "Usage: restante pair FILE [OPTIONS]",
    "",
    "Builds the ITK3 message of a consultation and writes it as the two files that a MESH client takes from OUT. Nothing",
    "is stored with the organisation's system, so it shows the acknowledgements as answers to something it never sent.",
    "",
    "  --into DIR             where to write them (default: here)",
    economyHelp,
  ].join("\n"),

  async run(words, terminal) {
    const { values, positionals } = readWords(
      "pair",
      words,
      { ...economyOptions, into: { type: "string", default: "." } },
      { min: 1, max: 1, name: "FILE" },
    );
    const consultation = await readConsultationFile(positionals[0]!);
    const economy = await openEconomy({ ...readEconomyOptions(values), mustExist: true });
    const organisation = organisationOf(economy.directory, consultation.organisation.odsCode);
    const mailbox = organisation.mailboxes.find(({ transport }) => transport === "directory");
    if (mailbox === undefined) {
      throw new CliError(
        "organisation-unknown",
        `${organisation.odsCode} has no mailbox with folders: it works by API`,
      );
    }
    const { mailboxId } = mailbox;
    const { headerId, data, control } = await consultationPair(
      { ...consultation, id: randomUUID() },
      { organisation, mailboxId },
    );
    try {
      // The control file last: a MESH client takes it for the whole pair.
      await writeWhole(values.into, `${headerId}.dat`, data);
      await writeWhole(values.into, `${headerId}.ctl`, control);
    } catch (cause) {
      throw new CliError("folder-unusable", `cannot write into ${values.into}: ${systemReason(cause, "folder")}`, {
        cause,
      });
    }
    const name = join(values.into, headerId);
    terminal.print(`${name}.dat\n${name}.ctl\n`);
    terminal.print(
      `Move them, the .dat first, into ${quoted(shortest(join(mailboxFolder(economy, mailboxId), "OUT")))}`,
    );
    return 0;
  },
};
