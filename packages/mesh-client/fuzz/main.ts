// Kills directory clients, and holds what becomes of their pairs and messages against what is promised:
//
//   npm run fuzz -- kill [--every K] [KIND ...]     at every boundary of a step, or every K-th, of one of each kind
//   npm run fuzz -- kills [PAIRS] [--seed N]        at random, over so many pairs: 500 if it is not said
//
// Status 1, with what was found, if the promise was not kept.

import { parseArgs } from "node:util";
import { kinds } from "./kinds.ts";
import { startLanes } from "./lane.ts";
import { killAtRandom } from "./random-kills.ts";
import { hasOtherDisk, killAtSteps } from "./step-kills.ts";

const { values, positionals } = parseArgs({
  options: { every: { type: "string" }, seed: { type: "string" } },
  allowPositionals: true,
});
const [verb, ...words] = positionals;
const every = Number(values.every ?? 1);
const seed = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 31));
const pairs = verb === "kills" ? Number(words[0] ?? 500) : 1;
const chosen = verb === "kill" && words.length > 0 ? kinds.filter(({ name }) => words.includes(name)) : kinds;
if (![every, seed, pairs].every(Number.isSafeInteger) || every < 1 || pairs < 1 || chosen.length === 0) {
  process.stderr.write(
    `--every, --seed and the number of pairs are whole numbers; the kinds are:\n  ${kinds.map(({ name }) => name).join("\n  ")}\n`,
  );
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const secondsSince = (began: number): string => ((performance.now() - began) / 1000).toFixed(1);

async function killEach(): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const lanes = await startLanes({ after: (end) => closing.defer(end) }, 4);
  for (const kind of chosen) {
    if (kind.disk !== undefined && !hasOtherDisk()) {
      say(`${kind.name}: left out, there is no second disk`);
      continue;
    }
    const began = performance.now();
    const { kills, boundaries } = await killAtSteps(kind, lanes, { every });
    say(`${kind.name}: killed ${kills} times, at every ${every} of ${boundaries} boundaries, ${secondsSince(began)} s`);
  }
}

async function killMany(): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const lanes = await startLanes({ after: (end) => closing.defer(end) }, 6);
  const began = performance.now();
  say(`seed ${seed}, ${pairs} pairs`);
  await killAtRandom({
    seed,
    pairs,
    lanes,
    onRound({ done, held, kills }) {
      const rounds = `${kills.sending} kills of the sender, ${kills.receiving} of the recipients`;
      say(`  ${done} of ${pairs}, ${secondsSince(began)} s: ${rounds}, ${held} pairs held`);
    },
  });
}

try {
  await (verb === "kills" ? killMany() : killEach());
  say("every pair arrived once or is shown as held, whole, and nothing is left over");
} catch (error) {
  say(String(error));
  if (verb === "kills") say(`again: npm run fuzz -- kills ${pairs} --seed ${seed}`);
  process.exitCode = 1;
}
