import { asDurableError } from "@restante/durable";
import { CodedError } from "@restante/mesh";
import { helpOf } from "./command-line/help.ts";
import { read } from "./command-line/read.ts";
import type { Group } from "./command-line/tree.ts";
import { CliError } from "./errors.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { fitted } from "./terminal/wrap.ts";
import { version } from "./version.ts";

/** Runs the command that the words name. Resolves to the exit status: 0 done, 1 could not, 2 typed wrong. */
export async function run(program: Group, words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const asked = await read(program, words);
    switch (asked.kind) {
      case "help":
        terminal.print(fitted(helpOf(program.name, asked.entry, asked.path), terminal.columns));
        return 0;
      case "version":
        terminal.print(version());
        return 0;
      case "command": {
        const act = await asked.command.load();
        return await act(asked.given, terminal, program);
      }
    }
  } catch (cause) {
    const error = ofTheSystem(cause);
    if (!(error instanceof CodedError)) throw error;
    terminal.complain(`${terminal.paint.red("restante:")} ${error.message}`);
    return error instanceof CliError ? error.exitStatus : 1;
  }
}

/** What the operating system refuses is said in one line, with its file. Anything else is a defect, and shows its stack. */
function ofTheSystem(error: unknown): unknown {
  const path = error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : undefined;
  return path === undefined ? error : asDurableError(error, path);
}
