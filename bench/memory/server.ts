// The server that is measured, as its parent sees it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultConfig, type ReachableServer, testAuthority, testDirectory } from "@restante/testbed";
import type { Held } from "./serve.ts";

export interface MeasuredServer extends ReachableServer, AsyncDisposable {
  /** What it holds now, once its garbage is gone. */
  held(): Promise<Held>;
  /** The most that the operating system has counted of its process up to now, in bytes. */
  peak(): number;
}

export async function startMeasuredServer(): Promise<MeasuredServer> {
  const closing = new AsyncDisposableStack();
  const t = { after: (close: () => unknown) => closing.defer(async () => void (await close())) };
  const authority = await testAuthority();
  const config = await defaultConfig(t, authority, testDirectory());
  const words = ["--expose-gc", ...process.execArgv, fileURLToPath(new URL("serve.ts", import.meta.url))];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  closing.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  });
  const url = (await ask(child, config)) as string;
  return {
    url,
    config,
    authority,
    clock: undefined,
    held: async () => (await ask(child, "held")) as Held,
    peak: () => peakOf(child.pid ?? 0),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function ask(child: ChildProcess, question: object | string): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, "exit", { signal }).then(() => {
    throw new Error("The server process ended.");
  });
  try {
    child.send(question);
    const [answer] = (await Promise.race([once(child, "message", { signal }), ended])) as [unknown];
    return answer;
  } finally {
    ended.catch(() => undefined);
    answered.abort();
  }
}

/** Linux alone tells it of another process (proc(5), VmHWM): elsewhere it is no number, which no bound is kept by. */
function peakOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  const highest = existsSync(status) ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return Number(highest ?? Number.NaN) * 1024;
}
