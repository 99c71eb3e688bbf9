import { inspect, styleText } from "node:util";
import type { Failure, FileRun, TestRun } from "./test-run.ts";

const SLOWEST = 5;

/** A failure in full, when it happens. */
export function failureText({ file, line, names, error }: Failure): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const heading = [styleText("red", "FAILED"), place, names.join(" > ")].filter((part) => part !== "").join("  ");
  return `${heading}\n${indented(errorText(error))}\n\n`;
}

/** What the process of a file that failed had printed, and what its tests had noted. */
export function printedText({ name, printed }: FileRun): string {
  const text = printed.join("").trimEnd();
  return text === "" ? "" : `${name} printed:\n${indented(text)}\n\n`;
}

/** Why a file's process is ended: it is told then, and the file fails. */
export function silenceText({ name }: FileRun, milliseconds: number): string {
  return `${name} has said nothing for ${timeText(milliseconds)}: its process is ended.\n`;
}

export function progressText(run: TestRun, milliseconds: number): string {
  const files = Array.from(run.files.values()).filter(({ begun }) => begun);
  const running = files.filter(({ milliseconds: ended }) => ended === undefined).map(({ name }) => name);
  const done = `${files.length - running.length} of ${run.files.size} files`;
  const failed = run.failures.length === 0 ? "none failed" : styleText("red", `${run.failures.length} failed`);
  return `${done}, ${run.passed} passed, ${failed}, ${timeText(milliseconds)}: ${running.join(", ")}`;
}

/** What it came to. What failed comes last, where it is seen. */
export function summaryText(run: TestRun, milliseconds: number): string {
  const skipped = Array.from(run.skipped.values()).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${run.passed} passed, ${run.failures.length} failed, ${skipped} skipped, ${run.todo.length} to do, ` +
      `of ${run.files.size} files in ${timeText(milliseconds)}.`,
    ...Array.from(run.skipped, ([reason, count]) => `Skipped ${count}: ${reason}`),
    ...run.todo.map((name) => `To do: ${name}`),
    `Slowest: ${slowest(run).join(", ")}`,
    ...run.warnings.map((warning) => `node says: ${warning}`),
    ...(run.failures.length > 0 ? ["", "Failed; one alone runs by the words below it:"] : []),
    ...run.failures.flatMap((failure) => [
      `  ${[failure.file, ...failure.names].join(" > ")}`,
      `    ${commandOf(failure)}`,
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** What runs this test and no other of its file. The pattern is of the outermost test: those within run with it. */
export function commandOf({ file, names: [outermost] }: Failure): string {
  const command = `npm test -- ${quoted(file)}`;
  if (outermost === undefined) return command;
  return `${command} ${quoted(`--test-name-pattern=^${outermost.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$`)}`;
}

export function timeText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function slowest({ files }: TestRun): string[] {
  const ended = Array.from(files.values()).filter(({ milliseconds }) => milliseconds !== undefined);
  const sorted = ended.toSorted((a, b) => b.milliseconds! - a.milliseconds!);
  return sorted.slice(0, SLOWEST).map(({ name, milliseconds }) => `${name} ${timeText(milliseconds!)}`);
}

/** The two values of an assertion are in its message, as their difference, unless that was written by hand. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { generatedMessage } = error as { generatedMessage?: boolean };
  return generatedMessage === true ? (error.stack ?? error.message) : inspect(error, { depth: 5 });
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
