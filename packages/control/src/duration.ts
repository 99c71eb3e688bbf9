import type { TextFormat } from "@restante/settings";
import { ControlError } from "./control-error.ts";
import type { Duration } from "./control.ts";

// Durations as a person writes them. In this file alone they are read, written and bounded.

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

type Unit = keyof typeof units;

/** Each unit once, the longest first. */
const written =
  /^(?<minus>-)?(?=\d)(?:(?<d>\d{1,5})d)?(?:(?<h>\d{1,6})h)?(?:(?<m>\d{1,8})m)?(?:(?<s>\d{1,9})s)?(?:(?<ms>\d{1,12})ms)?$/;

/**
 * The milliseconds of a duration.
 *
 * @throws {ControlError} `input-invalid`
 * @example
 * parseDuration("1d12h"); // 129_600_000
 */
export function parseDuration(duration: Duration): number {
  const milliseconds = readDuration(duration);
  if (milliseconds !== undefined) return milliseconds;
  throw new ControlError("input-invalid", "a duration is written such as 250ms, 90s, 15m, 2h, 5d or 1d12h");
}

/** Whole milliseconds as a duration: the shortest text that `parseDuration` reads as them. */
export function formatDuration(milliseconds: number): Duration {
  let left = Math.abs(Math.round(milliseconds));
  if (left === 0) return "0s";
  let text = milliseconds < 0 ? "-" : "";
  for (const [unit, each] of Object.entries(units)) {
    const count = Math.floor(left / each);
    left -= count * each;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** A duration from nothing to this long, in a schema. */
export function upTo(longest: Duration): TextFormat {
  const most = parseDuration(longest);
  return {
    // Not `duration`: JSON Schema means that of ISO 8601 by it.
    name: `duration-up-to-${longest}`,
    accepts: (text) => isWithin(readDuration(text), 0, most),
    pattern: "^(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$",
    problem: `must be a duration up to ${longest}, such as 250ms, 90s, 15m, 2h or 1d12h`,
  };
}

/** A duration up to this long in either direction, in a schema. */
export function eitherWay(longest: Duration): TextFormat {
  const most = parseDuration(longest);
  return {
    name: `duration-either-way-up-to-${longest}`,
    accepts: (text) => isWithin(readDuration(text), -most, most),
    pattern: "^-?(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$",
    problem: `must be a duration up to ${longest}, such as 90s, 15m, 2h or 1d12h, or as much backwards, such as -2h`,
  };
}

function readDuration(text: string): number | undefined {
  const parts = written.exec(text)?.groups;
  if (parts === undefined) return undefined;
  let sum = 0;
  for (const [unit, each] of Object.entries(units)) sum += Number(parts[unit as Unit] ?? 0) * each;
  return parts["minus"] === undefined ? sum : -sum;
}

function isWithin(milliseconds: number | undefined, from: number, to: number): boolean {
  return milliseconds !== undefined && milliseconds >= from && milliseconds <= to;
}
