import {
  type AnswerOf,
  type Control,
  ControlError,
  type InputOf,
  type Operation,
  type OperationName,
  operations,
  verbOf,
} from "@restante/control";
import { findProblems, type JsonSchema } from "@restante/settings";
import type { Act, Given } from "../../command-line/tree.ts";
import { CliError } from "../../errors.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { openControl, type ReachValues } from "./open-control.ts";

/** What every verb is given beside its own options. */
export interface VerbValues extends ReachValues {
  readonly json: boolean;
}

/** What an answer looks like to a person: lines, in colours where there are any. */
export type Show<Name extends OperationName> = (
  answer: AnswerOf<Name>,
  terminal: Pick<Terminal, "paint">,
  input: InputOf<Name>,
) => readonly string[];

/** How the words that were typed become the verb's input: by the names of their options, unless the verb says otherwise. */
export type InputFrom = (
  given: Given<VerbValues>,
  control: () => Promise<Control>,
  terminal: Terminal,
) => object | Promise<object>;

/** The act of a verb: what was typed is its input, and its answer is shown to a person, or as JSON to a program. */
export function verb<Name extends OperationName>(
  name: Name,
  show: Show<Name>,
  { words = {}, input: inputFrom = (given) => typedInput(operations[name], given, words) }: Reading = {},
): Act<VerbValues> {
  return async (given, terminal) => {
    const control = async (): Promise<Control> => await openControl(given.options, terminal);
    const done = await toldAsJson(given.options.json, terminal, async () => {
      const input = checked(operations[name], await inputFrom(given, control, terminal), words) as InputOf<Name>;
      return { input, answer: await ask(await control(), name, input, terminal) };
    });
    if (done === undefined) return 1;
    const { input, answer } = done;
    if (given.options.json) await terminal.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    else for (const line of show(answer, terminal, input)) terminal.print(line);
    return 0;
  };
}

/** Properties that are arguments of the command, in their order, each by what the help calls it. */
type Words = Readonly<Record<string, string>>;

interface Reading {
  readonly words?: Words;
  readonly input?: InputFrom;
}

/** What was typed that is a property of the verb. */
export function typedInput(
  { input }: Operation,
  { options, words }: Given<VerbValues>,
  named: Words,
): Record<string, unknown> {
  const properties = new Set(propertiesOf(input.json));
  const typed = Object.entries(options).filter(([name, value]) => properties.has(name) && value !== undefined);
  const argumentsOf = Object.keys(named).map((name, index) => [name, words[index]]);
  return Object.fromEntries([...argumentsOf, ...typed]) as Record<string, unknown>;
}

function propertiesOf({ properties = {}, oneOf = [] }: JsonSchema): string[] {
  return [...Object.keys(properties), ...oneOf.flatMap(propertiesOf)];
}

/** Held against the server's own schema before anybody is asked, so that what is wrong is told by what was typed. */
function checked({ input }: Operation, value: object, named: Words): object {
  const problems = findProblems(input, value);
  if (problems.length === 0) return value;
  const lines = problems.map(({ pointer, words }) => `${typedAs(pointer, named)}${words}`);
  throw new CliError("usage", lines.join("\n"));
}

/** `/workflowId` was, or should have been, typed as `--workflow-id`. */
function typedAs(pointer: string, named: Words): string {
  const name = pointer.split("/").at(-1) ?? "";
  if (name === "") return "";
  if (named[name] !== undefined) return `${named[name]} `;
  const option = renamed[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `--${option} `;
}

/** Options that have another name than the property, because another command has that name for something else. */
const renamed: Readonly<Record<string, string>> = { to: "up-to" };

async function ask<Name extends OperationName>(
  control: Control,
  name: Name,
  input: InputOf<Name>,
  terminal: Terminal,
): Promise<AnswerOf<Name>> {
  if (propertiesOf(operations[name].input.json).includes("within")) terminal.progress("Waiting. Ctrl-C ends it.");
  try {
    return await verbOf(control, name)(input);
  } finally {
    terminal.progress("");
  }
}

/** For a program, a refusal stands where the answer would, in the words that the listener has for it. */
async function toldAsJson<Result>(
  isWanted: boolean,
  terminal: Terminal,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await unlessStopped(work, terminal);
  } catch (error) {
    if (isWanted && error instanceof ControlError) {
      const { code, message } = error;
      await terminal.write(`${JSON.stringify({ error: { code, message } }, undefined, 2)}\n`);
    }
    throw error;
  }
}

/** Undefined if the person stopped it. */
async function unlessStopped<Result>(
  work: () => Promise<Result>,
  { stop, complain }: Terminal,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ControlError || !stop.aborted) throw error;
    complain("Stopped. What the server was asked for may be done all the same.");
    return undefined;
  }
}
