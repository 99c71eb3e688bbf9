// What every room's measurements need: times taken in turn, and figures that mean the same on every machine.

/** A piece of work to be timed as a whole. */
export type Work = () => void | Promise<void>;

/**
 * Times of each piece of work, in milliseconds, round by round. In every round each runs once, so that whatever else
 * the machine does falls on all of them alike. The first round warms up and is not counted. By the processor's time only
 * what this process does itself counts, and not what it waits for.
 */
export async function takeTurns<Name extends string>(
  works: Readonly<Record<Name, Work>>,
  rounds: number,
  by: "clock" | "processor" = "clock",
): Promise<Record<Name, number[]>> {
  const now = by === "clock" ? () => performance.now() : processorTime;
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const start = now();
      await works[name]();
      if (round > 0) times[name].push(now() - start);
    }
  }
  return times;
}

/** Of this process, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The median over the rounds of one time as a multiple of the other in the same round. */
export function ratio(times: readonly number[], ofTimes: readonly number[]): number {
  return median(times.map((time, round) => time / (ofTimes[round] ?? Number.NaN)));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Told at the end of the process, where they are not scrolled away by what is measured after them. */
const missed: string[] = [];

/**
 * Whether a figure is within its bound. If it is not, or is none, the process fails, and says at its end which row, which
 * figure and which bound.
 */
export function isWithin(
  row: string,
  figure: string,
  value: number,
  bound: { readonly atMost: number } | { readonly atLeast: number },
): boolean {
  const within = "atMost" in bound ? value <= bound.atMost : value >= bound.atLeast;
  if (within) return true;
  const words = "atMost" in bound ? `is over ${bound.atMost}` : `is under ${bound.atLeast}`;
  if (missed.length === 0) process.once("exit", () => console.log(missed.join("\n")));
  missed.push(`  BOUND NOT KEPT: ${row}: ${figure} ${value.toFixed(2)} ${words}`);
  process.exitCode = 1;
  return false;
}

/** Rows under a head, each column as wide as its widest cell; numbers should come as text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n");
}
