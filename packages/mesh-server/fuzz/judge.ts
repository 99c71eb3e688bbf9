import type { Exchange } from "./exchange.ts";
import type { Failure, FuzzResult } from "./fuzz.ts";

const MEGABYTE = 1024 * 1024;
/** From the end of warming up to the end. What leaks a hundred bytes a request leaks 100 MB in a million. */
const MOST_HEAP_GROWTH = 16 * MEGABYTE;
/** Native memory comes and goes in larger pieces. */
const MOST_RSS_GROWTH = 128 * MEGABYTE;

/** What the server did not stand, in words, with what it takes to do it again. Empty if it stood all of it. */
export function troublesOf(seed: number, { failures, afterwards, memory: [before, after] }: FuzzResult): string[] {
  const told = failures.map((failure) => describe(seed, failure));
  if (afterwards !== undefined) told.push(`afterwards: ${afterwards}`);
  if (before === undefined || after === undefined) return [...told, "the server ended"];
  for (const [what, most] of [
    ["heap", MOST_HEAP_GROWTH],
    ["rss", MOST_RSS_GROWTH],
  ] as const) {
    const growth = after[what] - before[what];
    if (growth > most) told.push(`${what} grew by ${megabytes(growth)}, from ${megabytes(before[what])}`);
  }
  return told;
}

export function megabytes(bytes: number = Number.NaN): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

export function describe(seed: number, { number, why, exchange, previous }: Failure): string {
  const again = `--seed ${seed} --from ${number} --requests 1`;
  const before = previous === undefined ? "" : `\nafter, on the same connection:\n${show(previous)}`;
  return `${why} (${again}):\n${show(exchange)}${before}`;
}

function show({ kind, bytes }: Exchange): string {
  return `${kind} ${JSON.stringify(bytes.toString("latin1"))}`;
}
