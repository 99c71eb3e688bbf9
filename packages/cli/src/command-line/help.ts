import type { Option, ValueOf } from "./option.ts";
import type { Argument, Command, Entry, Group } from "./tree.ts";

/** The help of what these words lead to; lines are as long as they come, for `fitted` to break. */
export function helpOf(program: string, entry: Entry, path: readonly string[]): string {
  const typed = [program, ...path].join(" ");
  return entry.kind === "group" ? helpOfGroup(typed, entry, path.length === 0) : helpOfCommand(typed, entry);
}

function helpOfGroup(typed: string, { about, entries }: Group, isProgram: boolean): string {
  const options: Row[] = isProgram ? [helpRow, ["-v, -V, --version", "which release this is"]] : [helpRow];
  return [
    ...(isProgram ? [about, ""] : []),
    `Usage: ${typed} COMMAND [OPTIONS]`,
    "",
    ...(isProgram ? [] : [about, ""]),
    "Commands:",
    ...rows(entries.map(({ name, summary }) => [name, summary])),
    "",
    "Options:",
    ...rows(options),
    "",
    `${typed} COMMAND --help tells more.`,
  ].join("\n");
}

function helpOfCommand(typed: string, command: Command): string {
  const { about, arguments: words, options, remarks, examples, entries } = command;
  const all = rows([...words.map(rowOfArgument), ...Object.values(options).map(rowOfOption), helpRow]);
  return [
    `Usage: ${[typed, ...words.map(usageOfArgument), "[OPTIONS]"].join(" ")}`,
    "",
    about,
    ...(words.length === 0 ? [] : ["", "Arguments:", ...all.slice(0, words.length)]),
    "",
    "Options:",
    ...all.slice(words.length),
    ...(entries.length === 0
      ? []
      : [
          "",
          "Commands:",
          ...rows(entries.map(({ name, summary }) => [name, summary])),
          "",
          `${typed} COMMAND --help tells more.`,
        ]),
    ...remarks.flatMap((remark) => ["", remark]),
    ...(examples.length === 0
      ? []
      : ["", "Examples:", ...examples.map((example) => `  ${typed} ${example}`.trimEnd())]),
  ].join("\n");
}

type Row = readonly [head: string, text: string];

const helpRow: Row = ["-h, --help", "this text"];

function rowOfArgument({ name, about }: Argument): Row {
  return [name, about];
}

function usageOfArgument({ name, several }: Argument): string {
  return several === true ? `${name}...` : name;
}

function rowOfOption({ name, value, about }: Option): Row {
  return value === undefined ? [`--${name}`, about] : [`--${name} ${value.name}`, `${about}${knownOf(value)}`];
}

/** All that is known of a value beside its meaning, in brackets. */
function knownOf({ choices, default: initial, otherwise, note }: ValueOf): string {
  const known = [
    choices?.join(", "),
    initial === undefined ? otherwise && `default: ${otherwise}` : `default ${initial}`,
    note,
  ].filter((part) => part !== undefined);
  return known.length === 0 ? "" : ` (${known.join("; ")})`;
}

/** What they are stands in one column. */
function rows(of: readonly Row[]): string[] {
  const width = Math.max(...of.map(([head]) => head.length));
  return of.map(([head, text]) => `  ${head.padEnd(width)}  ${text}`);
}
