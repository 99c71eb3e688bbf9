// One message against another: what a character beyond Latin-1 costs, and whether an entry costs the same among many.
import { Buffer } from "node:buffer";
import { type Bundle, recommendedMaxBytes, writeJson, writeXml } from "@restante/itk3";
import { consultationOfSize } from "./message.ts";
import { observations } from "./subjects.ts";
import { ratioInTurns, timesInTurns, type Turn } from "./turns.ts";

export interface Comparison {
  name: string;
  ratio: () => Promise<number>;
  bound: number;
}

const formats = { XML: writeXml, JSON: writeJson } as const;
const [fewEntries, someEntries, manyEntries] = [10, 100, 10_000] as const;

export function comparisons(): Comparison[] {
  return Object.entries(formats).flatMap(([format, write]) => {
    const beyond = (name: string, make: (word: string) => Bundle, times: number, rounds: number): Comparison => ({
      name: `${name}, ${format}: beyond Latin-1 / within`,
      ratio: () =>
        ratioInTurns(
          turn(write(make("O\u2019\u0141ucki")), times),
          turn(write(make("O'Lucki")), times),
          rounds,
          rounds,
        ),
      bound: 1.3,
    });
    const [few, some, many] = [
      turn(write(observations(fewEntries)), 200),
      turn(write(observations(someEntries)), 40),
      turn(write(observations(manyEntries)), 1),
    ];
    return [
      beyond("60 KB, one name", (word) => consultationOfSize(60_000, word), 60, 41),
      beyond("2.6 MB, one name", (word) => consultationOfSize(2_600_000, word), 8, 31),
      beyond("20 MB, one name", (word) => consultationOfSize(20_000_000, word), 1, 15),
      beyond("2 MB, 1,000 Observations, a word in each", (word) => observations(1000, word), 2, 21),
      {
        name: `an entry of 10,000 / of 10, ${format}`,
        ratio: async () => (await ratioInTurns(many, few, 7, 3)) / (manyEntries / fewEntries),
        bound: 1.5,
      },
      {
        name: `an entry of 10,000 / of 100, without what a message of 10 costs, ${format}`,
        ratio: async () => eachAmongMany(totals(await timesInTurns([few, some, many], 12, 5))),
        bound: 1.5,
      },
    ];
  });
}

/** Of all rounds: garbage of a message of many is gathered in one round and not in the next. */
function totals(rounds: readonly (readonly number[])[]): number[] {
  const sums: number[] = [];
  for (const times of rounds) for (const [index, time] of times.entries()) sums[index] = (sums[index] ?? 0) + time;
  return sums;
}

/** An entry more among many as a multiple of one more among some: what a message costs by itself is in neither. */
function eachAmongMany([few = 0, some = 0, many = 0]: readonly number[]): number {
  return (many - few) / (manyEntries - fewEntries) / ((some - few) / (someEntries - fewEntries));
}

function turn(written: string, times: number): Turn {
  const bytes = Buffer.from(written);
  return { kind: "whole", bytes, maxBytes: Math.max(recommendedMaxBytes, bytes.byteLength), times };
}
