import type { Terminal } from "../terminal/terminal.ts";
import { quoted } from "../terminal/quoted.ts";
import type { Economy } from "./economy.ts";

/** Tells whoever starts a part that its folder was made just now, or that others may look into it. */
export function tellOfFolder({ folder, made, openToOthers }: Economy, { print, complain, paint }: Terminal): void {
  if (made) print(`A new economy, with keys and passwords of its own, in ${folder}\n`);
  if (openToOthers) {
    complain(
      paint.yellow(`${folder} is open to other users of this machine: to close it, chmod 700 ${quoted(folder)}`),
    );
  }
}
