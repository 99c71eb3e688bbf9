// Who of many nodes does what time brings. Each work has one row, and in it the node that does it and until when, by the database's
// clock. A row changes by one statement that says what it must be before, so that of two nodes that want a work one has it.
//
//   free     its time is over, or further off than any lease lasts: then the database's clock was put back, as by a failover.
//            Whichever node that can do it looks first takes it.
//   held     its node renews it long before its time is over.
//   lapsed   its node was stopped, or cut off from the database, until its time was over: free, and its node knows it by its own
//            machine's uptime, which goes on meanwhile, and which nobody can put.
// A node gives a work up where it cannot do it now, and when it closes. It hands one over, whole and without a moment of being
// free, to a node that has been there for a while and holds at least two fewer: so they are spread, and then nothing moves.
//
// No lease keeps a message from being moved on twice: each change is applied only from the state that it starts from, also if a node
// goes on with one message after its time, or if the database's clock jumps and two hold the same. That is wasteful, and harmless.

import type { NodeWork, WorkLeft } from "@restante/mesh";

import type { Row } from "./database.ts";
import { NOW } from "./node-time.ts";

/** As the rows of `lease`. */
export const works: readonly NodeWork[] = ["routing", "expiry", "tokens", "bodies"];

export const LEASE_MS = 10_000;
/** What a node takes off its own leases, for clocks that do not run alike. */
const MARGIN_MS = 2_000;

export interface Lease {
  readonly work: NodeWork;
  readonly node: string;
  /** How much of it is left; a free one has none, or more than a lease has. */
  readonly left: number;
}

export interface Candidate {
  readonly id: string;
  readonly unable: readonly string[];
  /** It has been there for a while: one that starts again and again is handed nothing. */
  readonly isSettled: boolean;
}

export interface Move {
  /** To give up. */
  readonly release: readonly NodeWork[];
  readonly take: readonly NodeWork[];
  /** One at a time. */
  readonly handOver?: { work: NodeWork; to: string };
}

function isHeld({ left }: Lease): boolean {
  return left > 0 && left <= LEASE_MS;
}

/** What a node is to do, as things stand. */
export function nextMove(
  me: string,
  unable: ReadonlySet<NodeWork>,
  leases: readonly Lease[],
  candidates: readonly Candidate[],
): Move {
  const held = (node: string): NodeWork[] =>
    leases.filter((lease) => lease.node === node && isHeld(lease)).map(({ work }) => work);
  const mine = held(me);
  const release = mine.filter((work) => unable.has(work));
  const take = leases.filter((lease) => !isHeld(lease) && !unable.has(lease.work)).map(({ work }) => work);
  if (release.length > 0 || take.length > 0) return { release, take };
  const [poorest] = candidates
    .filter(({ id, isSettled }) => id !== me && isSettled && held(id).length <= mine.length - 2)
    .flatMap(({ id, unable: not }) => {
      const work = mine.find((each) => !not.includes(each));
      return work === undefined ? [] : [{ work, to: id, holds: held(id).length }];
    })
    .toSorted((a, b) => a.holds - b.holds || (a.to < b.to ? -1 : 1));
  return { release, take, ...(poorest !== undefined && { handOver: { work: poorest.work, to: poorest.to } }) };
}

export interface Leases {
  /** Whether this node holds it now, by its own machine's uptime. */
  holds(work: NodeWork): boolean;
  /** Whether it held it, and does not know of another that has it. */
  held(work: NodeWork): boolean;
  renew(): Promise<void>;
  /** Looks who holds what, and makes the next move. */
  spread(unable: ReadonlySet<NodeWork>, candidates: readonly Candidate[]): Promise<void>;
  releaseAll(): Promise<void>;
}

export function createLeases({
  me,
  ask,
  write,
  uptime,
  onTaken,
  onLeft,
}: {
  me: string;
  ask: (sql: string, values: readonly unknown[]) => Promise<Row[]>;
  /** As `ask`, of what writes. */
  write: (sql: string, values: readonly unknown[]) => Promise<Row[]>;
  /** Of the machine, in milliseconds. */
  uptime: () => number;
  onTaken: (work: NodeWork) => void;
  onLeft: (work: NodeWork, why: WorkLeft) => void;
}): Leases {
  /** Until when, by the machine's uptime. */
  const mine = new Map<NodeWork, number>();

  /** @param sent before it was asked for: what is left of it began no sooner */
  function keep(work: NodeWork, sent: number, left: number): void {
    const isNew = !mine.has(work);
    mine.set(work, sent + left - MARGIN_MS);
    if (isNew) onTaken(work);
  }

  function leave(work: NodeWork, why: WorkLeft): void {
    if (mine.delete(work)) onLeft(work, why);
  }

  async function release(work: NodeWork): Promise<void> {
    leave(work, "cannot-now");
    await write("UPDATE lease SET until = 0 WHERE work = $1 AND node = $2", [work, me]);
  }

  async function take(work: NodeWork): Promise<void> {
    const sent = uptime();
    const taken = await write(
      `UPDATE lease SET node = $2, until = ${NOW} + ${LEASE_MS}
       WHERE work = $1 AND (until <= ${NOW} OR until > ${NOW} + ${LEASE_MS}) RETURNING work`,
      [work, me],
    );
    if (taken.length > 0) keep(work, sent, LEASE_MS);
  }

  async function handOver(work: NodeWork, to: string): Promise<void> {
    leave(work, "handed-over");
    await write(`UPDATE lease SET node = $3, until = ${NOW} + ${LEASE_MS} WHERE work = $1 AND node = $2`, [
      work,
      me,
      to,
    ]);
  }

  return {
    holds: (work) => uptime() < (mine.get(work) ?? -Infinity),
    held: (work) => mine.has(work),
    async renew() {
      const sent = uptime();
      const rows = await write(
        `UPDATE lease SET until = ${NOW} + ${LEASE_MS} WHERE node = $1 AND until > 0 RETURNING work`,
        [me],
      );
      const renewed = new Set(rows.map((row) => row["work"] as NodeWork));
      for (const work of mine.keys()) if (!renewed.has(work)) leave(work, "lapsed");
      for (const work of works) if (renewed.has(work)) keep(work, sent, LEASE_MS);
    },
    async spread(unable, candidates) {
      const sent = uptime();
      const rows = await ask(`SELECT work, node, until - ${NOW} AS left FROM lease WHERE work = ANY($1)`, [works]);
      const leases = rows.map((row) => row as unknown as Lease);
      for (const lease of leases) {
        if (lease.node !== me) leave(lease.work, "lapsed");
        else if (isHeld(lease)) keep(lease.work, sent, lease.left);
      }
      const move = nextMove(me, unable, leases, candidates);
      for (const work of move.release) await release(work);
      for (const work of move.take) await take(work);
      if (move.handOver !== undefined) await handOver(move.handOver.work, move.handOver.to);
    },
    async releaseAll() {
      for (const work of mine.keys()) leave(work, "closing");
      await write("UPDATE lease SET until = 0 WHERE node = $1", [me]);
    },
  };
}
