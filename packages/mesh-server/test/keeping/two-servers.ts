// Server processes that share one PostgreSQL, and what stands before them: a balancer that passes TLS through.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

import {
  atEnd,
  type Postgres,
  type ReachableServer,
  type S3,
  type ServerProcess,
  startServerProcess,
  testMailboxes,
  testRequest,
} from "@restante/testbed";
import type { MeshServerConfig } from "@restante/mesh-server";

export interface Place {
  readonly postgres: Postgres;
  readonly s3: S3;
}

/** Settings of nodes that share a database and a prefix of their own. */
export async function newShared({ postgres, s3 }: Place): Promise<Pick<MeshServerConfig, "store" | "bodies" | "s3">> {
  return { store: await postgres.createDatabase(), ...s3.settings() };
}

export async function startNodes(
  t: TestContext,
  place: Place,
  config: Partial<MeshServerConfig> = {},
): Promise<[ServerProcess, ServerProcess]> {
  const shared = await newShared(place);
  const start = (node: string): Promise<ServerProcess> =>
    startServerProcess(t, { config: { ...shared, node, ...config } });
  // One after the other: what time brings is the first one's, until the second has been there for a while.
  return [await start("one"), await start("two")];
}

/** What a node answers who watches it: 0 if nothing. */
export async function readiness(node: ReachableServer): Promise<{ status: number; json: unknown }> {
  const asked = { method: "GET", path: "/readyz", headers: { authorization: undefined }, tls: {} };
  return testRequest(node, testMailboxes.sender, asked).catch(() => ({ status: 0, json: undefined }));
}

export interface Balancer extends ReachableServer {
  /** Whether it sends clients there. */
  isReady(node: ReachableServer): boolean;
}

/** Asks each node's /readyz ten times a second, and gives new connections to those that are ready, in turn. */
export async function startBalancer(t: TestContext, nodes: readonly ServerProcess[]): Promise<Balancer> {
  const ready = new Set<ReachableServer>();
  const open = new Set<Socket>();
  let turn = 0;

  async function look(): Promise<void> {
    await Promise.all(
      nodes.map(async (node) => ((await readiness(node)).status === 200 ? ready.add(node) : ready.delete(node))),
    );
  }

  function pass(client: Socket, candidates: ReachableServer[]): void {
    const node = candidates.shift();
    if (node === undefined) return void client.destroy();
    const there = connect(Number(new URL(node.url).port), "127.0.0.1");
    const refused = (): void => pass(client, candidates);
    there.once("error", refused).once("connect", () => {
      there.off("error", refused).on("error", () => client.destroy());
      client.on("error", () => there.destroy());
      client.pipe(there).pipe(client);
    });
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    open.add(client.on("error", () => undefined).once("close", () => open.delete(client)));
    turn += 1;
    const first = nodes.filter((node) => ready.has(node));
    const others = nodes.filter((node) => !ready.has(node));
    const start = turn % Math.max(1, first.length);
    pass(client, [...first.slice(start), ...first.slice(0, start), ...others]);
  });
  await look();
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, 100);
  await once(server.listen(0, "127.0.0.1"), "listening");
  atEnd(t, async () => {
    clearInterval(timer);
    await looking;
    for (const socket of open) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const { config, authority, clock, url } = nodes[0]!;
  return { url: url.replace(/\d+$/, String(port)), config, authority, clock, isReady: (node) => ready.has(node) };
}
