import { parseArgs } from "node:util";

export interface Options {
  readonly isQuick: boolean;
  /** After so many cycles it is asked for the first time. */
  readonly first: number;
  readonly cycles: number;
  readonly largeBytes: number;
  readonly connections: number;
}

/** @throws what is wrong with the words */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: { cycles: { type: "string" }, quick: { type: "boolean", default: false } },
  });
  const isQuick = values.quick;
  const cycles = Number(values.cycles ?? (isQuick ? 2000 : 200_000));
  if (!Number.isInteger(cycles) || cycles < 100) throw new Error("--cycles: a number from 100 is needed");
  const first = Math.round(cycles / (isQuick ? 2 : 10));
  return { isQuick, first, cycles, largeBytes: isQuick ? 200_000_000 : 2_000_000_000, connections: 2000 };
}
