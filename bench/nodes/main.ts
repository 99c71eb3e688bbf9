// Nodes on PostgreSQL: against a bare loop of the same statements, beside a transaction that is held open, with a deep mailbox, and as
// whole servers. Exit code 1 if a bound does not hold.
//
//   npm run bench -- nodes [--only throughput|servers|held|depth] [--rounds N] [--minutes N] [--small]

import { parseArgs } from "node:util";

import { postgresMissing } from "@restante/testbed";

import { startDatabases } from "./database.ts";
import { measureDepth } from "./depth.ts";
import { measureHeld } from "./held.ts";
import { measureServers } from "./servers.ts";
import { measureThroughput } from "./throughput.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    rounds: { type: "string" },
    minutes: { type: "string" },
    small: { type: "boolean", default: false },
  },
});
const parts = {
  throughput: () =>
    measureThroughput(
      postgres,
      values.small
        ? { rounds: rounds(2), sends: 500, cycles: 200, atATime: 32 }
        : { rounds: rounds(5), sends: 6000, cycles: 2000, atATime: 64 },
    ),
  servers: () =>
    measureServers(
      postgres,
      values.small
        ? { rounds: rounds(1), sends: 200, cycles: 100, atATime: 16 }
        : { rounds: rounds(5), sends: 2000, cycles: 1000, atATime: 32 },
    ),
  held: () => measureHeld(postgres, Number(values.minutes ?? (values.small ? 1 : 10)), values.small ? 100 : 1000),
  depth: () =>
    measureDepth(
      postgres,
      values.small
        ? { deep: 50_000, shallow: 2000, rounds: rounds(11) }
        : { deep: 1_000_000, shallow: 5000, rounds: rounds(101) },
    ),
} satisfies Record<string, () => Promise<void>>;

const strange = values.only.filter((name) => !Object.hasOwn(parts, name));
if (strange.length > 0) throw new Error(`There is no ${strange.join(", ")}, but ${Object.keys(parts).join(", ")}.`);
if (postgresMissing !== undefined) throw new Error(postgresMissing);

await using closing = new AsyncDisposableStack();
const postgres = await startDatabases(closing);
for (const [name, measure] of Object.entries(parts)) {
  if (values.only.length === 0 || values.only.includes(name)) await measure();
}

function rounds(usual: number): number {
  return Number(values.rounds ?? usual);
}
