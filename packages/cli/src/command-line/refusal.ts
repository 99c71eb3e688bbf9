import {
  AliasNotFoundError,
  ArgumentParseError,
  FlagNotFoundError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import { nearestName } from "@restante/mesh";
import { quoted } from "../terminal/quoted.ts";
import type { Option } from "./option.ts";
import { type Command, type Entry, everyEntry, type Group } from "./tree.ts";

// What is said of a word that was typed wrong: one line, which names the word, says what is wanted there and where to
// read more.

/** A command and the words after it, one of which is wrong. */
export interface Mistyped {
  readonly program: string;
  readonly command: Command;
  readonly path: readonly string[];
  readonly words: readonly string[];
}

/** The first word that leads to no command. */
export function ofCommand(root: Group, path: readonly string[], group: Group, word: string): string {
  const help = `Try: ${[root.name, ...path].join(" ")} --help`;
  if (word.startsWith("-") && word !== "-") return `${ofEarlyOption(root, word)} ${help}`;
  const line = noCommand(path, group, word);
  return `${line}${line.endsWith("?") ? "" : "."} ${help}`;
}

function noCommand(path: readonly string[], { entries }: Entry, word: string): string {
  const meant = meantBy(
    word,
    entries.map(({ name }) => name),
  );
  const named = [...path, word].join(" ");
  return meant === undefined
    ? `there is no command '${named}'`
    : `there is no command '${named}': did you mean ${[...path, meant].join(" ")}?`;
}

/** An option that stands where a command is wanted. */
function ofEarlyOption(root: Group, word: string): string {
  const name = word.replace(/^--?/, "").replace(/=.*$/s, "");
  const general = ["help", "version"];
  if (general.includes(name)) return `--${name} stands alone.`;
  for (const { entry, path } of everyEntry(root.entries)) {
    if (entry.kind !== "command" || optionOf(entry, name) === undefined) continue;
    return `--${name} comes after the command, as in: ${root.name} ${path.join(" ")} --${name}.`;
  }
  const meant = meantBy(name, general);
  return meant === undefined
    ? `there is no option ${word} here.`
    : `there is no option ${word}: did you mean --${meant}?`;
}

/** What the library found wrong with the words after a command. Any other error is none of the words. */
export function ofArguments(mistyped: Mistyped, cause: unknown): string {
  const { program, path } = mistyped;
  const line = said(mistyped, cause);
  return `${line}${line.endsWith("?") ? "" : "."} Try: ${[program, ...path].join(" ")} --help`;
}

function said(mistyped: Mistyped, cause: unknown): string {
  const { command, words } = mistyped;
  if (cause instanceof FlagNotFoundError) return noOption(`--${cause.input}`, command);
  if (cause instanceof AliasNotFoundError) {
    const word = words.find((typed) => /^-[a-z]/i.test(typed) && typed.includes(cause.input)) ?? `-${cause.input}`;
    return ofHyphen(mistyped, word);
  }
  if (cause instanceof UnsatisfiedFlagError) {
    const wanted = optionOf(command, cause.externalFlagName)?.value?.wanted ?? "a value";
    const instead = cause.nextFlagName === undefined ? "" : `, not --${cause.nextFlagName}`;
    return `--${cause.externalFlagName} wants ${wanted} after it${instead}`;
  }
  if (cause instanceof UnexpectedFlagError) return `--${cause.externalFlagName} is there twice`;
  if (cause instanceof UnexpectedPositionalError) return ofExtra(mistyped, cause.input);
  if (cause instanceof UnsatisfiedPositionalError) return `${cause.placeholder} is missing`;
  if (cause instanceof ArgumentParseError) {
    const option = optionOf(command, cause.externalFlagNameOrPlaceholder);
    if (option === undefined) return ofArgument(mistyped, cause.externalFlagNameOrPlaceholder, cause.input);
    if (option.value === undefined) return `--${option.name} takes no value: leave '=${cause.input}' out`;
    const isLeftOut = /^-./.test(cause.input) && !words.includes(`--${option.name}=${cause.input}`);
    return isLeftOut ? ofLeftOut(option, cause.input) : notWanted(option, cause.input);
  }
  throw cause;
}

function notWanted({ name, value }: Option, word: string): string {
  return `--${name} is ${value?.wanted}, not '${word}'`;
}

/** A word with a hyphen where the value should be. */
function ofLeftOut(option: Option, word: string): string {
  const { name, value } = option;
  if (value?.isNumber !== false) return notWanted(option, word);
  return `--${name} wants ${value.wanted} after it: one that begins with '-' is written --${name}=${word}`;
}

function ofArgument(mistyped: Mistyped, name: string, word: string): string {
  const argument = mistyped.command.arguments.find((candidate) => candidate.name === name);
  if (word === "") return `${name} is empty`;
  if (argument?.choices !== undefined) return ofChoice(name, argument.choices, word);
  return ofHyphen(mistyped, word);
}

function ofChoice(name: string, choices: readonly string[], word: string): string {
  const meant = nearestName(word, choices);
  if (meant !== undefined) return `${name} is not '${word}': did you mean ${meant}?`;
  const wanted = choices.length < 3 ? choices.join(" or ") : `one of ${choices.join(", ")}`;
  return `${name} is ${wanted}, not '${word}'`;
}

function ofExtra(mistyped: Mistyped, word: string): string {
  const { program, command, path, words } = mistyped;
  if (command.entries.some(({ name }) => name === word)) {
    return `'${word}' comes before the options, as in: ${[program, ...path, word].join(" ")}`;
  }
  if (words[0] === word && command.entries.length > 0 && !word.startsWith("-")) return noCommand(path, command, word);
  const isMeant = words.includes("--") && words.indexOf(word) > words.indexOf("--");
  return word.startsWith("-") && word !== "-" && !isMeant ? ofHyphen(mistyped, word) : `'${word}' is one word too many`;
}

/** A word that begins with a hyphen and is no option: the value of the one before it, an argument, or mistyped. */
function ofHyphen(mistyped: Mistyped, word: string): string {
  const { program, command, path, words } = mistyped;
  const { name = "", after } = /^--?(?<name>[^=]*)(?<after>=.*)?$/s.exec(word)?.groups ?? {};
  const option = optionOf(command, name);
  if (after === "=" && option?.value !== undefined) return `--${name} wants ${option.value.wanted} after the =`;
  const before = words[words.indexOf(word) - 1];
  const taker = before?.startsWith("--") === true ? optionOf(command, before.slice(2)) : undefined;
  if (taker?.value !== undefined) return ofLeftOut(taker, word);
  if (option !== undefined || meantOption(name, command) !== undefined || command.arguments.length === 0) {
    return noOption(word, command);
  }
  const example = [program, ...path, "--", quoted(word)].join(" ");
  return `there is no option ${word}: what begins with '-' and is no option comes after --, as in: ${example}`;
}

function noOption(word: string, command: Command): string {
  const meant = meantOption(word.replace(/^--?/, "").replace(/=.*$/s, ""), command);
  return meant === undefined ? `there is no option ${word}` : `there is no option ${word}: did you mean --${meant}?`;
}

function optionOf(command: Command, name: string): Option | undefined {
  return Object.values(command.options).find((option) => option.name === name);
}

function meantOption(word: string, command: Command): string | undefined {
  return meantBy(word, [...Object.values(command.options).map(({ name }) => name), "help"]);
}

/** The name that is near, or else the only one that begins so: `--port` for `--port-base`. */
function meantBy(word: string, names: readonly string[]): string | undefined {
  const near = nearestName(word, names);
  if (near !== undefined) return near;
  const begun = word.length < 2 ? [] : names.filter((name) => name.startsWith(word));
  return begun.length === 1 ? begun[0] : undefined;
}
