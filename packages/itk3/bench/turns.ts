// Two kinds of work in turns, each in a thread of its own.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { median } from "../../../bench/measure.ts";
import type { Task } from "./work.ts";

export interface Turn extends Task {
  /** How often the work is done in one turn: for long enough to be timed. */
  times: number;
}

/**
 * The median over the rounds of the time of one piece of work as a multiple of the other's in the same round. Rounds that warm
 * up are not counted.
 */
export async function ratioInTurns(of: Turn, to: Turn, rounds: number, warmUp: number): Promise<number> {
  const workers = [of, to].map(
    ({ kind, bytes, maxBytes }) =>
      new Worker(new URL("work.ts", import.meta.url), { workerData: { kind, bytes, maxBytes } satisfies Task }),
  );
  const [ours, theirs] = workers;
  const timeOf = async (worker: Worker | undefined, times: number): Promise<number> => {
    if (worker === undefined) throw new Error("a turn has no thread");
    worker.postMessage(times);
    const [took] = (await once(worker, "message")) as [number];
    return took / times;
  };
  try {
    const ratios: number[] = [];
    for (let round = -warmUp; round < rounds; round += 1) {
      const [least, took] = [await timeOf(theirs, to.times), await timeOf(ours, of.times)];
      if (round >= 0) ratios.push(took / least);
    }
    return median(ratios);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
