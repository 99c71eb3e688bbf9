// `npm run fuzz -- network [--runs 100] [--seed N] [--pairs 30]`: one seed a run, from N on. Status 1, and what the networks
// did, where a pair is lost, doubled or changed.

import { parseArgs } from "node:util";

import { carryPairs } from "./carry-pairs.ts";

const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, pairs: { type: "string" } },
});
const first = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 30));
const runs = Number(values.runs ?? 100);
const pairs = Number(values.pairs ?? 30);
if (![first, runs, pairs].every(Number.isSafeInteger)) {
  process.stderr.write("--runs, --seed and --pairs take whole numbers\n");
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const failed: number[] = [];
for (let seed = first; seed < first + runs; seed += 1) {
  const afterwards: (() => unknown)[] = [];
  const began = performance.now();
  const { problems, held, polls, lies, description } = await carryPairs(
    { after: (act) => void afterwards.push(act as () => unknown) },
    { seed, pairs },
  );
  for (const act of afterwards) await act();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`seed ${seed}: ${pairs} pairs, ${held} held, ${lies} lies, ${polls} polls, ${seconds} s`);
  if (problems.length === 0) continue;
  failed.push(seed);
  for (const problem of problems) say(`  ${problem}`);
  say(description);
}
if (failed.length > 0)
  say(`not kept with the seeds ${failed.join(", ")}: npm run fuzz -- network --runs 1 --pairs ${pairs} --seed ...`);
process.exit(failed.length === 0 ? 0 : 1);
