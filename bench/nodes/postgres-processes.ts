// What the processes of a PostgreSQL have spent, from /proc: of Linux alone.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Postgres } from "@restante/testbed";

/** `sessions`: what serves connections. `writers`: what writes to disk beside them. `vacuum`: what takes away what went. */
export type Part = "sessions" | "writers" | "vacuum";

export type Spent = Readonly<Record<Part, number>>;

/** Milliseconds of processor time up to now, by process. */
export interface Reading {
  readonly running: ReadonlyMap<number, { readonly part: Part; readonly ms: number }>;
  /** Of all that have ended. */
  readonly ended: number;
}

const tickMs = 1000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const WRITERS = /checkpointer|background writer|walwriter|io worker|archiver/;

export function readSpent(postgres: Postgres): Reading {
  const first = Number(readFileSync(join(postgres.folder, "data/postmaster.pid"), "utf8").split("\n")[0]);
  const all = processes();
  const running = all
    .filter(({ parent }) => parent === first)
    .map(({ pid, title, own }): [number, { part: Part; ms: number }] => {
      const part = WRITERS.test(title) ? "writers" : /autovacuum/.test(title) ? "vacuum" : "sessions";
      return [pid, { part, ms: own }];
    });
  return { running: new Map(running), ended: all.find(({ pid }) => pid === first)?.ended ?? 0 };
}

/** What ends by itself is vacuum: connections stay, but for those that nobody needs. */
export function spentSince(before: Reading, now: Reading): Spent {
  const spent = { sessions: 0, writers: 0, vacuum: 0 };
  for (const [pid, { part, ms }] of now.running) spent[part] += ms - (before.running.get(pid)?.ms ?? 0);
  spent.vacuum += now.ended - before.ended;
  for (const [pid, { ms }] of before.running) if (!now.running.has(pid)) spent.vacuum -= ms;
  return spent;
}

export function sumOf(spent: Spent): number {
  return spent.sessions + spent.writers + spent.vacuum;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly title: string;
  /** Milliseconds: its own, and of its children that have ended. */
  readonly own: number;
  readonly ended: number;
}

function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Process[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The second field is a name in brackets, which may have spaces: the third, fourth, and 14th to 17th are wanted.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const ticks = (field: number): number => Number(fields[field - 3]) * tickMs;
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            title: readFileSync(`/proc/${name}/cmdline`, "utf8"),
            own: ticks(14) + ticks(15),
            ended: ticks(16) + ticks(17),
          },
        ];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}
