// Several nodes of one PostgreSQL, each with a machine of its own whose time is put: who does what, and what is told of them.

import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";

import { type NodeWork, systemClock } from "@restante/mesh";
import {
  atEnd,
  type Postgres,
  postgresMissing,
  type RecordedEvents,
  recordEvents,
  startPostgres,
  startStandby,
  waitFor,
} from "@restante/testbed";

import { beginMove } from "../../src/move/progress.ts";
import type { AlikeSettings } from "../../src/store/postgres/alike.ts";
import { askToWrite, connect, type Database } from "../../src/store/postgres/database.ts";
import { type Lease, LEASE_MS, nextMove, works } from "../../src/store/postgres/leases.ts";
import { NOW } from "../../src/store/postgres/node-time.ts";
import { type Node, type NodeOptions, openNode } from "../../src/store/postgres/nodes.ts";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/store.ts";
import { systemTime } from "../../src/time/machine-time.ts";
import { startWire } from "./wire.ts";

const skip = postgresMissing ?? false;
let postgres: Postgres;
if (postgresMissing === undefined) {
  postgres = await startPostgres({ after: (end: () => unknown) => after(() => end()) });
}

const settings: AlikeSettings = {
  sharedKey: "a key",
  mailboxes: [{ mailboxId: "A", name: "A", odsCode: "A", password: "a password" }],
  workflows: [{ workflowId: "W", senders: ["*"], receivers: ["A"] }],
  bodies: "s3://bodies/prod",
  s3: { endpoint: "https://s3.example" },
};

interface NodeUnderTest extends Node {
  readonly events: RecordedEvents;
  /** How far its machine's uptime and clock are ahead. */
  readonly machine: { uptime: number; wall: number };
}

async function newDatabase(): Promise<string> {
  const url = await postgres.createDatabase();
  const store = await openPostgresStore({ url, node: "first" });
  await store[Symbol.asyncDispose]();
  return url;
}

async function startNode(
  t: TestContext,
  url: string,
  { wall = 0, ...options }: Partial<NodeOptions> & { wall?: number } = {},
): Promise<NodeUnderTest> {
  const events = recordEvents();
  const machine = { uptime: 0, wall };
  const node = await openNode({
    database: connect(url, 1),
    name: "one",
    settings,
    machine: {
      ...systemTime,
      uptime: () => performance.now() + machine.uptime,
      wall: () => systemTime.wall() + machine.wall,
    },
    clock: systemClock,
    emit: events.emit,
    ...options,
  });
  atEnd(t, () => node.close());
  return { ...node, events, machine };
}

async function held(node: Node): Promise<NodeWork[]> {
  const answers = await Promise.all(works.map(async (work) => ({ work, ours: await node.isOurs(work) })));
  return answers.filter(({ ours }) => ours).map(({ work }) => work);
}

/** By whoever looks at the store: with this, a node that joined is taken for one that has been there for a while. */
async function makeOlder(url: string): Promise<void> {
  const database = connect(url, 1);
  await askToWrite(database, `UPDATE node SET started_at = started_at - ${LEASE_MS}`);
  await database.close();
}

test("the next move spreads what is held, ends, and gives nothing to a node that has just come or cannot do it", () => {
  const ids = ["a", "b", "c", "d", "e", "f"];
  for (let nodes = 1; nodes <= ids.length; nodes += 1) {
    const there = ids.slice(0, nodes);
    let leases: Lease[] = works.map((work) => ({ work, node: "", left: 0 }));
    const candidates = there.map((id) => ({ id, unable: [], isSettled: true }));
    let moves = 0;
    for (let quiet = 0; quiet < nodes;) {
      const me = there[moves % nodes]!;
      const { take, handOver } = nextMove(me, new Set(), leases, candidates);
      moves += 1;
      quiet = take.length + (handOver === undefined ? 0 : 1) === 0 ? quiet + 1 : 0;
      leases = leases.map((lease) =>
        take.includes(lease.work)
          ? { ...lease, node: me, left: 1 }
          : lease.work === handOver?.work
            ? { ...lease, node: handOver.to }
            : lease,
      );
      assert.ok(moves < 100, "it ends");
    }
    const counts = there.map((id) => leases.filter(({ node }) => node === id).length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${nodes} nodes: ${counts.join()}`);
  }
  const all: Lease[] = works.map((work) => ({ work, node: "a", left: 1 }));
  const move = (candidate: object): unknown =>
    nextMove("a", new Set(), all, [{ id: "b", unable: [], isSettled: true, ...candidate }]).handOver;
  assert.deepEqual(move({}), { work: "routing", to: "b" });
  assert.deepEqual(move({ unable: ["routing"] }), { work: "expiry", to: "b" });
  assert.equal(move({ unable: works }), undefined);
  assert.equal(move({ isSettled: false }), undefined);
});

test(
  "each work has one node, they are spread over the nodes that stay, and one that closes leaves its own at once",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const one = await startNode(t, url);
    assert.deepEqual(await held(one), works);
    assert.deepEqual(
      one.events.all.map(({ event }) => event),
      ["node-joined", ...works.map(() => "work-taken")],
    );
    const two = await startNode(t, url, { name: "two" });
    assert.deepEqual(await held(two), []);

    await makeOlder(url);
    await waitFor(async () => (await held(two)).length === 2, { what: "the second node to hold its share" });
    assert.deepEqual([...(await held(one)), ...(await held(two))].toSorted(), works.toSorted());
    assert.deepEqual(
      one.events.of("work-left").map(({ reason }) => reason),
      ["handed-over", "handed-over"],
    );

    await two.close();
    await waitFor(async () => (await held(one)).length === works.length, { timeoutMs: LEASE_MS / 2 });
  },
);

test(
  "a node that stood still for longer than its leases knows it before anybody tells it, and takes nothing back",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const [one, two] = [await startNode(t, url), await startNode(t, url, { name: "two" })];
    assert.deepEqual([await held(one), await held(two)], [works, []]);

    // All of a minute has gone by for this one, in one turn.
    one.machine.uptime += 60_000;
    assert.deepEqual(await held(one), []);
    const database = connect(url, 1);
    atEnd(t, () => database.close());
    await askToWrite(database, "UPDATE lease SET until = 1");

    await waitFor(async () => (await held(one)).length + (await held(two)).length === works.length);
    const [row] = await database.ask("SELECT count(DISTINCT work) AS works FROM lease WHERE until > 1");
    assert.equal(row?.["works"], works.length);
  },
);

test(
  "where PostgreSQL's clock was put back, what a dead node held is taken at once, and it is handed nothing",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const database = connect(url, 1);
    atEnd(t, () => database.close());
    const later = `${NOW} + ${20 * 60_000}`;
    await askToWrite(database, `INSERT INTO node VALUES ('0', 'dead', '1', 0, ${later}, 0, '[]', '{}')`);
    await askToWrite(database, `UPDATE lease SET node = '0', until = ${later}`);

    const [one, two] = [await startNode(t, url), await startNode(t, url, { name: "two" })];
    assert.deepEqual(await held(one), works);
    await makeOlder(url);
    await waitFor(async () => (await held(two)).length === 2, { what: "the second node to hold its share" });
    assert.deepEqual([...(await held(one)), ...(await held(two))].toSorted(), works.toSorted());
    assert.equal(one.events.of("work-left").length, 2);

    // Theirs likewise: a node goes on with what it holds by its machine's uptime, and renews it by the clock of now.
    await askToWrite(database, `UPDATE lease SET until = ${later}`);
    const ends = `SELECT 1 FROM lease WHERE until > ${NOW} + ${LEASE_MS}`;
    await waitFor(async () => (await database.ask(ends)).length === 0, { what: "leases of the clock of now" });
    assert.equal((await database.ask(`SELECT 1 FROM lease WHERE node = '0'`)).length, 0);
  },
);

test(
  "a node that may not start, as a move into its database began meanwhile, leaves nothing there that another waits for",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const database = connect(url, 1);
    atEnd(t, () => database.close());
    await beginMove(database, { moveId: "M", source: "folder", bodies: "bodies", seen: undefined, now: new Date() });

    await assert.rejects(startNode(t, url), { code: "store-moving" });

    assert.deepEqual(await database.ask("SELECT FROM node"), []);
    assert.deepEqual(await database.ask("SELECT work FROM lease WHERE until > 0"), []);
  },
);

test("a node says of a database of which a table was not restored that it is not whole", { skip }, async (t) => {
  const url = await newDatabase();
  const database = connect(url, 1);
  atEnd(t, () => database.close());
  await askToWrite(database, "DELETE FROM digest_salt");

  await assert.rejects(startNode(t, url), { code: "store-damaged", message: /digest_salt is empty/ });
});

test("what a node cannot do now another does, and it gets none of it while it cannot", { skip }, async (t) => {
  const url = await newDatabase();
  const [one, two] = [await startNode(t, url), await startNode(t, url, { name: "two" })];

  assert.equal(await one.isOurs("expiry", false), false);
  await waitFor(async () => two.isOurs("expiry"));
  assert.deepEqual(
    one.events.of("work-left").map(({ work, reason }) => [work, reason]),
    [["expiry", "cannot-now"]],
  );
  await two.close();
  await waitFor(async () => !(await one.isOurs("expiry", false)) && (await one.isOurs("routing")));
  await waitFor(async () => one.isOurs("expiry"), { what: "the work to be done again by one that can" });
});

test(
  "while PostgreSQL is away no node holds anything for longer than its leases, and all is well again without a start",
  { skip },
  async (t) => {
    const own = await startPostgres(t);
    const url = await own.createDatabase();
    const store = await openPostgresStore({ url, node: "first" });
    atEnd(t, () => store[Symbol.asyncDispose]());
    const one = await startNode(t, url);
    assert.equal(one.isWell(), true);

    await own.kill();
    await waitFor(() => !one.isWell());
    one.machine.uptime += LEASE_MS;
    await assert.rejects(one.isOurs("routing"), { code: "store-busy" });
    await assert.rejects(store.seeTime({ wall: 0, uptime: 0, boot: "", reference: 0, steady: 0, lag: 0 }));
    await assert.rejects(store.closeMailbox({ mailboxId: "A" as never, closedAt: new Date(), reason: "none" }));
    assert.notEqual(store.trouble(), undefined);

    await own.start();
    await waitFor(() => one.isWell() && store.trouble() === undefined, { timeoutMs: 30_000 });
    assert.deepEqual(await waitFor(async () => (await held(one)).length === 4 && (await held(one))), works);
  },
);

test(
  "a node whose writes wait for a standby that is gone has one that waits, however often it looks, and goes on with it",
  { skip },
  async (t) => {
    const own = await startPostgres(t);
    const url = await own.createDatabase();
    await (await openPostgresStore({ url, node: "first" }))[Symbol.asyncDispose]();
    const wire = await startWire(t, url);
    const one = await startNode(t, wire.url);
    const standby = await startStandby(t, own);
    const waiting = async (): Promise<number> =>
      (await own.ask("SELECT FROM pg_stat_activity WHERE wait_event IN ('SyncRep', 'transactionid')")).length;

    await standby.postgres.stop();
    for (let turn = 0; turn < 2; turn += 1) {
      await waitFor(async () => (await waiting()) === 1, { what: "what waits" });
      wire.cut();
      one.machine.uptime += LEASE_MS;
      await waitFor(() =>
        one.isOurs("routing").then(
          () => false,
          ({ message }: Error) => /it waits/.test(message),
        ),
      );
    }
    assert.equal(await waiting(), 1);

    await standby.postgres.start();
    await waitFor(async () => one.isWell() && (await held(one)).length === works.length, { timeoutMs: 2 * LEASE_MS });
    // Later there is no standby.
    await one.close();
  },
);

test(
  "a node to whose questions nothing comes back does not say that all is well, nor that another does its work",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const real = connect(url, 1);
    const silence = Promise.withResolvers<void>();
    let silent = false;
    const database: Database = {
      ...real,
      async ask(sql, values) {
        if (silent) await silence.promise;
        return real.ask(sql, values);
      },
    };
    const one = await startNode(t, url, { database });
    assert.equal(one.isWell(), true);

    silent = true;
    await waitFor(() => !one.isWell());
    one.machine.uptime += LEASE_MS;
    await assert.rejects(one.isOurs("routing"), { code: "store-busy" });
    silence.resolve();
    await waitFor(() => one.isWell());
    assert.deepEqual(await held(one), works);
  },
);

test(
  "a node whose settings are not those of another says which, and names it, and the store has no secret of it",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const one = await startNode(t, url);
    const same = {
      ...settings,
      match: "spine",
      bodies: "s3://bodies/prod/",
      s3: { endpoint: "https://s3.example/" },
      workflows: [{ workflowId: "W", receivers: ["A"], senders: ["*"] }],
    } as const;
    const two = await startNode(t, url, { name: "two", settings: same });
    const [mailbox] = settings.mailboxes;
    const other = { ...settings, collectWithinDays: 6, mailboxes: [{ ...mailbox!, password: "another" }] };
    const three = await startNode(t, url, { name: "three", settings: other });

    const told = await waitFor(() => {
      const events = one.events.of("nodes-differ");
      return events.length >= 2 && events;
    });
    assert.deepEqual(
      told.map(({ setting, nodes }) => [setting, nodes]),
      [
        ["sharedKey, mailboxes/*/password", ["three"]],
        ["collectWithinDays", ["three"]],
      ],
    );
    assert.deepEqual(three.events.of("nodes-differ")[0]?.nodes, ["one", "two"]);
    assert.equal(
      two.events.of("nodes-differ").every(({ nodes }) => nodes.join() === "three"),
      true,
    );

    const database = connect(url, 1);
    atEnd(t, () => database.close());
    const rows = JSON.stringify(await database.ask("SELECT * FROM node"));
    assert.doesNotMatch(rows, /a key|a password|another/);
    await three.close();
    await one.events.next("nodes-agree");
  },
);

test(
  "a node whose clock is not that of PostgreSQL says so, and one whose clock is says nothing",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const hours = (count: number): number => count * 60 * 60 * 1000;
    const [right, ahead, behind] = await Promise.all([
      startNode(t, url, { wall: hours(0.9) }),
      startNode(t, url, { wall: hours(1.5) }),
      startNode(t, url, { wall: hours(-3) }),
    ]);

    assert.equal(right.clockDoubt(), undefined);
    assert.equal(ahead.clockDoubt(), "the clock is 90 minutes ahead of PostgreSQL's");
    assert.equal(behind.clockDoubt(), "the clock is 180 minutes behind PostgreSQL's");
    behind.machine.wall = 0;
    await waitFor(() => behind.clockDoubt() === undefined);
  },
);

test(
  "rows of nodes that have not been seen for a week go with the next start, and those of machines after 90 days",
  { skip },
  async (t) => {
    const url = await newDatabase();
    const database = connect(url, 1);
    atEnd(t, () => database.close());
    await askToWrite(database, `INSERT INTO node VALUES ('gone', 'gone', '1', 0, 0, 0, '[]', '{}')`);
    await askToWrite(database, `INSERT INTO machine_time VALUES ('gone', '{"wall": 12.5}')`);

    const one = await startNode(t, url);
    assert.deepEqual(await database.ask("SELECT id FROM node"), [{ id: one.id }]);
    assert.deepEqual(await database.ask("SELECT node FROM machine_time"), []);
    await one.close();
    assert.deepEqual(await database.ask("SELECT id FROM node"), []);
  },
);

test(
  "a node of a new name, or that was off for days, goes on from what the others last saw of the time, but for a clock that is doubted or ahead",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const store = async (node: string): Promise<PostgresStore> => {
      const opened = await openPostgresStore({ url, node });
      atEnd(t, () => opened[Symbol.asyncDispose]());
      return opened;
    };
    const seen = { uptime: 0, boot: "one", reference: 0, steady: 0, lag: 0 };
    const days = (count: number): number => Date.now() + count * 24 * 60 * 60 * 1000;
    const [one, two, three, four] = await Promise.all(["one", "two", "three", "four"].map(store));
    assert.equal(await one!.seenTime(), undefined);
    await one!.seeTime({ ...seen, wall: days(-4) });
    await two!.seeTime({ ...seen, wall: days(-1), doubt: "it jumped" });
    await three!.seeTime({ ...seen, wall: days(40) });

    assert.deepEqual((await four!.seenTime())?.boot, "one");
    assert.equal((await four!.seenTime())?.doubt, undefined);
    assert.ok(((await four!.seenTime())?.wall ?? 0) < days(-3));
    assert.equal((await two!.seenTime())?.doubt, "it jumped");

    await four!.seeTime({ ...seen, boot: "four", wall: days(0) });
    assert.equal((await one!.seenTime())?.boot, "four", "a node ran meanwhile");
    await one!.seeTime({ ...seen, wall: days(-2) });
    assert.equal((await one!.seenTime())?.boot, "one", "its own machine's uptime says more");
  },
);
