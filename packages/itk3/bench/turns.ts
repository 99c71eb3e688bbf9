// Kinds of work in turns, each in a thread of its own.
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
  return median((await timesInTurns([to, of], rounds, warmUp)).map(([least = 0, took = 0]) => took / least));
}

/** Of each round, the time of each piece of work. */
export async function timesInTurns(turns: readonly Turn[], rounds: number, warmUp: number): Promise<number[][]> {
  const workers = turns.map(
    ({ kind, bytes, maxBytes }) =>
      new Worker(new URL("work.ts", import.meta.url), { workerData: { kind, bytes, maxBytes } satisfies Task }),
  );
  const timeOf = async (worker: Worker, times: number): Promise<number> => {
    worker.postMessage(times);
    const [took] = (await once(worker, "message")) as [number];
    return took / times;
  };
  try {
    const found: number[][] = [];
    for (let round = -warmUp; round < rounds; round += 1) {
      const times: number[] = [];
      for (const [index, worker] of workers.entries()) times.push(await timeOf(worker, turns[index]?.times ?? 1));
      if (round >= 0) found.push(times);
    }
    return found;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
