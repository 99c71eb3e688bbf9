import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ProcessSettings } from "./practice-process.ts";

export interface Killable {
  start(): Promise<void>;
  /** kill -9, wherever it is. */
  kill(): Promise<void>;
}

/** A practice in a process of its own, killed when the test ends. */
export function killablePractice(t: TestContext, home: string, settings: ProcessSettings): Killable {
  const file = join(home, "settings.json");
  writeFileSync(file, JSON.stringify(settings));
  let child: ChildProcess | undefined;
  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
  t.after(kill);
  return {
    async start() {
      const script = fileURLToPath(new URL("practice-process.ts", import.meta.url));
      child = fork(script, [file], {
        execArgv: ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning"],
      });
      await once(child, "message");
    },
    kill,
  };
}
