import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Answer, Asked, Task } from "./measured-process.ts";

export interface MeasuredServer extends AsyncDisposable {
  readonly url: string;
  /** User and system time of its process up to now, in microseconds. */
  cpu(): Promise<number>;
  /** For how many milliseconds its event loop stood still at most since this was last asked. The first time begins it. */
  stall(): Promise<number>;
}

/** Which program of this folder, and what Node.js is told of it beside. */
export interface Program {
  readonly file: "ours.ts" | "bare/main.ts" | "bare/with-rows.ts";
  /** Where to write its profiles (`--cpu-prof`), one for each thread. */
  readonly profiles?: string;
}

/** A server in a process of its own: it listens when the promise resolves. */
export async function startProcess({ file, profiles }: Program, task: Task): Promise<MeasuredServer> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@restante/source",
      "--disable-warning=ExperimentalWarning",
      ...(profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`]),
      fileURLToPath(new URL(file, import.meta.url)),
    ],
    { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" },
  );
  child.send(task);
  const first = await nextAnswer(child);
  return {
    url: "url" in first ? first.url : "",
    async cpu() {
      child.send("cpu" satisfies Asked);
      const answer = await nextAnswer(child);
      return "cpu" in answer ? answer.cpu : Number.NaN;
    },
    async stall() {
      child.send("stall" satisfies Asked);
      const answer = await nextAnswer(child);
      return "stall" in answer ? answer.stall : Number.NaN;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.send("close" satisfies Asked);
      await exited;
    },
  };
}

/** One is asked for at a time. */
function nextAnswer(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error("A measured server's process ended."));
    child.once("exit", ended);
    child.once("error", reject);
    child.once("message", (answer: Answer) => {
      child.off("exit", ended).off("error", reject);
      resolve(answer);
    });
  });
}
