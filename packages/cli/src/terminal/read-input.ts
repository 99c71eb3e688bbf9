import { on } from "node:events";
import type { Input } from "./terminal.ts";

/** What is typed or given, as it comes, until its end or until the command is to stop: see `stop.aborted` for which. */
export async function* readInput(input: Input, stop: AbortSignal): AsyncGenerator<string, void, void> {
  input.setEncoding("utf8");
  try {
    for await (const [piece] of on(input, "data", { close: ["end"], signal: stop })) yield String(piece);
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    // A process whose input is still read does not end.
    input.pause();
  }
}
