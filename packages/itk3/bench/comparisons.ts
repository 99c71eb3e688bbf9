// One message against another: what a character beyond Latin-1 costs, and whether an entry costs the same among many.
import { Buffer } from "node:buffer";
import { type Bundle, recommendedMaxBytes, writeJson, writeXml } from "@restante/itk3";
import { consultationOfSize } from "./message.ts";
import { observations } from "./subjects.ts";
import type { Turn } from "./turns.ts";

export interface Comparison {
  name: string;
  of: Turn;
  to: Turn;
  /** The time is told for one of so many more things than there are in what it is a ratio to. */
  things?: number;
  rounds: number;
  warmUp: number;
  bound: number;
}

const formats = { XML: writeXml, JSON: writeJson } as const;
const fewEntries = 10;
const manyEntries = 10_000;

export function comparisons(): Comparison[] {
  return Object.entries(formats).flatMap(([format, write]) => {
    const beyond = (name: string, make: (word: string) => Bundle, times: number, rounds: number): Comparison => ({
      name: `${name}, ${format}: beyond Latin-1 / within`,
      of: turn(write(make("O\u2019\u0141ucki")), times),
      to: turn(write(make("O'Lucki")), times),
      rounds,
      warmUp: rounds,
      bound: 1.3,
    });
    return [
      beyond("60 KB, one name", (word) => consultationOfSize(60_000, word), 60, 41),
      beyond("2.6 MB, one name", (word) => consultationOfSize(2_600_000, word), 8, 31),
      beyond("20 MB, one name", (word) => consultationOfSize(20_000_000, word), 1, 15),
      beyond("2 MB, 1,000 Observations, a word in each", (word) => observations(1000, word), 2, 21),
      {
        name: `an entry of 10,000 / of 10, ${format}`,
        of: turn(write(observations(manyEntries)), 1),
        to: turn(write(observations(fewEntries)), 200),
        things: manyEntries / fewEntries,
        rounds: 7,
        warmUp: 3,
        bound: 1.5,
      },
    ];
  });
}

function turn(written: string, times: number): Turn {
  const bytes = Buffer.from(written);
  return { kind: "whole", bytes, maxBytes: Math.max(recommendedMaxBytes, bytes.byteLength), times };
}
