// A move of all that a data folder holds (a store of SQLite, bodies in files) into a PostgreSQL database and wherever the nodes on it
// keep bodies.
//
//   nothing    the old store is open: a server may start on it. The new one is empty.
//   copying    the new store has a row that says how far it is (progress.ts), and no server starts on it. The place of bodies is marked
//              as its own (keeping/whose-bodies.ts), and no other's server starts on that. The old one is held while this runs, and
//              as it was: between two runs a server may start on it, which ends this move.
//   verified   all was read from both, and is the same. Only this process knows: the next one reads it all again.
//   closed     the old store says where it went (sqlite/moved.ts), and no server, of whatever version, starts on it.
//              The next process reads it nevertheless, and compares again: a new store that failed over, or was put back, may have
//              lost some of what was copied, and that is copied anew.
//              One that has lost the whole move is a person's to decide on: nothing says whether servers ran on it.
//   open       servers start on the new store.
//
// Always true: no two servers can be started of which one writes the old store and one the new. A kill leaves the state before or
// after a step, and the same command goes on from it: nothing that a row names is copied twice. Before `closed` the way back is to
// start the old server; after it there is none, as what the new store took in is not in the old one.
//
// It fails for ever: each run says why, with the old store as it was. What was copied is of no use to anybody else, and goes with its
// database; bodies that no row names are swept by their age.

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join, resolve } from "node:path";

import { type Clock, systemClock } from "@restante/mesh";
import { DatabaseError } from "pg";

import type { S3Bodies } from "../bodies/s3.ts";
import { MeshServerError } from "../errors.ts";
import { createMark, type Mark } from "../keeping/whose-bodies.ts";
import { CommitUnknown, connect, ConnectionLost, type Database } from "../store/postgres/database.ts";
import { CommitWaits } from "../store/postgres/in-doubt.ts";
import { createMarks } from "../store/postgres/marks.ts";
import { createPartitions } from "../store/postgres/partitions.ts";
import { asOpenError, refuseOld } from "../store/postgres/reach.ts";
import { createReads } from "../store/postgres/reads.ts";
import { migrate } from "../store/postgres/schema.ts";
import { type Moved, readMoved } from "../store/sqlite/moved.ts";
import { copyNext } from "./copy.ts";
import { type OldSize, type OldStore, openOldStore, refused } from "./old-store.ts";
import { persist } from "./persist.ts";
import {
  beginMove,
  type Copied,
  type Move,
  moveLost,
  openMoved,
  readMove,
  refuseFull,
  refuseUnlessWhole,
} from "./progress.ts";
import { copyUnread, refuseUnread } from "./unread.ts";
import { type Verified, verify } from "./verify.ts";

export interface NewStore {
  /** `postgres://...` */
  readonly url: string;
  /** The node that goes on with what the old server kept of its machine's clock: see MeshServerConfig.node. */
  readonly node: string;
  /** In a person's words, without a secret: where it went. */
  readonly name: string;
}

/** Where the nodes on the new store keep bodies. */
export type NewBodies = Pick<S3Bodies, "where" | "wasEmpty" | "readMark" | "putMark" | "receive" | "open">;

export type MoveStep =
  | { readonly step: "copying"; readonly copied: Copied; readonly of: OldSize }
  | { readonly step: "verifying"; readonly messages: number; readonly of: OldSize }
  | { readonly step: "verified"; readonly verified: Verified }
  /** Now, or by an earlier run: no server starts on either, until the new store is open. */
  | { readonly step: "closed" };

export interface MoveOptions {
  readonly folder: string;
  readonly to: NewStore;
  readonly bodies: NewBodies;
  readonly tell: (step: MoveStep) => void;
  /** Ends it between two pieces. */
  readonly signal: AbortSignal;
  /** So many bodies that cannot be read it goes without, at most. Default: 0 */
  readonly withoutBodies?: number | undefined;
  readonly clock?: Clock;
}

/** What a look finds, and what there is to move. */
export interface MovePlan {
  readonly size: OldSize;
  /** Bodies that cannot be read, of those that are yet to be copied or that an earlier run went without: no more than a person said. */
  readonly unread: number;
  /** Of an earlier run of the same move. */
  readonly copied: Copied | undefined;
  /** By an earlier run, and the new store is not open yet. */
  readonly isClosed: boolean;
}

/**
 * Moves it, from wherever an earlier run left off. Resolves when the new store is open, and the old one closed: also if both are
 * so already.
 * @throws {MeshServerError} `move-refused`, `move-differs`, `store-in-use`, `store-moved`, `store-unreachable`, `store-busy`, `store-full`,
 * `store-too-new`, `folder-for-development`: in words, with what helps
 */
export async function moveStore(options: MoveOptions): Promise<"moved" | "was-moved"> {
  const { folder, to, clock = systemClock } = options;
  return withDatabase(to, async (database) => {
    const begun = await findMove(database);
    if (isDone(options, begun)) return "was-moved";
    const lost = new AbortController();
    const signal = AbortSignal.any([options.signal, lost.signal]);
    using old = await openOldStore(folder, clock.now(), (error) => lost.abort(error), begun?.moveId);
    const mark = markOf(options.bodies, database);
    await refuseUnfit({ database, begun, old, mark }, { ...options, signal });
    await migrate(database);
    const move = begun ?? (await begin(database, old, options));
    await persist(() => markPlace(mark, options.bodies), signal);
    await copyAll({ ...options, signal }, { old, database, move });
    await verifyAll({ ...options, signal }, { old, database });
    await persist(() => refuseUnlessWhole(database, move.moveId), signal);
    await persist(() => mark.check(), signal);
    signal.throwIfAborted();
    old.markMoved({ moveId: move.moveId, to: to.name, at: clock.now() });
    options.tell({ step: "closed" });
    await persist(() => open(database, move, to, clock), signal);
    return "moved";
  });
}

/** Looks whether it can be moved, as far as that shows before, or was. Writes nothing. @throws as moveStore */
export async function lookAtMove(options: Omit<MoveOptions, "tell">): Promise<MovePlan | "was-moved"> {
  const { folder, to, clock = systemClock } = options;
  return withDatabase(to, async (database) => {
    const begun = await findMove(database);
    if (isDone(options, begun)) return "was-moved";
    const unopened = begun?.isOpen === false ? begun.moveId : undefined;
    using old = await openOldStore(folder, clock.now(), () => undefined, unopened);
    const unread = await refuseUnfit({ database, begun, old, mark: markOf(options.bodies, database) }, options);
    return { size: old.size, unread, copied: begun?.copied, isClosed: old.wasClosed };
  });
}

/** @returns how many bodies cannot be read */
async function refuseUnfit(
  { database, begun, old, mark }: { database: Database; begun: Move | undefined; old: OldStore; mark: Mark },
  options: Omit<MoveOptions, "tell">,
): Promise<number> {
  if (begun !== undefined) {
    refuseOtherMove(begun, old, options);
    await mark.check();
  } else {
    refuseBodies(options.bodies);
    if (await hasTables(database)) await refuseFull(database);
  }
  return refuseUnread({ old, database, begun }, options);
}

/** Once: a database that is put back to a moment of the move still knows it then. */
async function markPlace(mark: Mark, { readMark }: NewBodies): Promise<void> {
  if ((await readMark()) === undefined) await mark.renew();
  else await mark.check();
}

function markOf(bodies: NewBodies, database: Database): Mark {
  return createMark(bodies, { ...createMarks(database), ...createReads(database) });
}

async function hasTables({ ask }: Database): Promise<boolean> {
  const [row] = await ask("SELECT to_regclass('move') IS NOT NULL AS there");
  return row?.["there"] === true;
}

async function findMove(database: Database): Promise<Move | undefined> {
  return (await hasTables(database)) ? readMove(database) : undefined;
}

async function withDatabase<Result>({ url }: NewStore, work: (database: Database) => Promise<Result>): Promise<Result> {
  const database = connect(url, 2);
  try {
    await refuseOld(database);
    return await work(database);
  } catch (error) {
    throw inWords(error, url);
  } finally {
    await database.close();
  }
}

/** What PostgreSQL itself says is what an operator needs to hear; it names tables, users and databases, and no values. */
function inWords(error: unknown, url: string): unknown {
  const isOfPostgres = [DatabaseError, ConnectionLost, CommitUnknown, CommitWaits].some(
    (kind) => error instanceof kind,
  );
  const told = isOfPostgres ? asOpenError(error, url) : error;
  if (told instanceof MeshServerError || !(error instanceof DatabaseError)) return told;
  const words = `PostgreSQL refuses it: ${error.message} (${error.code ?? "no code"})`;
  return new MeshServerError("store-busy", words, { retry: "safe", cause: error });
}

/** @throws {MeshServerError} `move-refused`: the folder is closed, and where it went there is nothing of that */
function isDone({ folder, to }: Pick<MoveOptions, "folder" | "to">, begun: Move | undefined): boolean {
  const moved = readMovedIn(folder);
  if (moved === undefined) return false;
  if (moved.moveId === begun?.moveId) return begun.isOpen;
  if (moved.to === to.name) throw moveLost();
  // Whoever opens it says where it went.
  return false;
}

/** Undefined also where that cannot be read. */
export function readMovedIn(folder: string): Moved | undefined {
  try {
    return readMoved(join(folder, "store.sqlite"));
  } catch {
    // Whoever opens it says why it cannot be read.
    return undefined;
  }
}

async function begin(
  database: Database,
  old: OldStore,
  { folder, bodies: { where }, clock = systemClock }: MoveOptions,
): Promise<Move> {
  const source = `${hostname()}:${resolve(folder)}`;
  await beginMove(database, { moveId: randomUUID(), source, bodies: where, seen: old.seen, now: clock.now() });
  return (await readMove(database))!;
}

/** Nodes delete there, after a time, what no row of theirs names. */
function refuseBodies({ wasEmpty }: NewBodies): void {
  if (wasEmpty) return;
  throw refused(
    "there are bodies already where the new ones would be, or a node has run on that place: name a place of its own in bodies (s3://BUCKET/PREFIX); if they are of a move that was given up, or only the object .mark is there and nothing uses it, delete them",
  );
}

function refuseOtherMove(
  { source, bodies, seen, isOpen }: Move,
  old: OldStore,
  { folder, bodies: { where } }: Pick<MoveOptions, "folder" | "bodies">,
): void {
  if (isOpen) throw refused(`the new database is in use: ${source} was moved into it. Name one that is empty`);
  if (bodies !== where) {
    const anew = old.wasClosed ? "" : ", or make the new database anew, empty, and move it from the beginning";
    throw refused(
      `the move of ${source} has put bodies into ${bodies}, and ${where} is another place: name that one in bodies and s3.endpoint again${anew}`,
    );
  }
  if (JSON.stringify(seen) === JSON.stringify(old.seen)) return;
  throw refused(
    `a server has run on ${folder} since the move of ${source} began, or that is another folder: make the new database anew, empty, and move it from the beginning`,
  );
}

/** What failed is read of how far it came, and tried again; each piece anew. */
async function copyAll(
  { bodies, withoutBodies = 0, tell, signal }: MoveOptions,
  { old, database, move }: { old: OldStore; database: Database; move: Move },
): Promise<void> {
  const copying = { old, database, partitions: createPartitions(database), bodies, withoutBodies, signal };
  let { copied } = move;
  // What an earlier run went without may be readable by now.
  if (copied.part === "nothing" && !old.wasClosed) {
    copied = await persist(async () => copyUnread(copying, (await readMove(database)) ?? move), signal);
  }
  while (copied.part !== "nothing") {
    signal.throwIfAborted();
    tell({ step: "copying", copied, of: old.size });
    let isAgain = false;
    copied = await persist(async () => {
      const now = (isAgain ? (await readMove(database))?.copied : undefined) ?? copied;
      isAgain = true;
      return copyNext(copying, { ...move, copied: now });
    }, signal);
  }
}

async function verifyAll(
  { bodies, tell, signal }: MoveOptions,
  { old, database }: { old: OldStore; database: Database },
): Promise<void> {
  const verified = await verify({
    old,
    database,
    bodies,
    tell: (messages) => tell({ step: "verifying", messages, of: old.size }),
    signal,
  });
  tell({ step: "verified", verified });
  if (verified.differences.length === 0) return;
  throw new MeshServerError(
    "move-differs",
    `What is in the new store is not what is in the old one: ${verified.differences.join("; ")}. If a server ran on the folder since the move began, make the new database anew and move it from the beginning; else it is a defect, to be reported`,
  );
}

async function open(database: Database, { moveId, seen }: Move, { node }: NewStore, clock: Clock): Promise<void> {
  await openMoved(database, { moveId, node, seen, now: clock.now() });
}
