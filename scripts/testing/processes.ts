import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { relative, resolve } from "node:path";

// The processes that node's runner has started, one for each file, since this was loaded into it.

const started = new Set<ChildProcess>();

subscribe("child_process", (message) => {
  const { process: child } = message as { process: ChildProcess };
  started.add(child);
  child.once("exit", () => started.delete(child));
});

/** Ends the process that runs a file, so that not even an endless loop keeps it. False where there is none to end. */
export function endProcessOf(file: string): boolean {
  const ofFile = Array.from(started).filter(
    ({ spawnargs, killed }) => !killed && spawnargs.some((word) => relative("", resolve(word)) === file),
  );
  return ofFile.map((child) => child.kill("SIGKILL")).includes(true);
}
