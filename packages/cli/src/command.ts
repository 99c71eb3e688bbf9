import { parseArgs, type ParseArgsConfig } from "node:util";
import { CliError } from "./errors.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** One word after `restante`. What it needs is loaded only when it is typed. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  load(): Promise<Command>;
}

/** What a command does. */
export interface Command {
  /** What `restante NAME --help` prints. */
  readonly help: string;
  /** Resolves to the exit status. */
  run(words: string[], terminal: Terminal): Promise<number>;
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Reads the words after a command's name; a wrong one is an error that names it and points at the help. */
export function readWords<T extends Options>(
  command: string,
  words: string[],
  options: T,
  positionals: { min: number; max: number; name: string } = { min: 0, max: 0, name: "" },
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>> {
  try {
    const parsed = parseArgs({ args: words, options, allowPositionals: true });
    if (parsed.positionals.length < positionals.min) throw new Error(`${positionals.name} is missing`);
    const extra = parsed.positionals[positionals.max];
    if (extra !== undefined) throw new Error(`'${extra}' is one word too many`);
    return parsed;
  } catch (cause) {
    const message = cause instanceof Error ? firstSentence(cause.message) : String(cause);
    throw new CliError("usage", `${message}. Try: restante ${command} --help`, { cause });
  }
}

/** Node.js adds advice about `--` that only confuses here. */
function firstSentence(text: string): string {
  return text.split(/\.\s/)[0]!.replace(/\.$/, "");
}
