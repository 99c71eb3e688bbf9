import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { MailboxWork } from "./mailbox-process.ts";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Where the children keep the compiled code of the modules: without it most of their time would go into that. */
const compiled = here("../../../node_modules/.cache/compiled");

/** Which boundary of a step it is: the n-th since its start, or since its first request. */
export interface Boundary {
  readonly from: "start" | "request";
  readonly at: number;
}

/** A process of directory clients, to be killed at a boundary of a step (stop-at-step.ts) or from outside. */
export function startMailboxes(work: MailboxWork, stop?: Boundary): ChildProcess {
  const words = [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    `--import=${new URL("stop-at-step.ts", import.meta.url).href}`,
    here("mailbox-process.ts"),
    JSON.stringify(work),
  ];
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  const env = {
    ...rest,
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? compiled,
    ...(stop === undefined ? {} : { RESTANTE_STOP_AT: String(stop.at), RESTANTE_STOP_FROM: stop.from }),
  };
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"], env });
}

/** How a process ended: at which boundary, or `ended`, by itself; or `killed`, from outside. */
export async function endOf(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (signal === "SIGKILL") return text.replace("started\n", "").trim() || "killed";
  if (status !== 0) throw new Error(`a process of directory clients ended with ${signal ?? status}`);
  return "ended";
}
