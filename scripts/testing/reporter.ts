import type { TestEvent } from "node:test/reporters";
import { setInterval } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { endProcessOf } from "./processes.ts";
import { newTestRun, silentFor, take, type TestRun, unaccounted } from "./test-run.ts";
import { failureText, printedText, progressText, silenceText, summaryText } from "./words.ts";

// What `npm test` shows: one line that is rewritten on a terminal, and elsewhere a line now and then; each failure in
// full when it happens; at the end what it came to, with what failed by name. node decides of the exit status, but for
// what it takes for well: no test at all, and a process that left before its tests had ended. And it ends a process of
// which nothing comes any more, such as one in an endless loop: node's own limit is a timer within that process.

const CLEAR = "\r\u001B[2K";

/** Where it is shown. */
export interface Screen {
  /** Whether a line there can be written anew. */
  rewritable: boolean;
  columns: number;
  /** Between two lines of progress. */
  everyMs: number;
  /** After so long without a word of a file, its process is ended. Longer than the one test that may take the longest. */
  silentMs: number;
}

type Reporter = (source: AsyncIterable<TestEvent>) => AsyncGenerator<string, void>;

const { isTTY, columns } = process.stdout;
const onStdout: Reporter = reporterOn({
  rewritable: isTTY,
  columns,
  everyMs: isTTY ? 200 : 30_000,
  silentMs: 15 * 60_000,
});

// oxlint-disable-next-line import/no-default-export -- node:test takes a reporter by its default export
export default onStdout;

export function reporterOn({ rewritable, columns, everyMs, silentMs }: Screen): Reporter {
  const clear = rewritable ? CLEAR : "";
  return async function* report(source) {
    const run = newTestRun();
    const start = performance.now();
    let isInterrupted = false;
    for await (const event of withTicks(source, everyMs)) {
      if (isInterrupted) continue;
      if (event === undefined) {
        for (const file of silentFor(run, silentMs)) {
          if (endProcessOf(file.name)) yield `${clear}${silenceText(file, silentMs)}`;
        }
        const line = progressText(run, performance.now() - start);
        yield rewritable ? `${clear}${within(line, columns)}` : `${line}\n`;
      } else if (event.type === "test:interrupted") {
        yield `${clear}Interrupted: ${progressText(run, performance.now() - start)}\n${summaryText(run, performance.now() - start)}`;
        // What comes after it is of processes that are being ended. To leave now would be an error of the stream to node.
        isInterrupted = true;
      } else {
        const text = told(run, event);
        if (text !== "") yield `${clear}${text}`;
      }
    }
    if (isInterrupted) return;
    yield `${clear}${theRest(run)}${summaryText(run, performance.now() - start)}`;
  };
}

function told(run: TestRun, event: TestEvent): string {
  const { failure, warning, toldWith } = take(run, event);
  return [
    failure === undefined ? "" : failureText(failure),
    warning === undefined ? "" : `${warning}\n`,
    toldWith === undefined ? "" : printedText(toldWith),
  ].join("");
}

/** What only the end shows: what node takes for well, and fails for this. */
export function theRest(run: TestRun): string {
  const cut = unaccounted(run);
  run.failures.push(...cut);
  const texts = cut.map((failure) => `${failureText(failure)}${printedText(run.files.get(failure.file)!)}`);
  const nothing = run.failures.length === 0 && run.passed === 0 && run.skipped.size === 0 && run.todo.length === 0;
  if (nothing || run.failures.length > 0) process.exitCode = 1;
  return `${texts.join("")}${nothing ? "No test ran.\n" : ""}`;
}

/** The events; and undefined whenever so much time has passed. */
async function* withTicks<Item>(source: AsyncIterable<Item>, ms: number): AsyncGenerator<Item | undefined, void> {
  const items = source[Symbol.asyncIterator]();
  const ticks = setInterval(ms, "tick" as const, { ref: false });
  let item = items.next();
  let tick = ticks.next();
  for (;;) {
    const first = await Promise.race([item, tick]);
    if (first.value === "tick") {
      tick = ticks.next();
      yield undefined;
    } else if (first.done === true) {
      return;
    } else {
      item = items.next();
      yield first.value;
    }
  }
}

function within(line: string, columns: number): string {
  return stripVTControlCharacters(line).length < columns ? line : stripVTControlCharacters(line).slice(0, columns - 1);
}
