// The MESH server against a bare one that accepts messages as durably (bare/main.ts), each in a process of its own, round
// by round in turns: the CPU time of the server's process, and throughput. Exit code 1 if a bound does not hold. With --rows
// it is not ours that is measured, but the bare one with all our rows (bare/with-rows.ts): no server that keeps them costs less.
//
//   npm run bench -- server [--only ROW ...] [--rounds N] [--quick] [--rows] [--cpu-prof FOLDER]

import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

import { isWithin, table } from "../measure.ts";
import { measureRow, medianOf, ratioOf, type Rounds } from "./measure-row.ts";
import { readOptions } from "./options.ts";
import type { Program } from "./start-process.ts";
import { quickRows, type Row, rows, smallRows } from "./rows.ts";

/** Of Linux statfs: a disk that is memory, where syncing costs nothing and the figures say nothing. */
const memoryFileSystem = 0x01021994;

const { only, rounds, quick, withRows, profiles } = readOptions(process.argv.slice(2));
const all = withRows ? smallRows : quick ? quickRows : rows;
const other: Program = {
  file: withRows ? "bare/with-rows.ts" : "ours.ts",
  ...(profiles !== undefined && { profiles: resolve(profiles) }),
};
const otherName = withRows ? "with rows" : "ours";
const asked =
  only.length === 0
    ? all
    : all.filter(({ name }) => only.some((start) => name === start || (name.startsWith(start) && !isName(start))));
if (asked.length === 0) {
  throw new Error(`No row is named so. There are: ${all.map(({ name }) => name).join(", ")}.`);
}
if ((await statfs(tmpdir())).type === memoryFileSystem) {
  console.log(`  ${tmpdir()} is in memory: set TMPDIR to a folder on a disk for figures that mean something.`);
}

const cells: string[][] = [];
for (const row of asked) {
  const found = await measureRow(row, { rounds, other });
  cells.push(cellsOf(row, found));
}
const both = `bare, ${otherName}`;
console.log(table(["", "CPU", "", "throughput", "", `CPU us: ${both}`, `a second: ${both}`, "load"], cells));

function cellsOf(row: Row, found: Rounds): string[] {
  const cpu = ratioOf(found, "cpu");
  const throughput = ratioOf(found, "throughput");
  const figures = (figure: "cpu" | "throughput"): string =>
    [found.bare, found.other].map((side) => medianOf(side, figure).toFixed(0)).join(", ");
  const isCpuWithin = row.mostCpu === undefined || isWithin(row.name, "CPU", cpu, { atMost: row.mostCpu });
  const isThroughputWithin =
    row.leastThroughput === undefined || isWithin(row.name, "throughput", throughput, { atLeast: row.leastThroughput });
  return [
    row.name,
    cpu.toFixed(2),
    row.mostCpu === undefined ? "" : `${isCpuWithin ? "within" : "OVER"} ${row.mostCpu}`,
    throughput.toFixed(2),
    row.leastThroughput === undefined ? "" : `${isThroughputWithin ? "at least" : "UNDER"} ${row.leastThroughput}`,
    figures("cpu"),
    figures("throughput"),
    [found.bare, found.other].map((side) => medianOf(side, "load").toFixed(2)).join(", "),
  ];
}

/** Else `cycles-16-http` would be `cycles-16-https` too. */
function isName(word: string): boolean {
  return rows.some(({ name }) => name === word);
}
