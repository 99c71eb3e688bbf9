// Real server processes on one PostgreSQL: restarted in turn, killed, stopped for a while, and cut off from their store.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { MailboxId, MessageId } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import { embeddedDemographics } from "@restante/demographics";
import {
  addressOf,
  atEnd,
  defaultConfig,
  postgresMissing,
  type ReachableServer,
  recordEvents,
  type ServerProcess,
  startPostgres,
  startS3,
  startTestServer,
  testAuthority,
  testClient,
  testDirectory,
  testMailboxes,
  testPatients,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import { serve } from "../../src/serve.ts";
import { systemTime } from "../../src/time/machine-time.ts";
import { LEASE_MS } from "../../src/store/postgres/leases.ts";
import { openPostgresStore } from "../../src/store/postgres/store.ts";
import { newShared, type Place, readiness, startBalancer, startNodes } from "./two-servers.ts";

const { sender, practice, pharmacy } = testMailboxes;
const skip = postgresMissing ?? false;
/** A lease's time, and what it takes to notice that it is over. */
const OVER_MS = LEASE_MS + 5000;
let place: Place;
if (postgresMissing === undefined) {
  const file = { after: (end: () => unknown) => after(() => end()) };
  place = { postgres: await startPostgres(file), s3: await startS3(file) };
}

const envelopes = {
  direct: { to: pharmacy, workflowId: testWorkflow },
  routed: { to: addressOf(testPatients.accented), workflowId: "GPFED_CONSULT_REPORT" },
  unroutable: { to: addressOf(testPatients.withoutPractice), workflowId: "GPFED_CONSULT_REPORT" },
} as const;
type Kind = keyof typeof envelopes;
const kinds = Object.keys(envelopes) as Kind[];

async function send(server: ReachableServer, kind: Kind): Promise<MessageId> {
  await using client = await testClient(server, sender);
  const { messageId } = await client.send({ ...envelopes[kind], body: Buffer.from(kind) });
  return messageId;
}

async function inbox(server: ReachableServer, mailboxId: string): Promise<MessageId[]> {
  await using client = await testClient(server, mailboxId);
  const listed: MessageId[] = [];
  for await (const messageId of client.listAll()) listed.push(messageId);
  return listed;
}

/** Which messages the reports in the sender's inbox are about. */
async function reported(server: ReachableServer): Promise<MessageId[]> {
  await using client = await testClient(server, sender);
  const about: MessageId[] = [];
  for await (const messageId of client.listAll()) {
    const { report } = await client.head(messageId);
    if (report?.linkedMessageId !== undefined) about.push(report.linkedMessageId);
  }
  return about;
}

/** Each where it belongs, once, and nothing else anywhere. */
async function assertEachOnce(server: ReachableServer, sent: Readonly<Record<Kind, MessageId[]>>): Promise<void> {
  await waitFor(
    async () =>
      (await inbox(server, practice)).length >= sent.routed.length &&
      (await inbox(server, sender)).length >= sent.unroutable.length,
    { timeoutMs: OVER_MS, what: "all to be routed" },
  );
  assert.deepEqual((await inbox(server, pharmacy)).toSorted(), sent.direct.toSorted());
  assert.deepEqual((await inbox(server, practice)).toSorted(), sent.routed.toSorted());
  assert.deepEqual((await reported(server)).toSorted(), sent.unroutable.toSorted());
}

test(
  "nodes that are restarted in turn under load lose nothing, and no client is told of an error",
  { skip },
  async (t) => {
    const nodes = await startNodes(t, place, { drainSeconds: 1 });
    const balancer = await startBalancer(t, nodes);
    const sent: Record<Kind, MessageId[]> = { direct: [], routed: [], unroutable: [] };
    const over = new AbortController();
    let retried = 0;
    const load = async (): Promise<void> => {
      await using client = await testClient(balancer, sender, { onRetry: () => (retried += 1) });
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const kind = kinds[turn % kinds.length]!;
        sent[kind].push(
          (await client.send({ ...envelopes[kind], body: Buffer.alloc(turn % 5 === 0 ? 100_000 : 500, kind) }))
            .messageId,
        );
      }
    };
    const loads = [load(), load(), load()];
    // Else what fails meanwhile would be nobody's.
    const failed = Promise.all(loads).then(
      () => undefined,
      (error: unknown) => error,
    );

    for (const node of nodes) {
      const before = sent.direct.length;
      await waitFor(() => sent.direct.length > before + 5, { what: "messages through the balancer" });
      await node.stop();
      await node.start();
      await waitFor(() => balancer.isReady(node), { what: "the node to be ready" });
    }
    over.abort();

    assert.equal(await failed, undefined);
    assert.equal(retried, 0);
    await assertEachOnce(balancer, sent);
    for (const { events } of nodes) {
      assert.deepEqual(events.of("server-troubled"), []);
      assert.equal(events.of("server-leaving").length, 1);
    }
  },
);

test("what a node did that is killed another does within the time of its leases, once", { skip }, async (t) => {
  const [one, two] = await startNodes(t, place);
  const sent = { direct: [], routed: [await send(two, "routed")], unroutable: [await send(two, "unroutable")] };
  await assertEachOnce(two, sent);
  assert.deepEqual(two.events.of("message-placed"), [], "the first node routes");

  await one.kill();
  for (const kind of ["routed", "unroutable"] as const) sent[kind].push(await send(two, kind));

  await assertEachOnce(two, sent);
  assert.equal(two.events.of("message-placed").length, 1);
  await waitFor(() => works(two).length === 4, { what: "all that the other did to be taken over" });
});

test(
  "a node that stood still for longer than its leases takes part again, and nothing is done twice",
  { skip },
  async (t) => {
    const [one, two] = await startNodes(t, place);
    const sent = { direct: [], routed: [await send(one, "routed")], unroutable: [await send(one, "unroutable")] };
    await assertEachOnce(one, sent);

    one.signal("SIGSTOP");
    for (const kind of ["routed", "unroutable"] as const) sent[kind].push(await send(two, kind));
    await assertEachOnce(two, sent);
    await waitFor(() => works(two).length === 4, { what: "all that the other did to be taken over" });
    one.signal("SIGCONT");
    for (const node of [one, two, one, two]) {
      for (const kind of ["routed", "unroutable"] as const) sent[kind].push(await send(node, kind));
    }

    await assertEachOnce(one, sent);
    await waitFor(() => one.events.of("work-left").length === 4);
    assert.ok(one.events.of("work-left").every(({ reason }) => reason === "lapsed"));
  },
);

test(
  "two nodes that both take routing and expiry for their own move each message on once, with one report",
  { skip },
  async (t) => {
    const shared = await newShared(place);
    const {
      host,
      port,
      tls,
      dataFolder: _,
      ...settings
    } = await defaultConfig(t, await testAuthority(), testDirectory());
    const events = recordEvents();
    const start = async (): Promise<ReachableServer> => {
      const serving = await serve({ ...settings, ...shared }, [{ host, port, tls }], {
        demographics: embeddedDemographics(testDirectory()),
        emit: events.emit,
      });
      atEnd(t, () => serving.close());
      serving.context.keeping.isOurs = async () => true;
      const config = { ...settings, host, port, tls, dataFolder: "" };
      return { url: serving.urls[0]!, config, authority: await testAuthority(), clock: undefined };
    };
    const nodes = [await start(), await start()];
    const sent: Record<Kind, MessageId[]> = { direct: [], routed: [], unroutable: [] };

    await Promise.all(
      Array.from({ length: 40 }, async (_each, index) => {
        const kind = index % 2 === 0 ? "routed" : "unroutable";
        sent[kind].push(await send(nodes[index % 3 === 0 ? 0 : 1]!, kind));
      }),
    );

    await assertEachOnce(nodes[0]!, sent);
    assert.equal(events.of("message-placed").length, sent.routed.length);
    assert.equal(events.of("report-placed").length, sent.unroutable.length);
    assert.deepEqual(events.of("server-troubled"), []);
  },
);

test(
  "a node whose clock is not PostgreSQL's says so, routes, dating nothing by it, and leaves what time alone does to one whose clock is",
  { skip },
  async (t) => {
    const shared = await newShared(place);
    const hours = 3;
    const ahead = (ms: number): number => ms + hours * 60 * 60 * 1000;
    const machineTime = { ...systemTime, wall: () => ahead(systemTime.wall()) };
    const clock = { now: () => new Date(ahead(Date.now())) };
    const wrong = await startTestServer(t, { config: { ...shared, node: "wrong" }, machineTime, clock });
    const doubted = await wrong.events.next("clock-doubted");
    assert.equal(doubted.reason, "the clock is 180 minutes ahead of PostgreSQL's");
    await waitFor(() => wrong.events.of("work-left").length === 3, { what: "the works of time to be given up" });

    const right = await startTestServer(t, { config: { ...shared, node: "right" } });
    await waitFor(() => works(right).length === 3);
    assert.deepEqual(works(right), ["bodies", "expiry", "tokens"]);
    const sent = [await send(right, "routed"), await send(right, "unroutable")];
    await wrong.events.next("message-placed");
    sent.push((await wrong.events.next("report-placed")).reportId);
    await using store = await openPostgresStore({ url: shared.store!, node: "looks" });
    for (const messageId of sent) {
      const { changedAt } = (await store.findAnywhere(messageId))!;
      assert.ok(changedAt.getTime() < Date.now() + 60_000, `${changedAt.toISOString()} is by the clock that is wrong`);
    }
    assert.deepEqual(right.events.of("clock-doubted"), []);
  },
);

test(
  "a mailbox that is closed at one node takes nothing more at the other, and is opened likewise",
  { skip },
  async (t) => {
    const [one, two] = await startNodes(t, place);
    await send(two, "direct");

    await one.operate("closeMailbox", pharmacy, "moves to another system");
    await assert.rejects(send(two, "direct"), (error) => error instanceof MeshClientError && error.status === 417);
    assert.deepEqual(
      ((await two.operate("closedMailboxes")) as { value: { mailboxId: MailboxId }[] }).value.map(
        (closed) => closed.mailboxId,
      ),
      [pharmacy],
    );
    await two.operate("openMailbox", pharmacy);
    await send(one, "direct");
    assert.equal((await inbox(two, pharmacy)).length, 2);
  },
);

test(
  "nodes whose PostgreSQL or S3 goes away are alive and not ready, and ready again with no start and no request",
  { skip },
  async (t) => {
    const own = { postgres: await startPostgres(t), s3: await startS3(t) };
    const nodes = await startNodes(t, own);
    const all = async (status: number): Promise<boolean> =>
      (await Promise.all(nodes.map(readiness))).every((answer) => answer.status === status);
    assert.ok(await all(200));

    await own.postgres.kill();
    await waitFor(() => all(503), { what: "nodes that are not ready" });
    assert.deepEqual((await readiness(nodes[0])).json, { status: "not ready", failing: ["store"] });
    await assert.rejects(send(nodes[1], "direct"), (error) => error instanceof MeshClientError && error.status === 503);
    await own.postgres.start();
    await waitFor(() => all(200), { timeoutMs: 30_000, what: "nodes that are ready" });

    await own.s3.kill();
    await using client = await testClient(nodes[0], sender, { retries: { attempts: 1 } });
    const large = { ...envelopes.direct, body: Buffer.alloc(100_000) };
    await assert.rejects(client.send(large), (error) => error instanceof MeshClientError && error.status === 503);
    // Small messages go on, so it is not taken out.
    const away = await readiness(nodes[0]);
    assert.deepEqual([away.status, away.json], [200, { status: "ready", failing: ["bodies"] }]);
    await own.s3.start();
    await waitFor(async () => JSON.stringify((await readiness(nodes[0])).json) === '{"status":"ready"}', {
      timeoutMs: 30_000,
      what: "bodies that are taken",
    });

    assert.ok(await send(nodes[1], "routed"));
    await waitFor(async () => (await inbox(nodes[0], practice)).length === 1, { timeoutMs: OVER_MS });
    assert.deepEqual(
      nodes.flatMap(({ events }) => events.of("server-failed")),
      [],
    );
  },
);

function works(node: Pick<ServerProcess, "events">): string[] {
  return node.events
    .of("work-taken")
    .map(({ work }) => work)
    .toSorted();
}
