import { relative, resolve } from "node:path";
import type { TestEvent } from "node:test/reporters";

// What a run of node:test has come to so far. A test's end is taken from `test:complete`, which comes when it happens;
// `test:pass` and `test:fail` wait until every file before it has been reported. What a file printed, its notes and its
// own end come in that later order, and are all there when its summary (or the failure of the file itself) comes.

/** A test that failed, or a file that did: its names are then empty. */
export interface Failure {
  readonly file: string;
  readonly line: number | undefined;
  /** From the outermost test inwards. */
  readonly names: readonly string[];
  /** What was thrown; for a file, how its process ended. */
  readonly error: unknown;
}

/** One file, which has a process of its own. */
export interface FileRun {
  readonly name: string;
  /** The tests that have begun and not ended. */
  readonly running: Map<string, readonly string[]>;
  /** The last of what its process printed, and of what its tests noted. */
  readonly printed: string[];
  /** By nesting: the test that began last. */
  readonly latest: string[];
  failures: number;
  begun: boolean;
  /** When something last came of it, by performance.now(). */
  heardAt: number;
  /** Its process has ended. */
  milliseconds: number | undefined;
  /** Its tests were reported to their end, or its failure to do so was. */
  accounted: boolean;
}

export interface TestRun {
  readonly files: Map<string, FileRun>;
  readonly failures: Failure[];
  /** The tests that were skipped, by the reason that was given. */
  readonly skipped: Map<string, number>;
  readonly todo: string[];
  /** What node says that is no test's result, such as an error after a test's end. */
  readonly warnings: string[];
  passed: number;
}

const MOST_PRINTED = 200;
/** How node counts, as diagnostics: the summary says the same. */
const COUNTS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

export function newTestRun(): TestRun {
  return { files: new Map(), failures: [], skipped: new Map(), todo: [], warnings: [], passed: 0 };
}

/** What node tells of a failure beyond its message. */
export interface TestFailure extends Error {
  failureType?: string;
  exitCode?: number | null;
  signal?: string | null;
}

/** Takes what happened into account. Gives what must be told at once. */
export function take(run: TestRun, event: TestEvent): { failure?: Failure; warning?: string; toldWith?: FileRun } {
  switch (event.type) {
    case "test:enqueue":
      if (isFile(event.data)) fileOf(run, event.data);
      return {};
    case "test:dequeue":
      begin(run, event.data);
      return {};
    case "test:complete":
      return end(run, event.data);
    case "test:stdout":
    case "test:stderr":
      print(fileOf(run, event.data), event.data.message);
      return {};
    case "test:diagnostic":
      return note(run, event.data);
    case "test:summary":
      return event.data.file === undefined ? {} : account(fileOf(run, { file: event.data.file }));
    case "test:fail":
      if (isFile(event.data)) return failFile(run, event.data);
      return isHookOfFile(event.data) ? failHook(run, event.data) : {};
    case "test:start":
    case "test:pass":
    case "test:plan":
    case "test:coverage":
    case "test:interrupted":
    case "test:watch:drained":
    case "test:watch:restarted":
    default:
      return {};
  }
}

/** Those whose process ended although not all of its tests had, and said nothing of it: it may even have ended well. */
export function unaccounted(run: TestRun): Failure[] {
  const cut = Array.from(run.files.values()).filter(({ accounted }) => !accounted);
  return cut.map((file) => {
    const error = `${howItEnded(file)}${whileRunning(file)}`;
    return { file: file.name, line: undefined, names: [], error };
  });
}

/** Those at work of which nothing has come for so long. */
export function silentFor(run: TestRun, milliseconds: number): FileRun[] {
  const now = performance.now();
  const files = Array.from(run.files.values());
  return files.filter((file) => file.begun && file.milliseconds === undefined && now - file.heardAt > milliseconds);
}

interface Place {
  name?: string;
  nesting?: number;
  file?: string | undefined;
  line?: number | undefined;
  /** Since Node.js 24.17 or so: the file that was run, where the test is written in another. */
  entryFile?: string;
}

interface Ended extends Place {
  name: string;
  nesting: number;
  testId?: number;
  details: { passed?: boolean; duration_ms: number; error?: TestFailure; type?: string };
  skip?: string | boolean;
  todo?: string | boolean;
}

function isFile({ name, nesting, file, entryFile }: Place): boolean {
  return nesting === 0 && entryFile === undefined && name !== undefined && resolve(name) === file;
}

/** A hook that is of no suite: it fails by the name of its file, and nothing is told of it but this. */
function isHookOfFile({ name, nesting, entryFile }: Place): boolean {
  return nesting === 0 && entryFile !== undefined && name === entryFile;
}

function fileOf({ files }: TestRun, { entryFile, file }: Place): FileRun {
  const name = relative("", resolve(entryFile ?? file ?? ""));
  const known = files.get(name);
  if (known !== undefined) {
    known.heardAt = performance.now();
    return known;
  }
  const fresh: FileRun = {
    name,
    running: new Map(),
    printed: [],
    latest: [],
    failures: 0,
    begun: false,
    heardAt: performance.now(),
    milliseconds: undefined,
    accounted: false,
  };
  files.set(name, fresh);
  return fresh;
}

function begin(run: TestRun, data: Place & { name: string; nesting: number; testId?: number }): void {
  const file = fileOf(run, data);
  if (isFile(data)) {
    file.begun = true;
  } else {
    file.latest[data.nesting] = data.name;
    file.running.set(keyOf(data), namesOf(file, data));
  }
}

function end(run: TestRun, data: Ended): ReturnType<typeof take> {
  const file = fileOf(run, data);
  if (isFile(data)) {
    file.milliseconds = data.details.duration_ms;
    return {};
  }
  const names = file.running.get(keyOf(data)) ?? namesOf(file, data);
  file.running.delete(keyOf(data));
  if (data.todo !== undefined) {
    run.todo.push(names.join(" > "));
  } else if (data.skip !== undefined) {
    const reason = typeof data.skip === "string" ? data.skip : "no reason given";
    run.skipped.set(reason, (run.skipped.get(reason) ?? 0) + 1);
  } else if (data.details.passed !== false) {
    if (data.details.type !== "suite") run.passed += 1;
  } else {
    // Of a test that failed for those within it, they are told.
    if (data.details.error?.failureType === "subtestsFailed") return {};
    return { failure: fail(run, data, names) };
  }
  return {};
}

/** The tests of the file have ended by then, or could not begin, and are told by themselves. */
function failHook(run: TestRun, data: Ended): ReturnType<typeof take> {
  return { failure: fail(run, data, []) };
}

function fail(run: TestRun, data: Ended, names: readonly string[]): Failure {
  const file = fileOf(run, data);
  const { error } = data.details;
  const line = data.file !== undefined && relative("", data.file) === file.name ? data.line : undefined;
  const cause = error?.cause instanceof Error ? error.cause : error?.message;
  const failure = { file: file.name, line, names, error: cause };
  file.failures += 1;
  run.failures.push(failure);
  return failure;
}

function note(run: TestRun, data: Place & { message: string }): ReturnType<typeof take> {
  if (COUNTS.test(data.message)) return {};
  if (/^(Error|Warning):|--test-only/.test(data.message)) {
    run.warnings.push(data.message);
    return { warning: data.message };
  }
  if (data.file !== undefined) print(fileOf(run, data), `${data.message}\n`);
  return {};
}

function account(file: FileRun): ReturnType<typeof take> {
  file.accounted = true;
  return file.failures > 0 ? { toldWith: file } : {};
}

/** The file failed, and not by a test of it: its process was killed, it could not be read, it left with a status. */
function failFile(run: TestRun, data: Ended): ReturnType<typeof take> {
  const file = fileOf(run, data);
  const { exitCode, signal, message }: Partial<TestFailure> = data.details.error ?? { message: "unknown" };
  const how = signal === null || signal === undefined ? `with exit status ${exitCode ?? message}` : `by ${signal}`;
  const error = `Its process ended ${how}.${whileRunning(file)}`;
  const failure = { file: file.name, line: undefined, names: [], error };
  file.failures += 1;
  file.accounted = true;
  run.failures.push(failure);
  return { failure, toldWith: file };
}

function howItEnded({ begun, latest }: FileRun): string {
  if (!begun) return "It did not run.";
  return latest.length === 0 ? "It holds no test, or ended before one began." : "It ended before its tests did.";
}

function whileRunning({ running }: FileRun): string {
  return Array.from(running.values(), (names) => `\nIt was running: ${names.join(" > ")}`).join("");
}

function keyOf({ testId, name, nesting }: { testId?: number; name: string; nesting: number }): string {
  return testId === undefined ? `${nesting} ${name}` : `${testId}`;
}

function namesOf({ latest }: FileRun, { name, nesting }: { name: string; nesting: number }): string[] {
  return [...latest.slice(0, nesting), name];
}

function print({ printed }: FileRun, text: string): void {
  printed.push(text);
  if (printed.length > MOST_PRINTED) printed.shift();
}
