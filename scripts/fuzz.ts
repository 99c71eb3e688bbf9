// Damage and violence, longer than the tests have time for:
//
//   npm run fuzz -- [server] [--requests 1000000] [--seed N] [--from N]   requests with every kind of damage, to a server
//   npm run fuzz -- network [--runs 100] [--pairs 30] [--seed N]          pairs through networks that lie
//   npm run fuzz -- kill [--every K] [KIND ...]                           directory clients killed at every boundary of a step
//   npm run fuzz -- kills [PAIRS] [--seed N]                              both ends killed at random, over so many pairs
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Where each is, and what it is told before all that was typed. */
const kinds = {
  server: ["../packages/mesh-server/fuzz/main.ts"],
  network: ["../packages/mesh-client/fuzz/network/main.ts"],
  kill: ["../packages/mesh-client/fuzz/main.ts", "kill"],
  kills: ["../packages/mesh-client/fuzz/main.ts", "kills"],
} as const;

const [first = "", ...others] = process.argv.slice(2);
const isNamed = Object.hasOwn(kinds, first);
if (!isNamed && first !== "" && !first.startsWith("--")) {
  console.error(`There is no fuzz of ${first}. There are: ${Object.keys(kinds).join(", ")}.`);
  process.exit(2);
}
const [script, ...words] = kinds[isNamed ? (first as keyof typeof kinds) : "server"];
const { status } = spawnSync(
  process.execPath,
  [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL(script, import.meta.url)),
    ...words,
    ...(isNamed ? others : process.argv.slice(2)),
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
