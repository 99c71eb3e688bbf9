// What chance finds, as much of it as is wanted:
//
// npm run fuzz -- [server] [--requests 1000000] [--seed N] [--from N]   requests with every kind of damage, to a server
// npm run fuzz -- network [--runs 100] [--pairs 30] [--seed N]          pairs through networks that lie
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const kinds = {
  server: "../packages/mesh-server/fuzz/main.ts",
  network: "../packages/mesh-client/fuzz/network/main.ts",
} as const;

const [first = "", ...others] = process.argv.slice(2);
const isNamed = first in kinds;
if (!isNamed && first !== "" && !first.startsWith("--")) {
  console.error(`There is no fuzz of ${first}. There are: ${Object.keys(kinds).join(", ")}.`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL(kinds[isNamed ? (first as keyof typeof kinds) : "server"], import.meta.url)),
    ...(isNamed ? others : process.argv.slice(2)),
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
