import { randomBytes } from "node:crypto";

import { defaultConfig, testAuthority, testDirectory } from "@restante/testbed";

import { median } from "../measure.ts";
import { createLoad } from "./load.ts";
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

/** In each round first the bare server, then ours, with nothing left in the inbox; a warm-up before is not counted. */
export interface Rounds {
  readonly bare: readonly Round[];
  readonly ours: readonly Round[];
}

export interface RunOptions {
  readonly rounds: number;
  /** Where ours writes its profiles, if it is to. */
  readonly profiles?: string;
}

export async function measureRow(row: Row, { rounds, profiles }: RunOptions): Promise<Rounds> {
  await using closing = new AsyncDisposableStack();
  const body = randomBytes(row.bodyBytes);
  const bare = await begin(closing, row, body, { file: "bare/main.ts" });
  const ours = await begin(closing, row, body, {
    file: "ours.ts",
    ...(profiles !== undefined && { profiles }),
  });
  const done: { bare: Round[]; ours: Round[] } = { bare: [], ours: [] };
  await bare(row.warmUp);
  await ours(row.warmUp);
  for (let round = 0; round < rounds; round += 1) {
    done.bare.push(await bare(row.count));
    done.ours.push(await ours(row.count));
  }
  return done;
}

/** The median over the rounds of a figure of ours as a multiple of the bare server's in the same round. */
export function ratioOf({ bare, ours }: Rounds, figure: "cpu" | "throughput"): number {
  return median(ours.map((round, index) => round[figure] / (bare[index]?.[figure] ?? Number.NaN)));
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
  const authority = await testAuthority();
  const t = { after: (close: () => unknown) => closing.defer(async () => void (await close())) };
  // As it is set in production, but for what the tests make small.
  const { tickMs: _, reserveBytes: __, tls, ...config } = await defaultConfig(t, authority, testDirectory());
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
  return async (count) => {
    const round = await measureRound(server, count, () => load[row.work](count));
    await load.drain();
    return round;
  };
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
