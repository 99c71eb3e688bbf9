// Work that is counted, not timed: how often each block of this package's code is run. A loop within a loop over the same
// things shows as four times the work for twice the things, on a fast machine and on a slow one.
import { Session } from "node:inspector";

interface Coverage {
  result: readonly { url: string; functions: readonly { ranges: readonly { count: number }[] }[] }[];
}

const session = new Session();

function post(method: string, options: object = {}): Coverage {
  let answer: unknown;
  session.post(method, options, (error, result) => {
    if (error !== null) throw error;
    answer = result;
  });
  return answer as Coverage;
}

/** Blocks run since the last look. */
function blocksRun(): number {
  let sum = 0;
  for (const { url, functions } of post("Profiler.takePreciseCoverage").result) {
    if (!url.includes("/itk3/")) continue;
    for (const { ranges } of functions) for (const { count } of ranges) sum += count;
  }
  return sum;
}

session.connect();
post("Profiler.enable");
// Once, and before what is counted is run: code that was made fast before is not counted rightly.
post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/**
 * How many times the work for `n` things the work for twice as many is: about 2 where each thing is looked at by itself, 4
 * where each is held against each. What a message with one of them costs is left out. Fewer blocks than there are pairs hold nothing
 * against each other, and are too few to tell: 2.
 */
export function growth(n: number, prepare: (count: number) => () => unknown): number {
  const works = [1, n, 2 * n].map(prepare);
  // What is made once and kept, such as tables, is made before.
  works[0]?.();
  blocksRun();
  const [least = 0, once = 0, twice = 0] = works.map((work) => {
    work();
    return blocksRun();
  });
  const pairs = (2 * n * (2 * n - 1)) / 2;
  return twice - least < pairs ? 2 : (twice - least) / (once - least);
}
