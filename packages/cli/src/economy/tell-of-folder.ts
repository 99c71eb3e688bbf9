import type { Terminal } from "../terminal/terminal.ts";
import { quoted } from "../terminal/quoted.ts";
import type { Economy } from "./economy.ts";
import { shortest } from "./folder.ts";
import type { TellOfKept } from "./made-file.ts";

/** Tells whoever starts a part that its folder was made just now, or that others may look into it. */
export function tellOfFolder({ folder, made, openToOthers }: Economy, { print, complain, paint }: Terminal): void {
  if (made) print(`A new economy, with keys and passwords of its own, in ${folder}\n`);
  if (openToOthers) {
    complain(
      paint.yellow(`${folder} is open to other users of this machine: to close it, chmod 700 ${quoted(folder)}`),
    );
  }
}

/** Tells of a file of settings that a start found and did not use. */
export function tellOfKept({ complain, paint }: Terminal): TellOfKept {
  return ({ file, as, why }) => {
    const words = {
      changed:
        "was changed and has been made anew, without the change: to have your own settings, start from a copy with --config",
      gone: "is of an organisation that is no longer here, and is not used",
    };
    complain(paint.yellow(`${shortest(file)} ${words[why]}. It is kept as ${shortest(as)}`));
  };
}
