import { asDurableError } from "@restante/durable";
import { CodedError } from "@restante/mesh";
import type { CommandEntry } from "./command.ts";
import { CliError } from "./errors.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { fitted } from "./terminal/wrap.ts";
import { generalHelp, version } from "./help.ts";

/** Runs the command that the words name. Resolves to the exit status: 0 done, 1 could not, 2 typed wrong. */
export async function run(commands: readonly CommandEntry[], words: string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const asked = commands.find((command) => command.name === rest[0]);
    const help = asked === undefined ? generalHelp(commands) : (await asked.load()).help;
    terminal.print(fitted(help, terminal.columns));
    return 0;
  }
  if (name === "--version" || name === "-V") {
    terminal.print(version());
    return 0;
  }
  try {
    const entry = commands.find((candidate) => candidate.name === name);
    if (entry === undefined) throw new CliError("usage", `there is no command '${name}'. Try: restante --help`);
    const command = await entry.load();
    if (rest.includes("--help") || rest.includes("-h")) {
      terminal.print(fitted(command.help, terminal.columns));
      return 0;
    }
    return await command.run(rest, terminal);
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
