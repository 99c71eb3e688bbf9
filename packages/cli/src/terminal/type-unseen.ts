import { readInput } from "./read-input.ts";
import type { Input } from "./terminal.ts";

/**
 * From now until it is disposed of, what a person types is not shown: say what is wanted after this, not before. Its lines end
 * where the person gives up: Ctrl-C, or Ctrl-D on an empty line; and where the command is to stop. What is rubbed out is not in
 * them.
 */
export function typeUnseen(
  input: Input,
  stop: AbortSignal,
): AsyncDisposable & { readonly lines: AsyncGenerator<string, void, void> } {
  input.setRawMode(true);
  const lines = linesOf(input, stop);
  return {
    lines,
    async [Symbol.asyncDispose]() {
      await lines.return();
      input.setRawMode(false);
    },
  };
}

async function* linesOf(input: Input, stop: AbortSignal): AsyncGenerator<string, void, void> {
  let line = "";
  for await (const piece of readInput(input, stop)) {
    // Keys that type nothing come as sequences.
    for (const typed of piece.replaceAll(sequences, "")) {
      if (typed === ctrlC || (typed === ctrlD && line === "")) return;
      if (typed === "\r" || typed === "\n") {
        yield line;
        line = "";
      } else if (typed === "\u007F" || typed === "\b") line = Array.from(line).slice(0, -1).join("");
      else if (typed === ctrlU) line = "";
      else if (typed >= " ") line += typed;
    }
  }
}

const ctrlC = "\u0003";
const ctrlD = "\u0004";
const ctrlU = "\u0015";
// oxlint-disable-next-line no-control-regex -- ECMA-48, clause 5.4: what arrows and the like send
const sequences = /\u001B(?:\[[0-?]*[ -/]*[@-~]|O.)/g;
