/** Whole numbers and choices, the same ones for a seed and a number in every run. */
export interface Random {
  /** From 0 to below the limit. */
  below(limit: number): number;
  /** Once in so many times. */
  once(inTimes: number): boolean;
  pick<Choice>(choices: readonly Choice[]): Choice;
  bytes(length: number): Buffer;
}

/** Mulberry32. */
export function randomOf(seed: number, number: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    below,
    once: (inTimes) => below(inTimes) === 0,
    pick: (choices) => choices[below(choices.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
