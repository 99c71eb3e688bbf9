import {
  type ApplicationContext,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type Command as CommandOfLibrary,
  type CommandContext,
  ExitCode,
  run,
  text_en,
} from "@stricli/core";
import { CliError } from "../errors.ts";
import type { Option } from "./option.ts";
import { type Mistyped, ofArguments, ofCommand } from "./refusal.ts";
import type { Argument, Command, Entry, Given, Group } from "./tree.ts";

/** What the words ask for. */
export type Asked =
  | { readonly kind: "help"; readonly entry: Entry; readonly path: readonly string[] }
  | { readonly kind: "version" }
  | { readonly kind: "command"; readonly command: Command; readonly given: Given };

/**
 * Reads the words by the library, which finds the command, splits options from arguments and says what is wrong as an
 * error with its parts. The words of a refusal are ours (refusal.ts), and so is all that happens afterwards: the library
 * neither prints nor runs anything.
 *
 * @throws CliError `usage` one line that says what is wrong with which word
 */
export async function read(root: Group, typed: readonly string[]): Promise<Asked> {
  const words = typed[0] === "help" ? [...typed.slice(1), "--help"] : typed;
  const found: { asked?: Asked; refusal?: string } = {};
  const tell = (asked: Asked): void => void (found.asked ??= asked);
  // Several things may be wrong: the first is told, and the others show themselves when it is mended.
  const refuse = (line: string): string => (found.refusal ??= line);
  const application = buildApplication(
    routesOf(root, [], words, tell),
    {
      name: root.name,
      scanner: { allowArgumentEscapeSequence: true },
      documentation: { disableAnsiColor: true },
      localization: {
        text: {
          ...text_en,
          noCommandRegisteredForInput: ({ input }) => {
            const { entry, path } = entryAt(root, words);
            return refuse(ofCommand(root, path, entry.kind === "group" ? entry : root, input));
          },
          exceptionWhileParsingArguments: (cause) => refuse(ofArguments(mistyped(root, words), cause)),
        },
      },
    },
    {
      help: {
        flag: {
          brief: "",
          aliases: ["h"],
          global: true,
          run: (_, { result }) => tell({ kind: "help", ...entryAt(root, result.prefix.slice(1)) }),
        },
      },
      version: { flag: { brief: "", aliases: ["v", "V"], run: () => tell({ kind: "version" }) } },
    },
  );
  const written: string[] = [];
  const stream = { write: (text: string) => void written.push(text) };
  const context: ApplicationContext = { process: { stdout: stream, stderr: stream } };
  await run(application, words, context);
  if (found.refusal !== undefined) throw new CliError("usage", found.refusal);
  // Whatever else it says is a defect of what it was told above: nobody typed anything wrong, and nothing was done.
  if (context.process.exitCode !== ExitCode.Success) throw new Error(`the words were not read: ${written.join("")}`);
  return found.asked ?? withoutCommand(root, words);
}

/** Nothing but the program's name asks for its help. A group alone is a command of which the last word is missing. */
function withoutCommand(root: Group, words: readonly string[]): Asked {
  const { entry, path } = entryAt(root, words);
  if (entry.kind === "command") throw new Error(`${path.join(" ")} was found and not read`);
  if (path.length === 0) return { kind: "help", entry: root, path };
  const names = entry.entries.map(({ name }) => name).join(", ");
  throw new CliError(
    "usage",
    `after '${path.join(" ")}' comes one of ${names}. Try: ${root.name} ${path.join(" ")} --help`,
  );
}

/** The entry that these words lead to, as far as they do. */
export function entryAt(root: Group, words: readonly string[]): { entry: Entry; path: readonly string[] } {
  let entry: Entry = root;
  const path: string[] = [];
  for (const word of words) {
    const next: Entry | undefined = entry.entries.find(({ name }) => name === word);
    if (next === undefined) break;
    entry = next;
    path.push(word);
  }
  return { entry, path };
}

function mistyped(root: Group, words: readonly string[]): Mistyped {
  const { entry, path } = entryAt(root, words);
  if (entry.kind === "group") throw new Error(`${path.join(" ")} is no command`);
  return { program: root.name, command: entry, path, words: words.slice(path.length) };
}

type Tell = (asked: Asked) => void;

function routesOf(
  parent: Entry,
  path: readonly string[],
  words: readonly string[],
  tell: Tell,
): ReturnType<typeof buildRouteMap<string, CommandContext>> {
  const routes = parent.entries.map((entry: Entry) => {
    const own = [...path, entry.name];
    const isAlone = entry.kind === "command" && entry.entries.length === 0;
    return [
      entry.name,
      isAlone ? commandOf(entry, words.slice(own.length), tell) : routesOf(entry, own, words, tell),
    ] as const;
  });
  const itself = parent.kind === "command" ? commandOf(parent, words.slice(path.length), tell) : undefined;
  return buildRouteMap({
    routes: plain([...routes, ...(itself === undefined ? [] : [[ITSELF, itself] as const])]),
    ...(itself !== undefined && { defaultCommand: ITSELF }),
    aliases: plain([]),
    docs: { brief: parent.summary },
  });
}

/** What a command that has others below it is called among them. No word that is typed can be it. */
const ITSELF = "\0";

function commandOf(entry: Command, words: readonly string[], tell: Tell): CommandOfLibrary<CommandContext> {
  const picked = Object.entries(entry.options);
  const flags = plain(picked.map(([, option]) => [option.name, flagOf(option, words)] as const));
  const several = entry.arguments.find((argument) => argument.several === true);
  const positional =
    several === undefined
      ? { kind: "tuple", parameters: entry.arguments.map((argument) => parameterOf(argument, words)) }
      : { kind: "array", minimum: 1, parameter: parameterOf(several, words) };
  const tellGiven = (values: Record<string, unknown>, ...typed: string[]): void => {
    const options = Object.fromEntries(picked.map(([name, option]) => [name, valueOf(option, values[option.name])]));
    tell({ kind: "command", command: entry, given: { options, words: typed } });
  };
  // The library takes its types from a function's parameters; here they are whatever the tree says.
  return buildCommand({
    func: tellGiven,
    parameters: { flags, positional },
    docs: { brief: "" },
  } as unknown as Parameters<typeof buildCommand>[0]);
}

/** One that may be there more than once has a list of lists, or nothing. */
function valueOf({ isRepeated }: Option, given: unknown): unknown {
  return isRepeated === true ? ((given as unknown[] | undefined) ?? []).flat() : given;
}

function flagOf({ name, value, isRepeated, read }: Option, words: readonly string[]): object {
  if (value === undefined) return { kind: "boolean", brief: "", withNegated: false, default: false };
  const parse = (typed: string): unknown => {
    // A value that was left out is likelier than one that begins with a hyphen: with `=` it is meant.
    const isMeant = value.isNumber || !/^-./.test(typed) || words.includes(`--${name}=${typed}`);
    const given = isMeant ? read(typed) : undefined;
    if (given === undefined) throw new NotWanted();
    return given;
  };
  return {
    kind: "parsed",
    brief: "",
    parse,
    ...(isRepeated === true && { variadic: true }),
    ...(value.default === undefined ? { optional: true } : { default: value.default }),
  };
}

/** What begins with a hyphen is an argument only after `--`. A hyphen alone is one. */
function parameterOf({ name, choices }: Argument, words: readonly string[]): object {
  const end = words.indexOf("--");
  const meant = end === -1 ? [] : words.slice(end + 1);
  const parse = (typed: string): string => {
    const isArgument = typed !== "" && (!/^-./.test(typed) || meant.includes(typed));
    if (!isArgument || choices?.includes(typed) === false) throw new NotWanted();
    return typed;
  };
  return { brief: "", placeholder: name, parse };
}

/** Tells the library that it is not what is wanted: what is said of it does not come from here. */
class NotWanted extends Error {}

/** An object that has these names alone: `constructor` is no command and no option. */
function plain<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.assign(Object.create(null) as Record<string, Value>, Object.fromEntries(entries));
}
