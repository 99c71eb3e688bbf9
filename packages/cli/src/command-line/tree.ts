import type { Terminal } from "../terminal/terminal.ts";
import type { Options, Place, Values } from "./option.ts";

/** Words that may be typed after `restante`: a command, or a group of commands under one word (`mailbox add`). */
export type Entry = Command | Group;

export interface Group {
  readonly kind: "group";
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly about: string;
  readonly entries: readonly Entry[];
}

/**
 * What may be typed of a command. It is light: the help, the completion and the refusals need nothing else. What the command
 * does, with all it stands on, is loaded only when it is typed.
 */
export interface Command {
  readonly kind: "command";
  readonly name: string;
  readonly summary: string;
  readonly about: string;
  readonly arguments: readonly Argument[];
  /** In the order of the help, under the names that the command gets their values by. */
  readonly options: Options;
  /** What the help says below the options. */
  readonly remarks: readonly string[];
  readonly examples: readonly string[];
  /** What is below it: `client` does something itself, and so does `client import`. Such a command takes no arguments. */
  readonly entries: readonly Entry[];
  load(): Promise<Act>;
}

/** A word that is no option. It must be typed. */
export interface Argument {
  /** What the help and the refusals call it: `FILE`. */
  readonly name: string;
  readonly about: string;
  /** One or more of them: then it is the command's only one. */
  readonly several?: boolean;
  readonly choices?: readonly string[];
  readonly place?: Place;
}

/** What was typed: the options' values and the arguments, as many as the command names. */
export interface Given<Picked = Readonly<Record<string, unknown>>> {
  readonly options: Picked;
  readonly words: readonly string[];
}

/** What a command does. Resolves to the exit status. `program`: all commands, of which this is one. */
export type Act<Picked = Readonly<Record<string, unknown>>> = (
  given: Given<Picked>,
  terminal: Terminal,
  program: Group,
) => Promise<number>;

/** A command whose act takes what its options give. */
export function command<const Picked extends Options>(described: {
  name: string;
  summary: string;
  about: string;
  arguments?: readonly Argument[];
  options?: Picked;
  remarks?: readonly string[];
  examples?: readonly string[];
  entries?: readonly Entry[];
  load(): Promise<Act<Values<Picked>>>;
}): Command {
  const { arguments: words = [], entries = [] } = described;
  if (words.length > 0 && entries.length > 0) {
    throw new Error(`${described.name}: its arguments would be taken for commands below it`);
  }
  if (words.length > 1 && words.some(({ several }) => several === true)) {
    throw new Error(`${described.name}: an argument of which there may be several is the only one`);
  }
  return {
    kind: "command",
    arguments: [],
    options: {},
    remarks: [],
    examples: [],
    entries: [],
    ...described,
    // The values are read by these options: they are what the act takes.
    load: () => described.load() as Promise<Act>,
  };
}

export function group(described: Omit<Group, "kind">): Group {
  return { kind: "group", ...described };
}

/** Every entry with the words that lead to it, in the order of the help. */
export function* everyEntry(entries: readonly Entry[], path: readonly string[] = []): Generator<Placed> {
  for (const entry of entries) {
    const own = [...path, entry.name];
    yield { entry, path: own };
    yield* everyEntry(entry.entries, own);
  }
}

interface Placed {
  readonly entry: Entry;
  readonly path: readonly string[];
}
