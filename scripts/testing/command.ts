import { globSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { isFast, startsBrowser } from "./fast.ts";

// The words after `npm test --`: files and folders, `--reporter NAME`, `--fast`, and any option of node's own.

export interface TestCommand {
  /** The options of node's own, and the reporter. */
  readonly options: readonly string[];
  readonly files: readonly string[];
  /** Left out by `--fast`. */
  readonly leftOut: readonly string[];
  readonly fast: boolean;
  /** Every test runs. */
  readonly whole: boolean;
}

const everywhere = ["packages/*/test", "scripts/test"];
/** The options whose value may be the next word, and what it is. Any other has it behind "=". */
const takesWord: ReadonlyMap<string, string> = new Map([
  ["--reporter", "name, such as spec, dot or tap"],
  ["--test-reporter", "name, such as spec, dot or tap"],
  ["--test-reporter-destination", "file"],
  ["--test-name-pattern", "pattern, such as a part of a test's name"],
  ["--test-skip-pattern", "pattern, such as a part of a test's name"],
  ["--test-concurrency", "number"],
  ["--test-timeout", "number of milliseconds"],
  ["--test-shard", "part, such as 1/2"],
]);
/** The options that say how tests run or are told of, and not which. */
const leavesNoneOut = /^--test-(reporter|reporter-destination|concurrency|timeout)=/;
const ours = new URL("reporter.ts", import.meta.url).href;
const besideAnother = new URL("beside-another.ts", import.meta.url).href;

/** Understood, or what is wrong with it. */
export function readCommand(words: readonly string[]): TestCommand | string {
  const options: string[] = [];
  const places: string[] = [];
  let fast = false;
  for (const [index, word] of words.entries()) {
    const before = words[index - 1] ?? "";
    if (word === "--fast") fast = true;
    else if (takesWord.has(before)) options.push(`${nodes(before)}=${word}`);
    else if (takesWord.has(word)) {
      if (index + 1 === words.length) return `${word} is without its ${takesWord.get(word)}.`;
    } else if (word.startsWith("-")) options.push(nodes(word));
    else places.push(word);
  }
  if (options.includes("--test-reporter=")) return `--reporter is without its ${takesWord.get("--reporter")}.`;
  const whole = places.length === 0 && !fast && options.every((option) => leavesNoneOut.test(option));
  options.push(...reportersBeside(options));

  const found = new Set<string>();
  for (const place of places.length === 0 ? everywhere : places) {
    const files = filesIn(place);
    if (files.length === 0) return noTestIn(place, words);
    for (const file of files) found.add(file);
  }
  const files = Array.from(found).toSorted();
  return {
    options,
    files: fast ? files.filter(isFast) : files,
    leftOut: fast ? files.filter((file) => !isFast(file)) : [],
    fast,
    whole,
  };
}

/** Ours, or what stands beside those that were chosen: whoever tells of a run, it fails for the same. */
function reportersBeside(options: readonly string[]): string[] {
  const given = (name: string): number => options.filter((option) => option.startsWith(`${name}=`)).length;
  const [chosen, destinations] = [given("--test-reporter"), given("--test-reporter-destination")];
  if (chosen === 0) return [`--test-reporter=${ours}`];
  return [
    ...(chosen === 1 && destinations === 0 ? ["--test-reporter-destination=stdout"] : []),
    `--test-reporter=${besideAnother}`,
    "--test-reporter-destination=stderr",
  ];
}

/** node knows our `--reporter` by another name. */
function nodes(option: string): string {
  return option.replace(/^--reporter(?==|$)/, "--test-reporter");
}

function noTestIn(place: string, words: readonly string[]): string {
  const before = words[words.indexOf(place) - 1];
  const remark = before?.startsWith("--") === true && before !== "--fast" ? `, or write ${before}=${place}` : "";
  return `There is no test in ${place}: name a file that ends in .test.ts, or a folder${remark}.`;
}

/** How many files at once: they wait more than they work, and more of them at once were measured to take as long. */
export function atOnce(): number {
  return Math.min(4, availableParallelism() + 1);
}

/**
 * node runs files in the order of their names, where a full path comes before a relative one. Those with a browser wait the
 * longest: begun last, they would run alone in the end.
 */
export function longestFirst(files: readonly string[]): string[] {
  return files.map((file) => (startsBrowser(file) ? resolve(file) : file));
}

function filesIn(place: string): string[] {
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() === true;
  if (isFile) return [place];
  return globSync([place, `${place.replace(/\/$/, "")}/**/*.test.ts`]).filter((file) => file.endsWith(".test.ts"));
}
