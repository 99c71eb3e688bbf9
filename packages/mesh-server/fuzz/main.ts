// `npm run fuzz -- [--requests 1000000] [--seed N] [--from N]`: status 1, and what was sent, if the server does not stand it.

import { parseArgs } from "node:util";

import { fuzz } from "./fuzz.ts";
import { describe, megabytes, troublesOf } from "./judge.ts";

const { values } = parseArgs({
  options: { requests: { type: "string" }, seed: { type: "string" }, from: { type: "string" } },
});
const seed = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 31));
const requests = Number(values.requests ?? 1_000_000);
const from = Number(values.from ?? 0);
if (![seed, requests, from].every(Number.isSafeInteger)) {
  process.stderr.write("--requests, --seed and --from take whole numbers\n");
  process.exit(2);
}

const began = performance.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}, ${requests} requests from number ${from}`);
const result = await fuzz({
  onFailure: (failure) => say(describe(seed, failure)),
  seed,
  requests,
  from,
  warmUp: Math.min(20_000, Math.ceil(requests / 4)),
  onProgress(done) {
    if (done % 10_000 !== 0) return;
    const seconds = (performance.now() - began) / 1000;
    say(`  ${done} of ${requests}, ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(0)} a second`);
  },
});
const statuses = [...result.statuses].toSorted(([one], [other]) => one - other);
say(`answers: ${statuses.map(([status, count]) => `${status}: ${count}`).join(", ")}`);
say(`closed without an answer: ${result.unanswered}`);
say(`slowest: number ${result.slowest.number}, ${result.slowest.milliseconds.toFixed(0)} ms`);
const [before, after] = result.memory;
for (const what of ["heap", "rss"] as const)
  say(`${what}: ${megabytes(before?.[what])}, at the end ${megabytes(after?.[what])}`);
const troubles = troublesOf(seed, result);
for (const trouble of troubles) say(trouble);
process.exit(troubles.length === 0 ? 0 : 1);
