import { basename } from "node:path";
import { nearestName } from "@restante/mesh";
import {
  type Find,
  lookThrough,
  readSettings,
  type Settings,
  SettingsError,
  type SettingsText,
} from "@restante/settings";
import type { OperationName } from "../operations/operation.ts";
import { findInSteps, type VariableValues } from "./check-steps.ts";
import { isRecord, partOf, substitute } from "./references.ts";
import type { AnswerInput, Scenario, Step, StepPlace } from "./scenario.ts";
import { ScenarioError } from "./scenario-error.ts";
import { frameSchema, stepWords, type WrittenScenario, type WrittenStep, type WrittenVariable } from "./schema.ts";

export interface ReadScenarioOptions {
  /** Values of its variables, as they were typed: `{ mailbox: "X26ABC1" }`. */
  set?: Readonly<Record<string, string>>;
}

/**
 * Reads a scenario, and puts the values of its variables in their places.
 *
 * @throws {SettingsError} `settings-invalid`, with every problem of the file, each by line and path
 * @throws {ScenarioError} `variable-wrong`
 * @example
 * const scenario = readScenario({ name: "lost-answer.yaml", text }, { set: { mailbox: "X26ABC1" } });
 */
export function readScenario(file: SettingsText, { set = {} }: ReadScenarioOptions = {}): Scenario {
  const looked = lookThrough(
    file,
    frameSchema((find) => findInSteps(find, valuesIn(find, set))),
  );
  // Nothing in the file is wrong because a variable was not set; whoever runs it is told that first.
  if (looked.value !== undefined) refuseWrongVariables(looked.value.variables, set);
  if (looked.problems.length > 0) throw new SettingsError("The steps of the scenario", looked.problems);
  const { value, placeOf } = looked as Settings<WrittenScenario>;
  const values = valuesOf(value.variables, set);
  const within: Within = { values, lineOf: (pointer) => placeOf(pointer).line };
  return {
    name: basename(file.name).replace(/\.[^.]*$/, ""),
    summary: value.summary,
    variables: Object.entries(value.variables ?? {}).map(([name, { about }]) => ({
      name,
      about,
      value: values[name]!,
    })),
    steps: stepsOf(value.steps, "/steps", "", within),
    finally: stepsOf(value.finally ?? [], "/finally", "finally ", within),
  };
}

/**
 * What a scenario shows and what can be set of it, without values for what must be set.
 *
 * @throws {SettingsError} `settings-invalid`
 */
export function scenarioSummary(file: SettingsText): {
  summary: string;
  variables: { name: string; about: string; default?: string | number }[];
} {
  const { value } = readSettings(
    file,
    frameSchema((find) => findInSteps(find, valuesIn(find, {}))),
  );
  const variables = Object.entries(value.variables ?? {}).map(([name, variable]) => Object.assign({ name }, variable));
  return { summary: value.summary, variables };
}

interface Within {
  readonly values: Readonly<Record<string, string | number>>;
  readonly lineOf: (pointer: string) => number;
}

function stepsOf(steps: readonly WrittenStep[], pointer: string, before: string, within: Within): Step[] {
  return steps.map((step, index) => stepOf(step, `${pointer}/${index}`, `${before}${index + 1}`, within));
}

/** A step that was found right: it has one of the words. */
function stepOf(step: WrittenStep, pointer: string, number: string, within: Within): Step {
  const word = Object.keys(step).find((name) => stepWords.includes(name))!;
  const place: StepPlace = { number, line: within.lineOf(pointer), does: word };
  const given = (value: unknown): unknown => substitute(value, (path) => partOf(within.values, path));
  const otherwise = given(step["otherwise"]) as string | undefined;
  const as = step["as"] as string | undefined;
  const frame = { place, ...(as !== undefined && { as }), ...(otherwise !== undefined && { otherwise }) };
  if (word === "say") return { ...frame, kind: "say", words: given(step[word]) as string };
  if (word === "answer") return { ...frame, kind: "answer", input: given(step[word]) as AnswerInput };
  if (word !== "repeat") return { ...frame, kind: "verb", verb: word as OperationName, input: given(step[word]) ?? {} };
  const { times, steps } = step[word] as { times: unknown; steps: WrittenStep[] };
  const inside = stepsOf(steps, `${pointer}/repeat/steps`, `${number}.`, within);
  return { ...frame, kind: "repeat", times: given(times) as number, steps: inside };
}

/** As far as they can be told while the file may yet be wrong. */
function valuesIn(find: Find, set: Readonly<Record<string, string>>): VariableValues {
  const [found] = find("/variables");
  const variables = isRecord(found?.value) ? (found.value as Record<string, WrittenVariable>) : {};
  return { names: Object.keys(variables), values: valuesOf(variables, set) };
}

function valuesOf(
  variables: Readonly<Record<string, WrittenVariable>> = {},
  set: Readonly<Record<string, string>>,
): Record<string, string | number> {
  const values = Object.entries(variables).map(([name, variable]) => [name, valueOf(name, variable, set)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, string | number>;
}

/** What is set becomes a number where the default is one. */
function valueOf(
  name: string,
  variable: WrittenVariable,
  set: Readonly<Record<string, string>>,
): string | number | undefined {
  const initial = isRecord(variable) ? variable.default : undefined;
  if (!Object.hasOwn(set, name)) return initial;
  return typeof initial === "number" ? Number(set[name]) : set[name];
}

function refuseWrongVariables(
  variables: WrittenScenario["variables"] = {},
  set: Readonly<Record<string, string>>,
): void {
  if (!isRecord(variables)) return;
  const names = Object.keys(variables);
  const wrong = [
    ...Object.keys(set).flatMap((name) => (names.includes(name) ? [] : [unknownWords(name, names)])),
    ...Object.entries(variables).flatMap(([name, variable]) =>
      isRecord(variable) ? wrongValue(name, variable, set[name]) : [],
    ),
  ];
  if (wrong.length > 0) throw new ScenarioError("variable-wrong", wrong.join("\n"));
}

function wrongValue(name: string, { about, default: initial }: WrittenVariable, given: string | undefined): string[] {
  if (given === undefined) {
    return initial === undefined ? [`The scenario needs a value for '${name}': --set ${name}=VALUE. ${about}`] : [];
  }
  if (given.trim() === "" || given.includes("${")) return [`The value of '${name}' must be a text, without \${.`];
  const isNumber = /^(0|[1-9]\d{0,14})$/.test(given);
  return typeof initial === "number" && !isNumber ? [`The value of '${name}' must be a whole number.`] : [];
}

function unknownWords(name: string, names: readonly string[]): string {
  const meant = nearestName(name, names);
  const has = names.length === 0 ? "It has none." : `It has ${names.join(", ")}.`;
  return `The scenario has no variable '${name}'${meant === undefined ? "." : `; did you mean '${meant}'?`} ${has}`;
}
