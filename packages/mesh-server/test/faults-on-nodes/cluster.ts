// Four nodes on one PostgreSQL and one S3, each behind networks of its own; and what can be done to all of these.

import { setTimeout as delay } from "node:timers/promises";
import type { TestContext } from "node:test";

import type { MeshServerConfig } from "@restante/mesh-server";
import {
  atEnd,
  defaultConfig,
  type Postgres,
  type S3,
  type ServerProcess,
  startPostgres,
  startS3,
  startServerProcess,
  startStandby,
  testAuthority,
  testDirectory,
  testWorkflow,
  waitFor,
} from "@restante/testbed";
import { startNetwork, type TestNetwork } from "@restante/testkit";

import { allMailboxes, MOST_WAITING } from "./letters.ts";
import type { Fault } from "./plan.ts";

const NODES = 4;

export interface Cluster {
  readonly nodes: readonly ServerProcess[];
  /** Resolves when it is put right again. One after the other where they strike the same part: `begins` is called when it does. */
  strike(fault: Fault, begins: () => void): Promise<void>;
  /** Nodes that have ended by themselves. */
  ended(): number[];
  /** kill -9 of all at once, and a start. */
  restart(): Promise<void>;
}

export async function startCluster(t: Pick<TestContext, "after">): Promise<Cluster> {
  let postgres = await startPostgres(t);
  const database = new URL(await postgres.createDatabase()).pathname;
  const s3 = await startS3(t);
  const toPostgres = await networks(socketOf(postgres));
  const toS3 = await networks(new URL(s3.endpoint).host);
  const config = await sharedConfig(t, s3);
  const nodes = await Promise.all(
    toPostgres.map((network, index) =>
      startServerProcess(t, {
        config: {
          ...config,
          node: `node-${index}`,
          store: `postgres://restante@${network.url}${database}`,
          s3: { ...config.s3, endpoint: `http://${toS3[index]!.url}` },
        },
      }),
    ),
  );
  const turns = new Map<string, Promise<unknown>>();

  /** Faults of the same part come one after the other; others at once. */
  function inTurn(part: string, act: () => Promise<void>): Promise<void> {
    const turn = (turns.get(part) ?? Promise.resolve()).then(act);
    turns.set(
      part,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async function disturb({ kind, forMs, everyMs }: Fault, network: TestNetwork): Promise<void> {
    const until = performance.now() + forMs;
    if (kind.startsWith("silence")) await network.silence(`${forMs}ms`);
    if (kind.startsWith("cut")) await network.refuse(`${forMs}ms`);
    if (kind.startsWith("cut")) await network.cut();
    while (kind.startsWith("tear") && performance.now() < until) {
      await network.cut();
      await delay(everyMs);
    }
    await delay(Math.max(1, until - performance.now()));
  }

  /**
   * The standby hears nothing more of the primary for a moment, so that nothing can be answered that it has not got. The old primary is
   * ended for good before another can be written, and the nodes find that where the old one was.
   */
  async function failOver(forMs: number): Promise<void> {
    const line = await startNetwork({ to: socketOf(postgres) });
    const standby = await startStandby(t, postgres, { through: line.url });
    await delay(forMs / 2);
    await line.silence("1h");
    await delay(forMs / 2);
    await postgres.kill();
    await standby.promote();
    await line.close();
    postgres = standby.postgres;
    for (const [index, network] of toPostgres.entries()) {
      await network.close();
      toPostgres[index] = await startNetwork({ to: socketOf(postgres), port: portOf(network) });
    }
  }

  async function killFor(forMs: number, killed: Pick<Postgres, "kill" | "start">): Promise<void> {
    await killed.kill();
    await delay(forMs);
    await killed.start();
  }

  /** As what keeps a service running does: where PostgreSQL is away just then, a start fails, and comes again. */
  async function startAgain(node: ServerProcess): Promise<void> {
    await waitFor(() => node.start().then(() => true), {
      timeoutMs: 120_000,
      intervalMs: 200,
      what: "a node to start",
    });
  }

  async function stopFor(forMs: number, { pid }: ServerProcess): Promise<void> {
    process.kill(pid, "SIGSTOP");
    await delay(forMs);
    process.kill(pid, "SIGCONT");
  }

  function strike(fault: Fault, begins: () => void): Promise<void> {
    const { kind, node, forMs } = fault;
    const strikeIn = (part: string, act: () => Promise<void>): Promise<void> =>
      inTurn(part, () => {
        begins();
        return act();
      });
    switch (kind) {
      case "kill-node":
        return strikeIn(`node ${node}`, () =>
          killFor(forMs, { kill: () => nodes[node]!.kill(), start: () => startAgain(nodes[node]!) }),
        );
      case "stop-node":
        return strikeIn(`node ${node}`, () => stopFor(forMs, nodes[node]!));
      case "kill-postgres":
        return strikeIn("postgres", () => killFor(forMs, postgres));
      case "fail-over":
        return strikeIn("postgres", () => failOver(forMs));
      case "kill-s3":
        return strikeIn("s3", () => killFor(forMs, s3));
      case "cut-postgres":
      case "silence-postgres":
      case "tear-postgres":
        return strikeIn(`postgres of ${node}`, () => disturb(fault, toPostgres[node]!));
      case "cut-s3":
      case "silence-s3":
      case "tear-s3":
        return strikeIn(`s3 of ${node}`, () => disturb(fault, toS3[node]!));
    }
  }

  atEnd(t, async () => {
    for (const network of [...toPostgres, ...toS3]) await network.close();
  });
  return {
    nodes,
    strike,
    async restart() {
      await Promise.all(nodes.map((node) => node.kill()));
      await Promise.all(nodes.map(startAgain));
    },
    ended: () => nodes.flatMap(({ pid }, index) => (isRunning(pid) ? [] : [index])),
  };
}

async function sharedConfig(t: Pick<TestContext, "after">, s3: S3): Promise<Partial<MeshServerConfig>> {
  const directory = testDirectory();
  const { dataFolder: _, mailboxes, ...config } = await defaultConfig(t, await testAuthority(), directory);
  const named = new Set(mailboxes.map(({ mailboxId }) => mailboxId));
  const ours = allMailboxes.filter((mailboxId) => !named.has(mailboxId));
  return {
    ...config,
    mailboxes: [
      ...mailboxes,
      ...ours.map((mailboxId) => ({
        mailboxId,
        name: mailboxId,
        odsCode: "Y90001",
        password: `password of ${mailboxId}`,
      })),
    ],
    workflows: [testWorkflow, "GPFED_CONSULT_REPORT"].map((workflowId) => ({
      workflowId,
      senders: ["*"],
      receivers: ["*"],
    })),
    maxWaitingMessages: MOST_WAITING,
    tickMs: 200,
    bodies: `s3://${s3.bucket}/faults`,
    s3: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
  };
}

/** One for each node. */
function networks(to: string): Promise<TestNetwork[]> {
  return Promise.all(Array.from({ length: NODES }, () => startNetwork({ to })));
}

function socketOf({ folder }: Postgres): string {
  return `unix:${folder}/.s.PGSQL.5432`;
}

function portOf({ url }: TestNetwork): number {
  return Number(url.split(":").at(-1));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
