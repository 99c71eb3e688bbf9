import type { ClientFile, ClientMailbox } from "../config/client-file.ts";
import type { PartSettings } from "../config/part.ts";
import { CliError } from "../errors.ts";
import type { EconomyValues } from "./economy-values.ts";

/** What the command line gives to a command that looks at the folders of a client. */
export interface LookValues extends Pick<EconomyValues, "data"> {
  readonly config: string | undefined;
  readonly meshclientCfg: string | undefined;
  readonly organisation: string | undefined;
  readonly mailbox: string | undefined;
}

/** All of the client's, or the one that is named. */
export function chosenMailboxes({ file }: PartSettings<ClientFile>, named: string | undefined): ClientMailbox[] {
  if (named === undefined) return file.mailboxes;
  const found = file.mailboxes.filter(({ mailboxId }) => mailboxId.toUpperCase() === named.toUpperCase());
  if (found.length > 0) return found;
  const ids = file.mailboxes.map(({ mailboxId }) => mailboxId).join(", ");
  throw new CliError("usage", `the client has no mailbox ${named}, only ${ids}`);
}
