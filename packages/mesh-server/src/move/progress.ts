// How far a move is: a row in the new store, written by the same transactions as what was copied, so that it is never ahead of that
// nor behind. move-store.ts has the states.

import type { SeenTime } from "../time/clock-guard.ts";
import { MeshServerError } from "../errors.ts";
import type { Database, Transaction } from "../store/postgres/database.ts";
import { TABLES_LOCK } from "../store/postgres/schema.ts";
import { refused, type TokenPlace } from "./old-store.ts";

export interface Copied {
  /** What is copied now; what stands before it in this order is there. Last, bodies that could not be read with their messages. */
  readonly part: "messages" | "tokens" | "mailboxes" | "unread" | "nothing";
  readonly messages: number;
  /** The last message that was. */
  readonly messagesTo: string;
  readonly tokens: number;
  readonly tokensTo?: TokenPlace;
}

export interface Move {
  readonly moveId: string;
  readonly source: string;
  /** Where its bodies are put, for people. */
  readonly bodies: string;
  readonly seen: SeenTime | undefined;
  readonly copied: Copied;
  readonly isOpen: boolean;
}

const nothingYet: Copied = { part: "messages", messages: 0, messagesTo: "", tokens: 0 };

/** What a server that ran on the database, or anything else, has left: any of these rows. */
export const usedTables = ["message", "floor", "arrival", "token", "closed_mailbox", "machine_time", "node"] as const;

/**
 * For whoever starts a node. To make the database anew is no way back from a folder that is closed, as it may be once all was copied; and
 * of how far it was a database that failed over may have lost the last.
 * @throws {MeshServerError} `store-moving`
 */
export async function refuseUnfinished({ ask }: Pick<Database, "ask">): Promise<void> {
  const [row] = await ask("SELECT source, copied->>'part' = 'nothing' AS is_whole FROM move WHERE opened_at IS NULL");
  if (row === undefined) return;
  const rest =
    row["is_whole"] === true
      ? "Its folder may be closed by now: keep this database"
      : "As long as the folder is not closed, which its --check tells, the database may be made anew instead";
  throw new MeshServerError(
    "store-moving",
    `The move of ${String(row["source"])} into this database is not finished: go on with it, by the same restante migrate-store. ${rest}.`,
  );
}

/**
 * The same, once a node has written that it is there: where a move begins at this moment, one of the two sees the other.
 * @throws {MeshServerError} `store-moving`
 */
export async function refuseBegun(database: Pick<Database, "transact">): Promise<void> {
  await database.transact(async ({ ask }) => {
    await ask("SELECT pg_advisory_xact_lock($1)", [TABLES_LOCK]);
    await refuseUnfinished({ ask });
  });
}

/** Of a database that has the tables. */
export async function readMove({ ask }: Pick<Database, "ask">): Promise<Move | undefined> {
  const [row] = await ask("SELECT * FROM move");
  if (row === undefined) return undefined;
  return {
    moveId: row["move_id"] as string,
    source: row["source"] as string,
    bodies: row["bodies"] as string,
    seen: (row["seen"] as SeenTime | null) ?? undefined,
    copied: row["copied"] as Copied,
    isOpen: row["opened_at"] !== null,
  };
}

/** @throws {MeshServerError} `move-refused`: there is something in it that no move wrote */
export async function refuseFull({ ask }: Pick<Database, "ask">): Promise<void> {
  for (const table of usedTables) {
    const rows = await ask(`SELECT FROM ${table} LIMIT 1`);
    if (rows.length === 0) continue;
    throw refused(
      table === "machine_time" || table === "node"
        ? "a server has run on the new database: make it anew, empty, and start no server on it before the move is done"
        : `the new database is not empty (${table}): name one that is`,
    );
  }
}

export async function beginMove(
  database: Database,
  { moveId, source, bodies, seen, now }: Pick<Move, "moveId" | "source" | "bodies" | "seen"> & { now: Date },
): Promise<void> {
  await database.transact(async ({ ask }) => {
    await ask("SELECT pg_advisory_xact_lock($1)", [TABLES_LOCK]);
    await refuseFull({ ask });
    if ((await ask("SELECT FROM move")).length > 0)
      throw refused("another move into the new database began at this moment");
    await ask("INSERT INTO move VALUES ($1, $2, $3, $4, $5, $6)", [
      moveId,
      source,
      bodies,
      seen === undefined ? null : JSON.stringify(seen),
      now.getTime(),
      JSON.stringify(nothingYet),
    ]);
  });
}

/** What was read of how far it is holds no longer: a process that was killed had a transaction on its way. */
export class CopiedMeanwhile extends MeshServerError {
  constructor() {
    super("move-refused", "another process goes on with this move: let it");
  }
}

/** First in the transaction that writes what is copied: it waits for one that writes the same. @throws {CopiedMeanwhile} */
export async function recordCopied({ ask }: Transaction, { moveId, copied }: Move, now: Copied): Promise<void> {
  const rows = await ask("UPDATE move SET copied = $3 WHERE move_id = $1 AND copied::jsonb = $2 RETURNING 1", [
    moveId,
    JSON.stringify(copied),
    JSON.stringify(now),
  ]);
  if (rows.length === 0) throw new CopiedMeanwhile();
}

/** Nodes may have run on what is lost: what they gave out would be given again if a closed folder were copied anew without a person's word. */
export function moveLost(): MeshServerError {
  return refused(
    "the new database has lost this move, with all that was copied: put it back as it was, or, if no node has run on it yet, move a copy of the folder that was made before into an empty one",
  );
}

/** A database that fails over, or is put back, may have lost the last of what was committed. @throws {MeshServerError} `move-refused` */
export async function refuseUnlessWhole({ ask }: Pick<Database, "ask">, moveId: string): Promise<void> {
  const move = await readMove({ ask });
  if (move?.moveId !== moveId) throw moveLost();
  if (move.copied.part === "nothing") return;
  throw refused(
    "the new database has lost some of what was copied, as one may that fails over to a standby, or is put back from a backup: type the same command again, which copies it anew",
  );
}

/**
 * From now on servers start on it. What the old one kept of its machine's time is the first node's.
 * @throws {MeshServerError} `move-refused`: not all that was copied is there
 */
export async function openMoved(
  database: Database,
  { moveId, node, seen, now }: { moveId: string; node: string; seen: SeenTime | undefined; now: Date },
): Promise<void> {
  await database.transact(async ({ ask }) => {
    const opened = await ask(
      "UPDATE move SET opened_at = $2 WHERE move_id = $1 AND opened_at IS NULL AND copied->>'part' = 'nothing' RETURNING 1",
      [moveId, now.getTime()],
    );
    // Else another process has opened it.
    if (opened.length === 0) await refuseUnlessWhole({ ask }, moveId);
    if (seen === undefined) return;
    await ask("INSERT INTO machine_time VALUES ($1, $2) ON CONFLICT (node) DO NOTHING", [node, JSON.stringify(seen)]);
  });
}
