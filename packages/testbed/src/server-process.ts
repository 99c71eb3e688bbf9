import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import type { Event } from "@restante/mesh";
import type { EmbeddedServerConfig, MeshServerConfig, Operator } from "@restante/mesh-server";

import { atEnd } from "./at-end.ts";
import { testAuthority } from "./authority.ts";
import { testDirectory } from "@restante/testkit/patients";
import type { OperatorAnswer, OperatorCall, OperatorResult } from "./operator-call.ts";
import { type RecordedEvents, recordEvents } from "./record-events.ts";
import { asGiven, defaultConfig, type ReachableServer } from "./server.ts";

/** What the operating system lets the process do. */
export interface ProcessLimits {
  /** No file grows beyond this. */
  fileSizeKb?: number;
}

/** A server in a process of its own, which can be killed. It keeps its port and its folder. */
export interface ServerProcess extends ReachableServer {
  /** Of the process that runs now. */
  readonly pid: number;
  /** Over all its lives; the last ones before a kill may be missing. */
  readonly events: RecordedEvents;
  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Has it close in order, as at SIGTERM. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGSTOP: it stands still until SIGCONT, or `kill`. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** Has a verb of its operator done. Rejects if the process ends before the answer: it may have happened. */
  operate(verb: keyof Operator, ...words: string[]): Promise<OperatorResult>;
  /** Starts it again after `kill`. Resolves when it listens. */
  start(limits?: ProcessLimits): Promise<void>;
}

/** A real MESH server with the test economy, as a child process: it listens when the promise resolves. */
export async function startServerProcess(
  t: Pick<TestContext, "after">,
  options: { config?: Partial<MeshServerConfig>; limits?: ProcessLimits } = {},
): Promise<ServerProcess> {
  const authority = await testAuthority();
  const events = recordEvents();
  let config = { ...(await defaultConfig(t, authority, testDirectory())), ...options.config };
  let child: ChildProcess | undefined;
  let url = "";
  let calls = 0;

  async function start(limits: ProcessLimits = {}): Promise<void> {
    child = spawnServer(limits);
    url = await listening(child, config, events);
    config = { ...config, port: Number(new URL(url).port) };
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
  const kill = (): Promise<void> => end("SIGKILL");

  atEnd(t, kill);
  await start(options.limits);
  return {
    url,
    config,
    authority,
    clock: undefined,
    events,
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    stop: () => end("SIGTERM"),
    signal: (name) => void child?.kill(name),
    start,
    operate: (verb, ...words) => operate(child, { call: (calls += 1), verb, words }),
  };
}

function operate(child: ChildProcess | undefined, asked: OperatorCall): Promise<OperatorResult> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error("The server process ended before it answered."));
    if (child === undefined || !child.connected) return ended();
    const answered = (message: unknown): void => {
      const { call, result } = message as Partial<OperatorAnswer>;
      if (call !== asked.call || result === undefined) return;
      child.off("message", answered).off("exit", ended);
      resolve(result);
    };
    child.on("message", answered).once("exit", ended);
    child.send(asked, (error) => {
      if (error !== null) ended();
    });
  });
}

function spawnServer({ fileSizeKb }: ProcessLimits): ChildProcess {
  const words = [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL("serve.ts", import.meta.url)),
  ];
  const options: SpawnOptions = { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" };
  if (fileSizeKb === undefined) return spawn(process.execPath, words, options);
  // The shell sets the limit and then becomes the server. Its `ulimit -f` counts blocks of 512 bytes.
  const script = `ulimit -f ${fileSizeKb * 2}; exec "$0" "$@"`;
  return spawn("sh", ["-c", script, process.execPath, ...words], options);
}

function listening(child: ChildProcess, config: EmbeddedServerConfig, events: RecordedEvents): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if ("call" in (message as Event | OperatorAnswer)) return;
      const event = message as Event;
      events.emit(event);
      if (event.event === "server-started") resolve(event.url);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error("The server process ended before it listened.")));
    child.send(asGiven(config));
  });
}
