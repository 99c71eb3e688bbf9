import type { Kind, Place } from "./option.ts";

/** What is taken as it was typed, as long as there is something. */
export function text(wanted: string, place?: Place): Kind<string> {
  return { wanted, place, isNumber: false, read: (typed) => (typed === "" ? undefined : typed) };
}

export function oneOf<Choice extends string>(choices: readonly Choice[]): Kind<Choice> {
  return {
    wanted: choices.length === 2 ? choices.join(" or ") : `one of ${choices.join(", ")}`,
    isNumber: false,
    choices,
    read: (typed) => choices.find((choice) => choice === typed),
  };
}

/** One, or several with commas between, each of this pattern. */
export function several(wanted: string, each: RegExp): Kind<readonly string[]> {
  return {
    wanted: `${wanted}, or several with commas between`,
    isNumber: false,
    read: (typed) => {
      const read = typed.split(",").map((one) => one.trim());
      return read.every((one) => each.test(one)) ? read : undefined;
    },
  };
}

export function wholeNumber({ wanted, from = 0, to }: { wanted?: string; from?: number; to: number }): Kind<number> {
  return {
    wanted: wanted ?? `a number from ${from} to ${to}`,
    isNumber: true,
    read: (typed) => within(/^\d+$/.test(typed) ? Number(typed) : Number.NaN, from, to),
  };
}

/** More than nothing, up to this many. */
export function amount(wanted: string, to: number): Kind<number> {
  return {
    wanted,
    isNumber: true,
    read: (typed) => within(/^\d+(?:\.\d+)?$/.test(typed) ? Number(typed) : Number.NaN, Number.MIN_VALUE, to),
  };
}

function within(value: number, from: number, to: number): number | undefined {
  return value >= from && value <= to ? value : undefined;
}
