// Runs a scenario: its steps in their order, on any Control, until the first that fails. Then, in any case, the steps of
// `finally`: after a failure and an interruption too, so that the server is as it was for whoever comes next.

import { randomUUID } from "node:crypto";
import { CodedError } from "@restante/mesh";
import { findProblems, type Schema } from "@restante/settings";
import { ControlError } from "../control-error.ts";
import type { Control } from "../control.ts";
import { verbOf } from "../verb-of.ts";
import { answerMessage, type Answers } from "./answer-step.ts";
import { type ScenarioNews, wordsOf } from "./news.ts";
import { answerInput, repeatInput } from "./own-steps.ts";
import { isRecord, namesIn, partOf, referringTexts, substitute } from "./references.ts";
import type { Scenario, Step, StepPlace } from "./scenario.ts";
import { ScenarioError, type ScenarioErrorCode } from "./scenario-error.ts";

export interface RunOptions {
  /** Makes ITK3 answers, for the step `answer`: `answerAsTold` of @restante/itk3. */
  answers?: Answers;
  /** Told of each step as it goes. It must not take long. */
  tell?: (news: ScenarioNews) => void;
  /** Ends the run: the step that waits fails, and the steps of `finally` are done. */
  signal?: AbortSignal;
}

export interface ScenarioRun {
  readonly tookMs: number;
}

/** What cleaning up may take. */
const CLEANING_MS = 60_000;

/**
 * Resolves when every step went well.
 *
 * @throws {ScenarioError} `step-failed`, `interrupted`, `cleaning-failed`: which step, its line, and why
 * @example
 * await runScenario(scenario, server.control, { tell: (news) => console.log(news), answers: answerAsTold });
 */
export async function runScenario(
  scenario: Scenario,
  control: Control,
  options: RunOptions = {},
): Promise<ScenarioRun> {
  const begun = performance.now();
  const { answers, tell = () => undefined, signal = new AbortController().signal } = options;
  // A word that no other run has, for what must be told apart from what an earlier run left.
  const run: Run = { control, answers, tell, signal, kept: { run: randomUUID().slice(0, 8) } };
  let failure: ScenarioError | undefined;
  try {
    await runSteps(scenario.steps, run);
  } catch (error) {
    failure = error as ScenarioError;
  }
  const cleaning = await clean(scenario.finally, { ...run, cleans: true, signal: AbortSignal.timeout(CLEANING_MS) });
  if (failure !== undefined) throw withCleaning(failure, cleaning);
  if (cleaning !== undefined) throw cleaning;
  return { tookMs: performance.now() - begun };
}

interface Run {
  readonly control: Control;
  readonly answers: Answers | undefined;
  readonly tell: (news: ScenarioNews) => void;
  readonly signal: AbortSignal;
  /** What steps answered, by the names they were given. */
  readonly kept: Record<string, unknown>;
  /** Inside a repetition, where single steps are not told: which one it is. */
  readonly repetition?: number;
  /** At the end, when what is gone already needs no clearing. */
  readonly cleans?: true;
}

/** @throws {ScenarioError} and nothing else */
async function runSteps(steps: readonly Step[], run: Run): Promise<void> {
  for (const step of steps) {
    const begun = performance.now();
    try {
      run.signal.throwIfAborted();
      const answer = await runStep(step, run);
      if (step.as !== undefined) run.kept[step.as] = withFirst(answer);
      tellUnlessRepeated(run, { news: "done", place: step.place, tookMs: performance.now() - begun });
    } catch (error) {
      // It comes from inside a repetition, and was told there.
      if (error instanceof ScenarioError) throw error;
      if (run.cleans === true && isGone(error)) {
        run.tell({ news: "passed-over", place: step.place });
        continue;
      }
      const words = reasonOf(error, run.signal);
      run.tell({ news: "failed", place: step.place, tookMs: performance.now() - begun, words });
      throw failed(step, words, error, run);
    }
  }
}

async function runStep(step: Step, run: Run): Promise<unknown> {
  const { place } = step;
  switch (step.kind) {
    case "say":
      run.tell({ news: "said", place, words: filledText(step.words, run) });
      return undefined;
    case "verb": {
      const input = filled(step.input, run);
      tellUnlessRepeated(run, { news: "begun", place, words: wordsOf(place.does, input) });
      // What the verb takes it checks itself.
      const call = verbOf(run.control, step.verb);
      return unlessStopped(call(input as Parameters<typeof call>[0], { signal: run.signal }), run.signal);
    }
    case "answer": {
      const input = checked(answerInput, filled(step.input, run));
      tellUnlessRepeated(run, { news: "begun", place, words: wordsOf(place.does, input) });
      return unlessStopped(answerMessage(run.control, input, run.answers), run.signal);
    }
    case "repeat": {
      const { times } = checked(repeatInput, { times: filled(step.times, run), steps: step.steps });
      tellUnlessRepeated(run, { news: "begun", place, words: wordsOf(place.does, { times }) });
      for (let number = 1; number <= times; number += 1) {
        await runSteps(step.steps, { ...run, repetition: number });
        run.tell({ news: "repeated", place, done: number, of: times });
      }
      return undefined;
    }
  }
}

function tellUnlessRepeated({ tell, repetition }: Run, news: ScenarioNews): void {
  if (repetition === undefined) tell(news);
}

/** Not every verb can be stopped; what it does to its end is then nobody's any more. */
async function unlessStopped<Answer>(doing: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([doing, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** What is written, with what was kept in the place of the references to it. */
function filled<Written>(written: Written, { kept, repetition }: Run): Written {
  const known: Readonly<Record<string, unknown>> = {
    ...kept,
    ...(repetition !== undefined && { repeat: { number: repetition } }),
  };
  const value = substitute(written, (path) => partOf(known, path));
  const [left] = referringTexts(value, "");
  if (left === undefined) return value as Written;
  const [name = ""] = namesIn(left.text) ?? [];
  const has = Object.keys(isRecord(known[name]) ? known[name] : {});
  throw new ControlError(
    "input-invalid",
    `What was kept as '${name}' has no such part. It has ${has.join(", ") || "none"}.`,
  );
}

function filledText(written: string, run: Run): string {
  const text: unknown = filled(written, run);
  if (typeof text === "string" || typeof text === "number") return String(text);
  throw new ControlError("input-invalid", "It refers to a whole answer: name one of its parts.");
}

/** What a step of the runner's own is given: of a verb's input the server sees to it. */
function checked<Input>(schema: Schema<Input>, input: Input): Input {
  const problems = findProblems(schema, input).map(({ pointer, words }) => `${pointer} ${words}`);
  if (problems.length > 0) throw new ControlError("input-invalid", problems.join("\n"));
  return input;
}

/** Of an answer with messages, the first one's parts can be named at once. */
function withFirst(answer: unknown): unknown {
  if (!isRecord(answer) || !Array.isArray(answer["messages"])) return answer;
  const [first] = answer["messages"] as unknown[];
  return isRecord(first) ? { ...first, ...answer } : answer;
}

/** The steps of `finally`, each of them whatever becomes of those before it. */
async function clean(steps: readonly Step[], run: Run): Promise<ScenarioError | undefined> {
  let first: ScenarioError | undefined;
  for (const step of steps) {
    if (!isKept(step, run)) {
      run.tell({ news: "passed-over", place: step.place });
      continue;
    }
    try {
      await runSteps([step], run);
    } catch (error) {
      const { message, place } = error as ScenarioError;
      first ??= new ScenarioError("cleaning-failed", message, { cause: error, place });
    }
  }
  return first;
}

/** What was to be cleared is not there any more: a fault that was used up, a snapshot that somebody removed. */
function isGone(error: unknown): boolean {
  return error instanceof ControlError && (error.code === "fault-unknown" || error.code === "snapshot-unknown");
}

/** The step that would have kept it may not have been reached: then there is nothing to undo. */
function isKept(step: Step, { kept }: Run): boolean {
  return Array.from(referringTexts(step, "")).every(({ text }) => (namesIn(text) ?? []).every((name) => name in kept));
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "The run was stopped.";
  return error instanceof CodedError ? error.message : "It failed in a way that nobody foresaw.";
}

function failed(step: Step, reason: string, cause: unknown, { signal, repetition }: Run): ScenarioError {
  const code: ScenarioErrorCode = signal.aborted ? "interrupted" : "step-failed";
  const { place, otherwise } = step;
  const at = repetition === undefined ? "" : `, at repetition ${repetition}`;
  const meaning = otherwise === undefined || code === "interrupted" ? "" : `\n${otherwise}`;
  return new ScenarioError(code, `Step ${placeWords(place)}${at}: ${reason}${meaning}`, { cause, place });
}

/** `4 (line 23, messages.wait)` */
function placeWords({ number, line, does }: StepPlace): string {
  return `${number} (line ${line}, ${does})`;
}

function withCleaning(failure: ScenarioError, cleaning: ScenarioError | undefined): ScenarioError {
  if (cleaning === undefined) return failure;
  const { code, message, place, cause } = failure;
  return new ScenarioError(code, `${message}\nAnd what was to be done at the end failed too. ${cleaning.message}`, {
    cause,
    place,
  });
}
