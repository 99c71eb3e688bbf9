import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { clientCertificate, startTestServer, testMailboxes } from "@restante/testbed";

import type { Round } from "./connect-many.ts";

const WARMING_ROUNDS = 2;
const ROUNDS = 7;
const CONNECTIONS = 800;
/** Node.js 24.21.0 keeps more than 4.5 KB of native memory for each connection with a client's certificate; others 9 bytes. */
const MOST_BYTES_EACH = 2500;

test("a connection with a client's certificate leaves no memory behind (Node.js 24.21.0 fails this)", async (t) => {
  const server = await startTestServer(t);
  const { hostname, port } = new URL(server.url);
  const client = fork(fileURLToPath(new URL("connect-many.ts", import.meta.url)), { execArgv: [] });
  t.after(() => client.disconnect());
  const certificate = await clientCertificate(server, testMailboxes.sender);
  const connectTimes = async (connections: number): Promise<void> => {
    const tls = { host: hostname, port: Number(port), ca: server.authority.caPem, ...certificate };
    client.send({ connections, tls } satisfies Round);
    await once(client, "message");
  };

  // What the heap takes for itself it takes in one or two rounds; what leaks, leaks in every one.
  const growth: number[] = [];
  for (let round = 0, before = 0; round < WARMING_ROUNDS + ROUNDS; round += 1) {
    await connectTimes(CONNECTIONS);
    const after = await memoryInUse();
    if (round >= WARMING_ROUNDS) growth.push((after - before) / CONNECTIONS);
    before = after;
  }
  const each = growth.toSorted((one, other) => one - other)[(ROUNDS - 1) / 2] ?? Infinity;

  t.diagnostic(`bytes for each connection, by round: ${growth.map((bytes) => bytes.toFixed(0)).join(" ")}`);
  assert.ok(each < MOST_BYTES_EACH, `${each.toFixed(0)} bytes are kept for each connection by ${process.version}`);
});

/** What the process holds once everything that can be collected is. */
async function memoryInUse(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // What is native goes in a turn after the one in which its object was collected.
  for (let turn = 0; turn < 4; turn += 1) {
    collect();
    await delay(20);
  }
  return process.memoryUsage.rss();
}
