import { existsSync } from "node:fs";
import { join } from "node:path";
import { isOpenToOthers } from "@restante/durable";
import type { Given } from "../command-line/tree.ts";
import type { ClientFile } from "../config/client-file.ts";
import { importCfg } from "../meshclient-cfg/import-cfg.ts";
import { type ReadCfg, readCfg } from "../meshclient-cfg/read-cfg.ts";
import { elementRows } from "../meshclient-cfg/words.ts";
import { columns } from "../terminal/columns.ts";
import { quoted } from "../terminal/quoted.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { wrap } from "../terminal/wrap.ts";

/** No column of words is narrower. */
const NARROWEST = 40;

interface ImportValues {
  readonly into: string;
}

export async function importClient({ options, words }: Given<ImportValues>, terminal: Terminal): Promise<number> {
  const [cfg = ""] = words;
  const read = readCfg(cfg);
  const { file, secrets } = await importCfg(read, options.into);
  const rows = elementRows(read);
  const heads = columns(rows.map(([name, line]) => [name, line, ""]));
  const width = Math.max(...heads.map(({ length }) => length)) + 2;
  for (const [index, [, , words]] of rows.entries()) {
    const head = heads[index]!.padEnd(width);
    terminal.print(wrap(words, head, Math.max(terminal.columns, width + NARROWEST)).join("\n"));
  }
  terminal.print(`\n${file} is made, and its secrets and the keystore are in ${secrets}, for you alone.`);
  terminal.print(`Try it: restante client --config ${quoted(file)} --print-config`);
  for (const inbox of openInboxes(read)) {
    terminal.print(
      `Other users of this machine may open ${inbox}. What comes into it is to be for your user alone: if another reads it, name that user's group in client.yaml (group).`,
    );
  }
  if (isOpenToOthers(cfg) === true) {
    terminal.print(
      `Other users of this machine may open ${cfg}, which has the passwords too: chmod 600 ${quoted(cfg)}`,
    );
  }
  return 0;
}

/** Those that the Java client has left to others, as a system may read them that would no longer be able to. */
function openInboxes({ settings }: ReadCfg): string[] {
  const { mailboxes } = settings.value as Pick<ClientFile, "mailboxes">;
  return mailboxes
    .flatMap(({ folder }) => ["IN", "in"].map((name) => join(folder, name)).find((inbox) => existsSync(inbox)) ?? [])
    .filter((inbox) => isOpenToOthers(inbox) === true);
}
