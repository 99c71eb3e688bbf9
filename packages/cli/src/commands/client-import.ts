import { isOpenToOthers } from "@restante/durable";
import type { Given } from "../command-line/tree.ts";
import { importCfg } from "../meshclient-cfg/import-cfg.ts";
import { readCfg } from "../meshclient-cfg/read-cfg.ts";
import { elementLines } from "../meshclient-cfg/words.ts";
import { quoted } from "../terminal/quoted.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ImportValues {
  readonly into: string;
}

export async function importClient({ options, words }: Given<ImportValues>, terminal: Terminal): Promise<number> {
  const [cfg = ""] = words;
  const read = readCfg(cfg);
  const { file, secrets } = await importCfg(read, options.into);
  for (const line of elementLines(read)) terminal.print(line);
  terminal.print(`\n${file} is made, and its secrets and the keystore are in ${secrets}, for you alone.`);
  terminal.print(`Try it: restante client --config ${quoted(file)} --print-config`);
  if (isOpenToOthers(cfg) === true) {
    terminal.print(
      `Other users of this machine may open ${cfg}, which has the passwords too: chmod 600 ${quoted(cfg)}`,
    );
  }
  return 0;
}
