// A node among others. Every second it looks who does what (leases.ts); every third it says that it is there, how its clock stands to
// the database's, and by digests with which settings, and reads what the others say.
//
// The id of a node is new at each start, so that a node that starts again takes nothing for its own that it held before. Its name is
// for people, and for what was seen of its machine's clock.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import { type Clock, type Emit, lastingTroubles, type NodeWork } from "@restante/mesh";

import { MeshServerError } from "../../errors.ts";
import { refuseBegun } from "../../move/progress.ts";
import { once } from "../../once.ts";
import type { MachineTime } from "../../time/machine-time.ts";
import { type AlikeSettings, differences, type Digests, digestsOf } from "./alike.ts";
import { askAgain, askToWrite, asStoreError, ConnectionLost, type Database, type Row } from "./database.ts";
import { type Candidate, createLeases, LEASE_MS } from "./leases.ts";
import { MOST_APART_MS, NOW } from "./node-time.ts";
import { asOpenError } from "./reach.ts";

const LOOK_MS = 1000;
const SAY_MS = 3000;
/** Longer without an answer, the database is away. */
const WELL_MS = 5000;
const DAY_MS = 24 * 60 * 60 * 1000;
const KEEP_NODES_MS = 7 * DAY_MS;
/** What is known of a machine's clock: who comes back later is held against the database's alone. */
const KEEP_MACHINES_MS = 90 * DAY_MS;
const NO_SALT = "The table digest_salt is empty, as no node leaves it: what was restored is not the whole database.";

export interface NodeOptions {
  /** Of this node alone, of one connection: leases wait for no message. It is closed with the node. */
  database: Database;
  name: string;
  settings: AlikeSettings;
  machine: MachineTime;
  /** Of what is told again and again. */
  clock: Clock;
  emit: Emit;
}

export interface Node {
  readonly id: string;
  /**
   * Whether this node does such work now. Rejects while it did, and cannot ask whether it still may.
   * @param able false: it cannot do it now, and so another does
   */
  isOurs(work: NodeWork, able?: boolean): Promise<boolean>;
  /** Why this machine's clock is not to be believed, if the database's is. */
  clockDoubt(): string | undefined;
  /** By so many milliseconds it is then before the database's, or behind it; 0 while it is to be believed. */
  clockApart(): number;
  /** The database answers, and takes what is written. */
  isWell(): boolean;
  /** Why it does not, in words; whoever asks nothing of it is told too. */
  trouble(): string | undefined;
  /** Gives up what it holds. */
  close(): Promise<void>;
}

/**
 * Resolves once it has said that it is there, and has taken what nobody held.
 * @throws {MeshServerError} `store-moving`: a move into the database began since its store was opened; `store-damaged`, `store-busy`
 */
export async function openNode({ database, name, settings, machine, clock, emit }: NodeOptions): Promise<Node> {
  const id = randomUUID();
  const troubles = lastingTroubles(clock);
  const unable = new Set<NodeWork>();
  const ask = (sql: string, values: readonly unknown[] = []): Promise<Row[]> => askAgain(database, sql, values);
  const write: typeof ask = (...asked) => askToWrite(database, ...asked);
  const leases = createLeases({
    me: id,
    ask,
    write,
    uptime: () => machine.uptime(),
    onTaken: (work) => emit({ event: "work-taken", work }),
    onLeft: (work, reason) => emit({ event: "work-left", work, reason }),
  });
  let saidAt = -Infinity;
  let said = "";
  let wellAt = -Infinity;
  let trouble: unknown;
  let doubt: string | undefined;
  let apartMs = 0;
  let digests: Digests = {};

  async function forgetOld(): Promise<void> {
    await write(`DELETE FROM node WHERE seen_at < ${NOW} - ${KEEP_NODES_MS}`);
    await write(`DELETE FROM machine_time WHERE (seen ->> 'wall')::numeric < ${NOW} - ${KEEP_MACHINES_MS}`);
  }

  /** How far this machine's clock is before the database's: no less than the one, no more than the other. */
  async function apart(): Promise<[number, number]> {
    const before = machine.wall();
    const [row] = await ask(`SELECT ${NOW} AS now`);
    const now = row!["now"] as number;
    return [before - now, machine.wall() - now];
  }

  async function sayThatItIsThere(): Promise<void> {
    const sent = machine.uptime();
    const [least, most] = await apart();
    doubt = whyDoubted(least, most);
    apartMs = Math.round((least + most) / 2);
    await write(
      `INSERT INTO node VALUES ($1, $2, $3, ${NOW}, ${NOW}, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET seen_at = ${NOW}, apart = excluded.apart, unable = excluded.unable`,
      [id, name, packageVersion(), apartMs, JSON.stringify([...unable]), JSON.stringify(digests)],
    );
    if (saidAt === -Infinity) emit({ event: "node-joined", node: name, nodeId: id });
    await leases.renew();
    saidAt = sent;
    said = Array.from(unable).join();
  }

  /** Of the others those that are there: one that was seen later than now died before the database's clock was put back. */
  async function look(): Promise<void> {
    const sent = machine.uptime();
    const isDue = sent - saidAt >= SAY_MS || said !== Array.from(unable).join();
    if (isDue) await sayThatItIsThere();
    const others = (
      await ask(
        `SELECT id, name, unable, CASE WHEN $2 THEN settings ELSE '{}' END AS settings, seen_at - started_at AS age FROM node
         WHERE seen_at > ${NOW} - ${LEASE_MS} AND seen_at <= ${NOW} + ${LEASE_MS} AND id <> $1`,
        [id, isDue],
      )
    ).map(readOther);
    await leases.spread(unable, others);
    if (isDue) tellDifferences(others);
    wellAt = sent;
  }

  function tellDifferences(others: readonly Other[]): void {
    const found = new Map(differences(digests, others).map(({ setting, nodes }) => [setting, nodes]));
    for (const setting of Object.keys(digests)) {
      const nodes = found.get(setting);
      const told = nodes === undefined ? troubles.over(setting) : troubles.met(setting, nodes.join());
      if (told === undefined) continue;
      if (nodes === undefined) emit({ event: "nodes-agree", setting, ...told });
      else emit({ event: "nodes-differ", setting, nodes, ...told });
    }
  }

  /** Why it is not known who holds what: also where nothing comes back. */
  function whyUnknown(): unknown {
    const isWaiting = looking !== undefined && machine.uptime() - began > WELL_MS;
    return trouble ?? (isWaiting ? new ConnectionLost("no answer") : undefined);
  }

  let began = -Infinity;
  let looking: Promise<void> | undefined;
  function lookAgain(): void {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
  }

  async function lookOnce(): Promise<void> {
    began = machine.uptime();
    try {
      await look();
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
  }

  async function giveUp(): Promise<void> {
    try {
      await leases.releaseAll();
      await write("DELETE FROM node WHERE id = $1", [id]);
    } catch {
      // They end by themselves.
    }
    await database.close();
  }

  try {
    const [row] = await ask("SELECT salt FROM digest_salt");
    if (row === undefined) throw new MeshServerError("store-damaged", NO_SALT);
    digests = await digestsOf(settings, row["salt"] as string);
    await forgetOld();
    await look();
    await refuseBegun(database);
  } catch (error) {
    await giveUp();
    throw asStoreError(error);
  }
  const timer = setInterval(lookAgain, LOOK_MS);

  return {
    id,
    async isOurs(work, able = true) {
      if (able) unable.delete(work);
      else unable.add(work);
      if (!able) return false;
      if (leases.holds(work)) return true;
      const unknown = leases.held(work) ? whyUnknown() : undefined;
      if (unknown !== undefined) throw asStoreError(unknown);
      return false;
    },
    clockDoubt: () => doubt,
    clockApart: () => (doubt === undefined ? 0 : apartMs),
    isWell: () => trouble === undefined && machine.uptime() - wellAt < WELL_MS,
    trouble() {
      const unknown = whyUnknown();
      return unknown === undefined ? undefined : asOpenError(unknown).message;
    },
    close: once(async () => {
      clearInterval(timer);
      await looking;
      await giveUp();
    }),
  };
}

interface Other extends Candidate {
  readonly name: string;
  readonly digests: Digests;
}

function readOther(row: Row): Other {
  return {
    id: row["id"] as string,
    name: row["name"] as string,
    unable: row["unable"] as string[],
    digests: row["settings"] as Digests,
    isSettled: (row["age"] as number) >= LEASE_MS,
  };
}

function whyDoubted(least: number, most: number): string | undefined {
  if (least > MOST_APART_MS) return `the clock is ${words(least)} ahead of PostgreSQL's`;
  if (most < -MOST_APART_MS) return `the clock is ${words(-most)} behind PostgreSQL's`;
  return undefined;
}

function words(milliseconds: number): string {
  return `${Math.round(milliseconds / 60_000)} minutes`;
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
