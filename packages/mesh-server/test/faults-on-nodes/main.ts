// `npm run faults -- [--faults 1000] [--seed N]`: in rounds, each of a seed and a cluster of its own. Status 1, and the history of what is
// concerned, where a promise was not kept.

import { parseArgs } from "node:util";

import { postgresMissing } from "@restante/testbed";

import { faultKinds } from "./plan.ts";
import { runFaults } from "./run-faults.ts";

const ROUND = 50;

const { values } = parseArgs({
  options: {
    faults: { type: "string" },
    seed: { type: "string" },
    kinds: { type: "string" },
    "stop-seconds": { type: "string" },
  },
});
const wanted = Number(values.faults ?? 1000);
const first = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 30));
const stopMs = Number(values["stop-seconds"] ?? 60) * 1000;
const kinds = faultKinds.filter((kind) => values.kinds === undefined || values.kinds.split(",").includes(kind));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (![wanted, first, stopMs].every(Number.isSafeInteger) || kinds.length === 0) {
  say(`--faults, --seed and --stop-seconds take whole numbers, --kinds some of ${faultKinds.join(",")}`);
  process.exit(2);
}
if (postgresMissing !== undefined) {
  say(postgresMissing);
  process.exit(1);
}

const began = performance.now();
const failed: number[] = [];
const total: Record<string, number> = {};
for (let done = 0, seed = first; done < wanted; seed += 1) {
  const faults = Math.min(ROUND, wanted - done);
  const afterwards: (() => unknown)[] = [];
  let struck = 0;
  const { counts, problems, words } = await runFaults(
    { after: (act) => void afterwards.push(act as () => unknown) },
    {
      seed,
      faults,
      kinds,
      longestMs: 3000,
      stopMs,
      pauseMs: 40,
      onStruck({ kind, node }, { length }) {
        struck += 1;
        const seconds = ((performance.now() - began) / 1000).toFixed(0);
        say(`  ${done + struck} of ${wanted}, ${seconds} s: ${kind} ${node}, ${length} entries`);
      },
    },
  );
  for (const act of afterwards.toReversed()) await act();
  done += faults;
  for (const [what, count] of Object.entries(counts)) total[what] = (total[what] ?? 0) + count;
  say(`seed ${seed}: ${faults} faults, ${problems.length === 0 ? "kept" : "NOT KEPT"}; ${JSON.stringify(counts)}`);
  if (problems.length === 0) continue;
  failed.push(seed);
  say(words);
}
say(`in all: ${JSON.stringify(total)}`);
if (failed.length > 0)
  say(`not kept with the seeds ${failed.join(", ")}: npm run faults -- --faults ${ROUND} --seed ...`);
process.exit(failed.length === 0 ? 0 : 1);
