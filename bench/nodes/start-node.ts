import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Asked, Task, Took } from "./node.ts";

export interface MeasuredNode extends AsyncDisposable {
  ask(asked: Exclude<Asked, { ask: "close" }>): Promise<Took>;
}

/** Its store is open when the promise resolves. */
export async function startNode(task: Task): Promise<MeasuredNode> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@restante/source",
      "--disable-warning=ExperimentalWarning",
      fileURLToPath(new URL("node.ts", import.meta.url)),
    ],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  const exited = once(child, "exit");

  async function tell(words: Task | Asked): Promise<unknown> {
    child.send(words);
    const [answer] = (await Promise.race([once(child, "message"), exited])) as [unknown];
    if (typeof answer === "object" && answer !== null) return answer;
    throw new Error("A node that is measured ended.");
  }

  await tell(task);
  return {
    ask: async (asked) => (await tell(asked)) as Took,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.send({ ask: "close" } satisfies Asked);
      await exited;
    },
  };
}
