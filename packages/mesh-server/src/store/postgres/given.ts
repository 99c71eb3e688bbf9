// What is known to be recorded as given to its recipient: each chunk is, once, however often it is downloaded. A record goes with its
// message alone, so what was recorded need not be looked at again.

import { type GroupOperation, keyOf } from "./decide.ts";

/** Beyond so many the oldest is forgotten, and recorded once more, which changes nothing. */
const MOST_KNOWN = 10_000;

type Given = Extract<GroupOperation, { kind: "given" }>;

/** Records it, unless that was done or is being done. */
export type RecordGiven = (given: Given) => Promise<void>;

export function createRecordGiven(record: (given: Given) => Promise<unknown>): RecordGiven {
  const known = new Map<string, Promise<void>>();

  async function begin(key: string, given: Given): Promise<void> {
    try {
      await record(given);
    } catch (error) {
      known.delete(key);
      throw error;
    }
  }

  return (given) => {
    const key = `${keyOf(given)} ${given.chunk}`;
    const begun = known.get(key);
    if (begun !== undefined) return begun;
    const recorded = begin(key, given);
    known.set(key, recorded);
    const oldest = known.keys().next().value;
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return recorded;
  };
}
