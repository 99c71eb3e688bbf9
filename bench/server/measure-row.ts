import { randomBytes } from "node:crypto";

import { median } from "../measure.ts";
import { createLoad } from "./load.ts";
import { prepareServer } from "./prepare-server.ts";
import type { Row } from "./rows.ts";
import { type MeasuredServer, type Program, startProcess } from "./start-process.ts";

/** Of one server in one round. */
export interface Round {
  /** Microseconds of its process's user and system time, for each of what was done. */
  readonly cpu: number;
  /** How many were done in a second. */
  readonly throughput: number;
  /** How much of that time this process, which makes the load, was busy: near 1 it is what limits. */
  readonly load: number;
}

/** In each round first the bare server, then the other; a warm-up before is not counted. */
export interface Rounds {
  readonly bare: readonly Round[];
  readonly other: readonly Round[];
}

export interface RunOptions {
  readonly rounds: number;
  /** What is measured against the bare server. */
  readonly other: Program;
}

export async function measureRow(row: Row, { rounds, other: program }: RunOptions): Promise<Rounds> {
  await using closing = new AsyncDisposableStack();
  const body = randomBytes(row.bodyBytes);
  const bare = await begin(closing, row, body, { file: "bare/main.ts" });
  const other = await begin(closing, row, body, program);
  const done: { bare: Round[]; other: Round[] } = { bare: [], other: [] };
  await bare(row.warmUp);
  await other(row.warmUp);
  for (let round = 0; round < rounds; round += 1) {
    done.bare.push(await bare(row.count));
    done.other.push(await other(row.count));
  }
  return done;
}

/** The median over the rounds of a figure of the other as a multiple of the bare server's in the same round. */
export function ratioOf({ bare, other }: Rounds, figure: "cpu" | "throughput"): number {
  return median(other.map((round, index) => round[figure] / (bare[index]?.[figure] ?? Number.NaN)));
}

export function medianOf(rounds: readonly Round[], figure: keyof Round): number {
  return median(rounds.map((round) => round[figure]));
}

/** A server of its own for this row, and what does a round of it. */
async function begin(
  closing: AsyncDisposableStack,
  row: Row,
  body: Buffer,
  program: Program,
): Promise<(count: number) => Promise<Round>> {
  const {
    authority,
    config: { tls, ...config },
  } = await prepareServer(closing);
  const server = await startProcess(program, {
    ...config,
    ...(row.tls && { tls }),
  });
  closing.use(server);
  const load = await createLoad(
    { url: server.url, config: { ...config, tls }, authority, clock: undefined },
    body,
    row.atATime,
  );
  closing.use(load);
  return (count) => measureRound(server, count, () => load[row.work](count));
}

async function measureRound(server: MeasuredServer, count: number, work: () => Promise<void>): Promise<Round> {
  const cpuBefore = await server.cpu();
  const ownBefore = process.cpuUsage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(ownBefore);
  const cpu = (await server.cpu()) - cpuBefore;
  return { cpu: cpu / count, throughput: (count / ms) * 1000, load: (user + system) / 1000 / ms };
}
