// A rewound server in a process of its own, which can be killed. Its configuration comes as the first message of the parent,
// verbs after it.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { CodedError } from "@restante/mesh";
import type { EmbeddedServerConfig } from "@restante/mesh-server";

import { wipe } from "../../src/control/wipe.ts";
import { serveRewound, type Rewound } from "./rewound-server.ts";

type Verb = "save" | "restore" | "listSnapshots" | "advance" | "ahead" | "faults" | "setFaults" | "wipe";

const verbs: Readonly<Record<Verb, (rewound: Rewound, word: string) => Promise<unknown>>> = {
  save: ({ snapshots }, name) => snapshots.control.save({ name }),
  restore: ({ snapshots }, name) => snapshots.control.restore({ name }),
  listSnapshots: ({ snapshots }) => snapshots.control.list(),
  advance: ({ moved }, by) => moved.control.advance({ by }),
  ahead: async ({ moved }) => (await moved.control.read()).ahead,
  faults: async ({ faults }) => [...faults],
  setFaults: async (rewound, name) => rewound.setFaults([name]),
  wipe: ({ serving }) => wipe(serving, { closures: true, tokens: false }),
};

interface Call {
  call: number;
  verb: Verb;
  word: string;
}

export interface RewoundProcess {
  readonly url: string;
  /** Rejects if the process ends before the answer: it may have happened. */
  ask(verb: Verb, word?: string): Promise<unknown>;
  kill(): Promise<void>;
  /** Resolves when it listens. */
  start(): Promise<void>;
}

export async function startRewoundProcess(t: TestContext, given: EmbeddedServerConfig): Promise<RewoundProcess> {
  let config = given;
  let child: ChildProcess | undefined;
  let url = "";
  let calls = 0;

  async function start(): Promise<void> {
    child = fork(fileURLToPath(import.meta.url), ["--rewound-process"], {
      execArgv: ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning"],
      serialization: "advanced",
    });
    child.send(config);
    const ended = once(child, "exit").then(() => {
      throw new Error("The server process ended before it listened.");
    });
    ended.catch(() => undefined);
    const [told] = (await Promise.race([once(child, "message"), ended])) as [{ url: string }];
    url = told.url;
    config = { ...config, port: Number(new URL(url).port) };
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  function ask(verb: Verb, word = ""): Promise<unknown> {
    const asked: Call = { call: (calls += 1), verb, word };
    return new Promise((resolve, reject) => {
      const of = child!;
      const ended = (): void => reject(new Error("ended before it answered"));
      const answered = (answer: { call: number; value: unknown; code?: string }): void => {
        if (answer.call !== asked.call) return;
        of.off("message", answered).off("exit", ended);
        if (answer.code === undefined) resolve(answer.value);
        else reject(new Error(answer.code));
      };
      of.on("message", answered).once("exit", ended);
      of.send(asked, (error) => {
        if (error !== null) ended();
      });
    });
  }

  t.after(kill);
  await start();
  return {
    get url() {
      return url;
    },
    ask,
    kill,
    start,
  };
}

if (process.argv.includes("--rewound-process")) {
  process.once("disconnect", () => process.exit());
  process.once("message", (config: EmbeddedServerConfig) => void answer(config));
}

async function answer(config: EmbeddedServerConfig): Promise<void> {
  const rewound = await serveRewound(config);
  process.on("message", ({ call, verb, word }: Call) => {
    verbs[verb](rewound, word).then(
      (value: unknown) => process.send?.({ call, value }),
      (error: unknown) => process.send?.({ call, code: error instanceof CodedError ? error.code : String(error) }),
    );
  });
  process.send?.({ url: rewound.serving.urls[0] });
}
