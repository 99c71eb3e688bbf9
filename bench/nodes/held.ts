// A transaction that is held open elsewhere, which keeps vacuum from taking away what went, while one node works: cycles in one mailbox,
// the hardest. In turns with the same on a database beside it, which nobody holds: PostgreSQL holds back each database for itself.

import type { Postgres } from "@restante/testbed";

import { isWithin, median, table } from "../measure.ts";
import { type Database, newDatabase, openDatabase } from "./database.ts";
import { type MeasuredNode, startNode } from "./start-node.ts";
import { mailboxes } from "./work.ts";

const AT_A_TIME = 32;
const bound = 0.9;
const TABLES = `SELECT coalesce(parentrel.relname, relation.relname) AS name, sum(n_live_tup)::int AS live, sum(n_dead_tup)::int AS dead,
    sum(pg_total_relation_size(relation.oid))::bigint AS bytes
  FROM pg_class AS relation JOIN pg_stat_all_tables AS stat ON stat.relid = relation.oid
  LEFT JOIN pg_inherits ON inhrelid = relation.oid LEFT JOIN pg_class AS parentrel ON parentrel.oid = inhparent
  WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind = 'r' GROUP BY 1`;

export async function measureHeld(postgres: Postgres, minutes: number, cycles: number): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const begin = async (name: string): Promise<{ database: Database; node: MeasuredNode; perSecond: number[] }> => {
    const database = await newDatabase(closing, postgres);
    const task = { url: database.url, bareUrl: database.url, name, connections: 10 };
    return { database, node: closing.use(await startNode(task)), perSecond: [] };
  };
  const [held, control] = [await begin("held"), await begin("control")];
  const turn = async ({ node, perSecond }: typeof held): Promise<void> => {
    const [only] = mailboxes;
    const { ms } = await node.ask({ ask: "run", kind: "cycles", count: cycles, atATime: AT_A_TIME, only: only! });
    perSecond.push((cycles * 1000) / ms);
  };
  for (const each of [held, control]) await turn(each);
  for (const each of [held, control]) each.perSecond.length = 0;
  const holder = await openDatabase(closing, held.database.url);
  // With a number of its own, and with what it sees fixed.
  await holder.ask("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_current_xact_id(); SELECT count(*) FROM message");
  const end = performance.now() + minutes * 60_000;
  for (let round = 0; performance.now() < end; round += 1) {
    for (const each of round % 2 === 0 ? [held, control] : [control, held]) await turn(each);
  }
  const fifth = Math.max(1, Math.floor(held.perSecond.length / 5));
  const ratioOf = (from: number, to?: number): number =>
    median(held.perSecond.slice(from, to).map((rate, index) => rate / control.perSecond.slice(from, to)[index]!));
  const atEnd = ratioOf(-fifth);
  isWithin(`held open for ${minutes} minutes`, "cycles at the end, of a control's", atEnd, { atLeast: bound });
  console.log(
    table(
      [
        `held open for ${minutes} minutes`,
        "cycles of each",
        "of a control: first fifth",
        `last (${bound})`,
        "a second: held, control",
      ],
      [
        [
          "",
          String(held.perSecond.length * cycles),
          ratioOf(0, fifth).toFixed(2),
          atEnd.toFixed(2),
          [held, control].map(({ perSecond }) => median(perSecond.slice(-fifth)).toFixed(0)).join(", "),
        ],
      ],
    ),
  );
  await tellOfTables(held.database, control.database);
  await holder.ask("ROLLBACK");
}

async function tellOfTables(held: Database, control: Database): Promise<void> {
  const [ofHeld, ofControl] = [await held.ask(TABLES), await control.ask(TABLES)];
  const cells = ofHeld
    .filter((row) => (row["live"] as number) + (row["dead"] as number) > 0)
    .toSorted((a, b) => (b["dead"] as number) - (a["dead"] as number))
    .map((row) => {
      const other = ofControl.find((each) => each["name"] === row["name"]);
      const both = (name: string, unit = 1): string =>
        [row, other].map((each) => (Number(each?.[name] ?? 0) / unit).toFixed(0)).join(", ");
      return [String(row["name"]), both("live"), both("dead"), both("bytes", 1000)];
    });
  console.log(`${table(["rows: held, control", "live", "dead", "KB with indexes"], cells)}\n`);
}
