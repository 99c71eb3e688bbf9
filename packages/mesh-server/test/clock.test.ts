// A clock that cannot be believed: the machine's own wall time is moved against its uptime, and the server's Clock, which
// in production is the same wall time, moves with it.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { type Demographics, DemographicsError } from "@restante/demographics";
import type { Clock } from "@restante/mesh";
import {
  addressOf,
  startTestServer,
  type TestServer,
  testClient,
  testMailboxes,
  testPatients,
  testRequest,
  testToken,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import { type TestMachine, testMachine } from "./time/machine.ts";

const { sender, pharmacy } = testMailboxes;
const DAYS = 24;

async function start(
  t: TestContext,
  options: { demographics?: Demographics } = {},
): Promise<{ server: TestServer; machine: TestMachine; looked: () => Promise<void> }> {
  const machine = testMachine();
  let asked = 0;
  const clock: Clock = {
    now: () => {
      asked += 1;
      return new Date(machine.wall());
    },
  };
  const server = await startTestServer(t, { clock, machineTime: machine, config: { tickMs: 1 }, ...options });
  // Two whole rounds of expiry, which asks the time several times in each.
  const looked = async (): Promise<void> => {
    const before = asked;
    await waitFor(() => asked > before + 10);
  };
  return { server, machine, looked };
}

/** Steady, a look every 4 minutes. */
async function steadily(machine: TestMachine, hours: number, looked: () => Promise<void>): Promise<void> {
  for (let passed = 0; passed < hours; passed += 1) {
    for (let look = 0; look < 13; look += 1) {
      machine.pass(1 / 13);
      await looked();
    }
  }
}

test("40 days forward for a moment expires and deletes nothing, and is told at once with how many wait", async (t) => {
  const { server, machine, looked } = await start(t);
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const body = Buffer.alloc(100_000);
  const unread = (await client.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
  const read = (await client.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
  await receiver.acknowledge(read);

  machine.put(40 * DAYS);
  const told = await server.events.next("clock-doubted");
  await looked();
  machine.put(-40 * DAYS);
  await server.events.next("clock-doubted", ({ reason }) => reason.includes("less"));
  await looked();

  assert.deepEqual([told.overdue, told.times], [2, 1]);
  assert.match(told.reason, /the clock moved 40 days further than the machine's uptime/);
  assert.deepEqual((await receiver.list()).messageIds, [unread]);
  assert.equal((await readdir(join(server.config.dataFolder, "bodies"))).length, 2);
  assert.deepEqual(server.events.of("report-placed"), []);
});

test("6 hours forward and back makes no used token good again", async (t) => {
  const { server, machine, looked } = await start(t);
  const path = `/messageexchange/${pharmacy}/inbox`;
  const authorization = testToken(server, pharmacy);
  const use = async (): Promise<number> =>
    (await testRequest(server, pharmacy, { path, headers: { authorization } })).status;
  assert.equal(await use(), 200);

  machine.put(6);
  await server.events.next("clock-doubted");
  await looked();
  machine.put(-6);
  await looked();

  assert.equal(await use(), 403);
});

test("nor does a clock that is wrong by less than is doubted, and put right later", async (t) => {
  const { server, machine, looked } = await start(t);
  machine.put(1.9);
  await steadily(machine, 25, looked);
  const path = `/messageexchange/${pharmacy}/inbox`;
  const authorization = testToken(server, pharmacy, { now: new Date(machine.wall() + 1.99 * 3_600_000) });
  const use = async (): Promise<number> =>
    (await testRequest(server, pharmacy, { path, headers: { authorization } })).status;
  assert.equal(await use(), 200);

  await steadily(machine, 5, looked);
  machine.pass(0.05);
  await looked();
  machine.put(-1.9);
  await looked();

  assert.equal(await use(), 403);
  assert.deepEqual(server.events.of("clock-doubted"), []);
  assert.equal(server.events.of("request-refused").at(-1)?.code, "token-used-before");
});

test("a restart does not end the doubt; --accept-clock does, and then time does what it does", async (t) => {
  const { server, machine, looked } = await start(t);
  await using client = await testClient(server, sender);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
  machine.put(6 * DAYS);
  await server.events.next("clock-doubted");
  await server.restart();
  await server.events.next("clock-doubted", () => server.events.of("clock-doubted").length === 2);
  await looked();
  assert.deepEqual(server.events.of("report-placed"), []);

  await server.restart({ acceptClock: true });

  const report = await server.events.next("report-placed");
  assert.deepEqual([report.linkedMessageId, report.code], [messageId, "14"]);
  assert.equal(server.events.of("clock-trusted")[0]?.reason, "accepted");
});

test("a jump while no server ran is seen at the start, before anything expires", async (t) => {
  const { server, machine, looked } = await start(t);
  await using client = await testClient(server, sender);
  await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
  await server.close();
  machine.put(6 * DAYS);

  await server.restart();

  assert.equal((await server.events.next("clock-doubted")).overdue, 1);
  await looked();
  assert.deepEqual(server.events.of("report-placed"), []);
});

test("after 24 steady hours the clock is trusted, which is told, and what was due expires with its report", async (t) => {
  const { server, machine, looked } = await start(t);
  await using client = await testClient(server, sender);
  await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
  machine.put(6 * DAYS);
  await server.events.next("clock-doubted");

  await steadily(machine, 23, looked);
  assert.deepEqual(server.events.of("report-placed"), []);
  const counts = server.events.of("clock-doubted").map(({ times }) => times);
  assert.ok(counts.length > 2 && counts.length < 12, `told ${counts.join(", ")}`);
  await steadily(machine, 2, looked);

  assert.equal((await server.events.next("clock-trusted")).reason, "steady");
  await server.events.next("report-placed");
});

test("while the clock is doubted no message is given up for want of demographics", async (t) => {
  const demographics: Demographics = {
    find: () => Promise.reject(new DemographicsError("unavailable", "PDS does not answer", { retry: "safe" })),
  };
  const { server, machine, looked } = await start(t, { demographics });
  await using client = await testClient(server, sender);
  await client.send({
    to: addressOf(testPatients.registered),
    workflowId: "GPFED_CONSULT_REPORT",
    body: Buffer.from("x"),
  });
  await server.events.next("routing-held");

  machine.put(40 * DAYS);
  await server.events.next("routing-held", ({ times }) => (times ?? 0) > 1);
  await looked();

  assert.deepEqual(server.events.of("routing-failed"), []);
});
