// A server in a process of its own. It keeps its ports over kills, so that clients and control find it again.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Control, createControlClient } from "@restante/control";
import type { DevelopmentServerConfig } from "@restante/mesh-server/development";

import { cacheFolderOf } from "../cache-folder.ts";
import type { DataFolder } from "../data-folder.ts";
import { TestkitError } from "../errors.ts";
import type { StartOptions } from "../options.ts";
import type { Running } from "../running.ts";
import type { PreparedServer } from "../server-config.ts";
import type { ChildAnswer, ChildTask } from "./words.ts";

export interface RunningChild extends Running {
  readonly pid: number;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

type Listening = Exclude<ChildAnswer, { failed: unknown }>;

export async function runChild(
  { config }: PreparedServer,
  options: StartOptions,
  { isTemporary }: DataFolder,
): Promise<RunningChild> {
  let task: ChildTask = { config: { ...config, control: { port: 0 } }, patients: options.patients, isTemporary };
  const environment = environmentOf(options);
  let { child, listening } = await begin(task, environment);
  task = { ...task, config: onSamePorts(task.config, listening) };
  let control = controlOf(listening);

  async function end(how: () => unknown): Promise<void> {
    if (hasEnded(child)) return;
    const exited = once(child, "exit");
    how();
    await exited;
  }

  return {
    url: listening.url,
    get control(): Control {
      if (hasEnded(child)) throw new TestkitError("server-ended", "The server was killed: start() starts it again.");
      return control;
    },
    get pid() {
      return child.pid!;
    },
    kill: () => end(() => child.kill("SIGKILL")),
    start: async () => {
      if (!hasEnded(child)) return;
      ({ child, listening } = await begin(task, environment));
      control = controlOf(listening);
    },
    close: () => end(() => child.send("close")),
  };
}

function controlOf({ controlUrl: url, controlToken: token }: Listening): Control {
  return createControlClient({ url, token });
}

function onSamePorts(config: DevelopmentServerConfig, { url, controlUrl }: Listening): DevelopmentServerConfig {
  const port = Number(new URL(url).port);
  return {
    ...config,
    ...(config.plain !== undefined && { plain: { ...config.plain, port } }),
    ...(config.tls !== undefined && { tls: { ...config.tls, port } }),
    control: { port: Number(new URL(controlUrl).port) },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function programFile(): string {
  return fileURLToPath(import.meta.resolve("#child"));
}

/** Code that is compiled already starts in a third of the time. That of sources changes with each edit, and is not kept. */
function environmentOf(options: StartOptions): NodeJS.ProcessEnv {
  if (programFile().endsWith(".ts")) return process.env;
  return { NODE_COMPILE_CACHE: join(cacheFolderOf(options), "compiled"), ...process.env };
}

async function begin(task: ChildTask, env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; listening: Listening }> {
  const file = programFile();
  // From the sources the child needs the condition that its parent was given; a package that is installed needs none.
  const condition = file.endsWith(".ts") ? ["--conditions=@restante/source"] : [];
  const child = spawn(process.execPath, [...condition, "--disable-warning=ExperimentalWarning", file], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
    env,
  });
  const listening = await new Promise<Listening>((resolve, reject) => {
    child.once("message", (answer: ChildAnswer) => {
      if ("failed" in answer)
        reject(new TestkitError("server-ended", `The server did not start: ${answer.failed.message}`));
      else resolve(answer);
    });
    child.once("error", reject);
    child.once("exit", () =>
      reject(new TestkitError("server-ended", "The server's process ended before it listened.")),
    );
    child.send(task, () => undefined);
  });
  return { child, listening };
}
