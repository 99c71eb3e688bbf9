import { spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { atEnd } from "./at-end.ts";
import { waitFor } from "./wait-for.ts";

/** A process of its own. */
export interface Program {
  readonly pid: number;
  /** All that it has written. */
  readonly said: () => string;
  /** kill -9. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** Runs a program, an ES module of ours, in a process of its own, until it has said a word. It is gone with the test. */
export async function runProgram(t: Pick<TestContext, "after">, program: string, word: string): Promise<Program> {
  const child = spawn(
    process.execPath,
    ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.on("data", (piece: Buffer) => (output += piece.toString()));
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  atEnd(t, kill);
  // It may start a PostgreSQL, on a machine that is busy.
  await waitFor(() => output.includes(word), { timeoutMs: 60_000, what: word });
  return { pid: child.pid!, said: () => output, kill };
}
