// The directory client: pairs of 1 KB from OUT to IN against copying and syncing the same files twice; one large pair against a
// plain upload, and what is held meanwhile; 50 mailboxes that wait. Exit code 1 if a bound does not hold.
//
//   npm run bench -- client [--only pairs|large|idle] [--pairs N] [--rounds N] [--quick]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isWithin, median, table } from "../measure.ts";
import { startEconomy } from "./economy.ts";
import { measureIdle } from "./idle.ts";
import { measureLarge } from "./large.ts";
import { measurePairs } from "./pairs.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    pairs: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const { quick, only } = values;
const pairs = Number(values.pairs ?? (quick ? 64 : 500));
const rounds = Number(values.rounds ?? (quick ? 1 : 5));
const largeBytes = quick ? 40_000_000 : 400_000_000;
const idleMs = quick ? 3000 : 20_000;
const mailboxes = 50;
const bounds = { pairs: 0.5, processor: 8, large: 0.7, grownBy: 96, idle: 0.01, idleInBrief: 0.1 };

const megabyte = 1024 * 1024;
const cells: string[][] = [];
const isAsked = (name: string): boolean => only.length === 0 || only.includes(name);

function row(name: string, figure: string, value: number, bound: { atMost: number } | { atLeast: number }): void {
  const isKept = isWithin(name, figure, value, bound);
  const words = "atMost" in bound ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
  cells.push([name, figure, value.toFixed(3), `${isKept ? "" : "NOT "}${words}`]);
}

const folder = await mkdtemp(join(tmpdir(), "restante-bench-"));
try {
  await using economy = await startEconomy(mailboxes);
  if (isAsked("pairs")) {
    const found = await measurePairs(economy, join(folder, "pairs"), { pairs, rounds });
    const name = `${pairs} pairs`;
    const seconds = (figure: "copying" | "sending" | "receiving"): string =>
      (median(found.map((round) => round[figure])) / 1000).toFixed(2);
    cells.push([name, "seconds", `copying twice ${seconds("copying")}`, ""]);
    cells.push([name, "seconds", `sending ${seconds("sending")}, receiving ${seconds("receiving")}`, ""]);
    const speed = median(found.map(({ copying, sending, receiving }) => copying / (sending + receiving)));
    const processor = median(found.map((round) => round.processor.carrying / round.processor.copying));
    // The clock depends on what else the machine does.
    if (quick) cells.push([name, "of copying twice", speed.toFixed(2), "told"]);
    else row(name, "of copying twice", speed, { atLeast: bounds.pairs });
    row(name, "processor time, copyings", processor, { atMost: bounds.processor });
  }
  if (isAsked("large")) {
    const found = await measureLarge(economy, join(folder, "large"), { bytes: largeBytes, rounds: quick ? 1 : 3 });
    const name = `one pair of ${largeBytes / 1_000_000} MB`;
    const speed = median(found.map(({ plain, pair }) => plain / pair));
    if (quick) cells.push([name, "of a plain upload", speed.toFixed(2), "told"]);
    else row(name, "of a plain upload", speed, { atLeast: bounds.large });
    const grown = Math.max(...found.map(({ grownBy }) => grownBy)) / megabyte;
    row(name, "MB more held", grown, { atMost: bounds.grownBy });
  }
  if (isAsked("idle")) {
    const part = await measureIdle(economy, join(folder, "idle"), idleMs);
    // Three seconds have a start or a collection of garbage in them, or have not.
    row(`${mailboxes} idle mailboxes`, "of a core", part, { atMost: quick ? bounds.idleInBrief : bounds.idle });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(table(["", "", "", "bound"], cells));
