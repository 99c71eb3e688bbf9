import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** A `restante` command in a process of its own. */
export interface RunningCommand {
  readonly pid: number;
  /** All it printed so far, on both streams. */
  output(): string;
  /** The same by stream. */
  standardOutput(): string;
  standardError(): string;
  /** Resolves when it has printed this; rejects, with what it printed, when it ends first or takes too long. */
  printed(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal and waits for the end. Resolves to the exit status, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Runs the command from its sources on this Node.js, without npm or a launcher between: a signal reaches it itself. */
export function runCommand(words: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const child = spawn(
    process.execPath,
    ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", main, ...words],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...withoutNpm(process.env), ...env } },
  );
  return follow(child);
}

export function follow(child: ChildProcess): RunningCommand {
  let output = "";
  const byStream = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      byStream[name] += text;
    });
  }
  // "close", not "exit": by then all it printed has been read.
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid!,
    output: () => output,
    standardOutput: () => byStream.stdout,
    standardError: () => byStream.stderr,
    ended,
    async printed(pattern, timeoutMs = 60_000) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const over = isOver();
        const match = pattern.exec(output);
        if (match !== null) return match;
        if (over) throw new Error(`ended without printing ${pattern}:\n${output}`);
        if (performance.now() > deadline) throw new Error(`has not printed ${pattern}:\n${output}`);
        await wait(20);
      }
    },
    async end(signal) {
      if (!isOver()) child.kill(signal);
      return ended;
    },
  };
}

/** npm's variables make a command watch its parent: a test is not npm. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("npm_")));
}

/**
 * A port which is free together with the nine after it. Below those that a system gives to whoever connects: a command that is killed and started
 * again would find its own taken by somebody's connection.
 */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const base = 10_000 + Math.floor(Math.random() * 22_000);
    const free = await Promise.all(Array.from({ length: 10 }, (_, offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
