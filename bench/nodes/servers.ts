// Whole servers over HTTPS with mutual TLS on one PostgreSQL: what the processor does for a send and a cycle, by process.

import { randomBytes } from "node:crypto";

import type { MailboxId } from "@restante/mesh";
import { type Postgres, startS3, testDirectory, testWorkflow } from "@restante/testbed";

import { median, table } from "../measure.ts";
import { createLoad, type Load } from "../server/load.ts";
import { prepareServer } from "../server/prepare-server.ts";
import { type MeasuredServer, startProcess } from "../server/start-process.ts";
import { newDatabase } from "./database.ts";
import { readSpent, spentSince, sumOf } from "./postgres-processes.ts";
import { mailboxes } from "./work.ts";

export interface ServerSizes {
  readonly rounds: number;
  /** Of each server, in a turn. */
  readonly sends: number;
  readonly cycles: number;
  readonly atATime: number;
}

interface Turn {
  readonly perSecond: number;
  /** Microseconds for each of what was done. */
  readonly server: number;
  readonly postgres: number;
  readonly load: number;
}

export async function measureServers(postgres: Postgres, sizes: ServerSizes): Promise<void> {
  const cells: string[][] = [];
  for (const nodes of [1, 2, 4]) {
    await using closing = new AsyncDisposableStack();
    const begun = await begin(closing, postgres, nodes, sizes.atATime);
    // A cycle looks for its message on the first page: nothing that was only sent may wait before it.
    for (const kind of ["cycles", "sends"] as const) {
      const turns: Turn[] = [];
      for (let round = 0; round <= sizes.rounds; round += 1) {
        const found = await turn(postgres, begun, kind, sizes[kind]);
        if (round > 0) turns.push(found);
      }
      const of = (figure: keyof Turn): number => median(turns.map((each) => each[figure]));
      cells.push([
        `${kind}, ${nodes}`,
        of("perSecond").toFixed(0),
        of("server").toFixed(0),
        of("postgres").toFixed(0),
        of("load").toFixed(0),
        (of("server") / of("postgres")).toFixed(2),
      ]);
    }
  }
  const head = [
    "whole servers",
    "a second",
    "us of servers",
    "us of PostgreSQL",
    "us of the load",
    "busy nodes a core of PostgreSQL",
  ];
  console.log(`${table(head, cells)}\n`);
}

interface Begun {
  readonly server: MeasuredServer;
  readonly load: Load;
}

async function begin(
  closing: AsyncDisposableStack,
  postgres: Postgres,
  count: number,
  atATime: number,
): Promise<Begun[]> {
  const { url: store } = await newDatabase(closing, postgres);
  const { endpoint, bucket, accessKeyId, secretAccessKey } = await startS3({
    after: (end: () => unknown) => closing.defer(async () => void (await end())),
  });
  const { authority, config: prepared } = await prepareServer(closing);
  const { odsCode } = testDirectory().organisations[0]!;
  const config = {
    ...prepared,
    mailboxes: mailboxes.map((mailboxId) => ({
      mailboxId,
      name: "Measured",
      odsCode,
      password: `password of ${mailboxId}`,
    })),
    workflows: [{ workflowId: testWorkflow, senders: ["*"], receivers: ["*"] }],
    store,
    bodies: `s3://${bucket}`,
    s3: { endpoint, accessKeyId, secretAccessKey },
    drainSeconds: 0,
  };
  const begun: Begun[] = [];
  for (let index = 0; index < count; index += 1) {
    const task = { ...config, node: `node-${index}` };
    const server = closing.use(await startProcess({ file: "ours.ts" }, task));
    const reachable = { url: server.url, config: task, authority, clock: undefined };
    // Each has two mailboxes to itself, so that a listing is short.
    const [from, to] = mailboxes.slice(2 * index) as [MailboxId, MailboxId];
    begun.push({ server, load: closing.use(await createLoad(reachable, randomBytes(1000), atATime, { from, to })) });
  }
  return begun;
}

async function turn(
  postgres: Postgres,
  begun: readonly Begun[],
  kind: "sends" | "cycles",
  each: number,
): Promise<Turn> {
  const operations = each * begun.length;
  const cpu = async (): Promise<number> => {
    const spent = await Promise.all(begun.map(({ server }) => server.cpu()));
    return spent.reduce((sum, one) => sum + one, 0);
  };
  const [before, ownBefore, postgresBefore] = [await cpu(), process.cpuUsage(), readSpent(postgres)];
  const start = performance.now();
  await Promise.all(begun.map(({ load }) => load[kind](each)));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(ownBefore);
  const ofPostgres = sumOf(spentSince(postgresBefore, readSpent(postgres)));
  return {
    perSecond: operations / seconds,
    server: ((await cpu()) - before) / operations,
    postgres: (ofPostgres * 1000) / operations,
    load: (user + system) / operations,
  };
}
