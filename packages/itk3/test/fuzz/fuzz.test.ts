import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { type Format, seed } from "./damage.ts";
import type { Outcome, Task } from "./worker.ts";

const count = 20_000;
const patienceMs = 5000;

/** Fails with the number of the file that is being read when nothing has moved for 5 s, and ends the thread. */
async function fuzz(format: Format): Promise<Outcome> {
  const progress = new SharedArrayBuffer(4);
  const task: Task = { format, count, progress };
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: task });
  const at = new Int32Array(progress);
  const stuck = new AbortController();
  let last = -1;
  const watchdog = setInterval(() => {
    const number = Atomics.load(at, 0);
    if (number === last) stuck.abort(new Error(`damaged ${format} ${number} is not read in ${patienceMs} ms`));
    last = number;
  }, patienceMs);
  try {
    const [outcome] = (await once(worker, "message", { signal: stuck.signal })) as [Outcome];
    return outcome;
  } catch (error) {
    throw stuck.signal.aborted ? stuck.signal.reason : error;
  } finally {
    clearInterval(watchdog);
    await worker.terminate();
  }
}

describe("20,000 damaged messages", { concurrency: true }, () => {
  for (const [format, others] of [
    ["xml", "saxes and libxml2"],
    ["json", "JSON.parse"],
  ] as const) {
    test(`damaged ${format} never throws or hangs, is read only where ${others} would, and comes back from being written`, async (t) => {
      const { read, written, failures } = await fuzz(format);
      t.diagnostic(`seed ${seed}: ${read} of ${count} read, ${written} of them written and read again`);
      assert.deepEqual(failures, []);
      assert.ok(read > count / 10 && written > read / 2);
    });
  }
});
