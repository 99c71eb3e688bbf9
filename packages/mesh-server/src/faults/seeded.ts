/** Numbers from 0 to below 1, the same ones for the same seed; `state` goes on where another left off. */
export interface Seeded {
  next(): number;
  readonly state: number;
}

/** Mulberry32: 32 bits of state, enough to draw by, and plain JSON. */
export function seeded(seed: number): Seeded {
  let state = seed | 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    get state() {
      return state;
    },
  };
}
