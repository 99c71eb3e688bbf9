// Nodes, each a process with the store under load, against as many bare loops of the same statements, in turns.

import type { Postgres } from "@restante/testbed";

import { isWithin, median, table } from "../measure.ts";
import { newDatabase } from "./database.ts";
import type { Took } from "./node.ts";
import { readSpent, type Spent, spentSince, sumOf } from "./postgres-processes.ts";
import { type MeasuredNode, startNode } from "./start-node.ts";
import type { Kind } from "./work.ts";

export interface Sizes {
  readonly rounds: number;
  /** Of each node, in a turn. */
  readonly sends: number;
  readonly cycles: number;
  readonly atATime: number;
}

const CONNECTIONS = 10;
const bounds = { ofBare: 0.5, linear: 0.8 };

/** Of all nodes together, in one turn; times in microseconds for each of what was done. */
interface Turn {
  readonly perSecond: number;
  readonly ownCpu: number;
  readonly postgresCpu: Spent;
  readonly inGroup: number;
  readonly statements: number;
  /** Bytes of PostgreSQL's journal. */
  readonly journal: number;
}

export async function measureThroughput(postgres: Postgres, sizes: Sizes): Promise<void> {
  for (const kind of ["sends", "cycles"] as const) {
    const rows: { nodes: number; store: Turn[]; bare: Turn[] }[] = [];
    for (const nodes of [1, 2, 4]) rows.push({ nodes, ...(await turns(postgres, kind, nodes, sizes)) });
    tell(kind, rows);
  }
}

async function turns(
  postgres: Postgres,
  kind: Kind,
  count: number,
  { rounds, atATime, ...each }: Sizes,
): Promise<{ store: Turn[]; bare: Turn[] }> {
  await using closing = new AsyncDisposableStack();
  const [database, bare] = [await newDatabase(closing, postgres), await newDatabase(closing, postgres)];
  const nodes: MeasuredNode[] = [];
  for (let index = 0; index < count; index += 1) {
    const task = { url: database.url, bareUrl: bare.url, name: `node-${index}`, connections: CONNECTIONS };
    nodes.push(closing.use(await startNode(task)));
  }
  const done: { store: Turn[]; bare: Turn[] } = { store: [], bare: [] };
  const operations = each[kind];
  for (let round = 0; round <= rounds; round += 1) {
    const store = await turn(postgres, operations * count, () =>
      Promise.all(nodes.map((node) => node.ask({ ask: "record", kind, count: operations, atATime }))),
    );
    const again = await turn(postgres, operations * count, () =>
      Promise.all(nodes.map((node) => node.ask({ ask: "replay" }))),
    );
    // The first warms up.
    if (round > 0) done.store.push(store);
    if (round > 0) done.bare.push(again);
  }
  return done;
}

async function turn(postgres: Postgres, operations: number, run: () => Promise<Took[]>): Promise<Turn> {
  const journal = async (): Promise<number> =>
    Number((await postgres.ask("SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes"))[0]!["bytes"]);
  const journalBefore = await journal();
  const before = readSpent(postgres);
  const start = performance.now();
  const took = await run();
  const seconds = (performance.now() - start) / 1000;
  const spent = spentSince(before, readSpent(postgres));
  const of = (ms: number): number => (ms * 1000) / operations;
  const sum = (figure: "cpu" | "transactions" | "statements"): number =>
    took.reduce((all, one) => all + one[figure], 0);
  return {
    perSecond: operations / seconds,
    ownCpu: of(sum("cpu")),
    postgresCpu: { sessions: of(spent.sessions), writers: of(spent.writers), vacuum: of(spent.vacuum) },
    inGroup: operations / sum("transactions"),
    statements: sum("statements") / operations,
    journal: ((await journal()) - journalBefore) / operations,
  };
}

interface Found {
  readonly nodes: number;
  readonly store: readonly Turn[];
  readonly bare: readonly Turn[];
}

function of(turns: readonly Turn[], figure: (turn: Turn) => number): number {
  return median(turns.map(figure));
}

function tell(kind: Kind, rows: readonly Found[]): void {
  const one = rows[0]!;
  const cells = rows.map(({ nodes, store, bare }) => {
    const ofBare = median(store.map((turn, round) => turn.perSecond / bare[round]!.perSecond));
    // Where PostgreSQL has processors to spare, so many nodes do as many times more as each needs no more of it than one alone. What the
    // bare loops themselves, whose work is fixed, take more of a processor beside each other is the machine's, and is taken out.
    const plain = of(one.store, postgresOf) / of(store, postgresOf);
    const linear = plain * (of(bare, ownOf) / of(one.bare, ownOf));
    if (nodes === 1) isWithin(`1 node, ${kind}`, "a second, of the bare loop's", ofBare, { atLeast: bounds.ofBare });
    else
      isWithin(`${nodes} nodes, ${kind}`, "PostgreSQL's CPU for one, 1 node / these", linear, {
        atLeast: bounds.linear,
      });
    const rates = [store, bare].map((turns) => of(turns, ({ perSecond }) => perSecond).toFixed(0));
    const times = of(store, ({ perSecond }) => perSecond) / of(one.store, ({ perSecond }) => perSecond);
    return [`${nodes}`, ofBare.toFixed(2), rates.join(", "), times.toFixed(2), plain.toFixed(2), linear.toFixed(2)];
  });
  const head = [
    `${kind}: nodes`,
    `of as many bare loops (1: ${bounds.ofBare})`,
    "a second: store, bare",
    "times 1 node",
    "PostgreSQL's CPU: 1 node / these",
    `without the machine's (${bounds.linear})`,
  ];
  console.log(table(head, cells));
  console.log(`${table(["for one, us of: node, loop", ...COSTS], rows.map(costsOf))}\n`);
}

const COSTS = [
  "PostgreSQL: store, bare",
  "sessions, writers, vacuum",
  "busy nodes a core of PostgreSQL",
  "operations of a group",
  "statements",
  "KB of journal",
];

function costsOf({ store, bare }: Found): string[] {
  const both = (figure: (turn: Turn) => number): string =>
    [store, bare].map((turns) => of(turns, figure).toFixed(0)).join(", ");
  const parts = (["sessions", "writers", "vacuum"] as const).map((part) => of(store, (turn) => turn.postgresCpu[part]));
  return [
    both(ownOf),
    both(postgresOf),
    parts.map((each) => each.toFixed(0)).join(", "),
    (of(store, ownOf) / of(store, postgresOf)).toFixed(2),
    of(store, (turn) => turn.inGroup).toFixed(1),
    of(store, (turn) => turn.statements).toFixed(1),
    (of(store, (turn) => turn.journal) / 1000).toFixed(1),
  ];
}

function ownOf({ ownCpu }: Turn): number {
  return ownCpu;
}

function postgresOf(turn: Turn): number {
  return sumOf(turn.postgresCpu);
}
