// A table in parts PostgreSQL does not read at all where it cannot open a file of one of them, though it needs no row of that. So what is
// asked of all parts is asked by one statement, and only where that cannot be read, of each part by itself:
//
//   read          it goes into the answer.
//   passed over   PostgreSQL has lost a file of it, or reads a damaged page: left out, and named (`unreadable`) until it can be read, or is
//                 gone. Those are looked at again each minute; that one is lost of which nothing was asked is found hourly (`lookAtAll`).

import { MeshServerError } from "../../errors.ts";
import { type Database, isDamage, type Row } from "./database.ts";
import { PARTS_OF_MESSAGES } from "./partitions.ts";

const LOOK_AGAIN_MS = 60_000;

type Ask = Database["ask"];

/** What a statement is about: all of the tables, or their parts of one day (of tokens, of an hour). */
export interface Extent {
  /** What a table is called. */
  readonly called: (table: string) => string;
  /** That an id of a message is of it. */
  readonly holds: (column: string) => string;
}

export const WHOLE: Extent = { called: (table) => table, holds: () => "true" };

export interface Found {
  readonly rows: Row[];
  /** Of these days nothing is in them. */
  readonly passedOver: readonly string[];
}

export interface Parts {
  /**
   * Rows of each day are in the order of their statement, and those of several days are not in any between them.
   *
   * @param tables those that it reads: each day of which all have a part is asked for by itself
   * @param ask by what; of itself, as all else
   */
  ask(
    tables: readonly string[],
    statement: (extent: Extent) => string,
    values?: readonly unknown[],
    ask?: Ask,
  ): Promise<Found>;
  /** Of parts of which something could not be read: those that cannot be opened, or else all, while this cannot be read. */
  name(parts: readonly string[], statement?: string, values?: readonly unknown[]): Promise<void>;
  /** Whether each can be opened. */
  lookAtAll(): Promise<void>;
  /** Those that were passed over. At the cost of nothing. */
  unreadable(): readonly string[];
}

export function createParts({ ask: byItself }: Pick<Database, "ask">): Parts {
  /** By its name, what could not be read of it. */
  const unreadable = new Map<string, Parameters<Ask>>();
  let lookedAt = -Infinity;

  async function name(parts: readonly string[], statement?: string, values?: readonly unknown[]): Promise<void> {
    const notOpened = await passingOver(parts, async (part) => {
      await byItself(opening(part));
    });
    for (const part of notOpened) unreadable.set(part, [opening(part)]);
    // In one of them is a damaged page.
    if (notOpened.length === 0 && statement !== undefined) unreadable.set(parts.join(" or "), [statement, values]);
  }

  async function ask(
    tables: readonly string[],
    statement: (extent: Extent) => string,
    values: readonly unknown[] = [],
    by = byItself,
  ): Promise<Found> {
    try {
      return { rows: await by(statement(WHOLE), values), passedOver: [] };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
    const rows: Row[] = [];
    const passedOver = await passingOver(await daysOf(tables), async (day) => {
      rows.push(...(await by(statement(extentOf(day)), values)));
    });
    for (const day of passedOver) {
      const extent = extentOf(day);
      await name(tables.map(extent.called), statement(extent), values);
    }
    return { rows, passedOver };
  }

  async function daysOf([first, ...others]: readonly string[]): Promise<string[]> {
    const days = async (table: string): Promise<string[]> =>
      (await listParts(byItself, table)).map((part) => part.slice(table.length + 1));
    let common = await days(first!);
    for (const table of others) {
      const there = new Set(await days(table));
      common = common.filter((day) => there.has(day));
    }
    return common;
  }

  async function lookAgain(): Promise<void> {
    for (const [part, asked] of Array.from(unreadable)) {
      try {
        await byItself(...asked);
        unreadable.delete(part);
      } catch (error) {
        // Any other says that it is gone.
        if (!(error instanceof MeshServerError)) unreadable.delete(part);
      }
    }
  }

  return {
    ask,
    name,
    async lookAtAll() {
      lookedAt = performance.now();
      await lookAgain();
      for (const table of [...PARTS_OF_MESSAGES, "token"]) await ask([table], ({ called }) => opening(called(table)));
    },
    unreadable() {
      if (unreadable.size > 0 && performance.now() - lookedAt > LOOK_AGAIN_MS) {
        lookedAt = performance.now();
        void lookAgain();
      }
      return Array.from(unreadable.keys());
    },
  };
}

/** Each by itself. Resolves with those of which PostgreSQL could not read what it needs. */
export async function passingOver<Thing>(
  things: Iterable<Thing>,
  work: (thing: Thing) => Promise<void>,
): Promise<Thing[]> {
  const passedOver: Thing[] = [];
  for (const thing of things) {
    try {
      await work(thing);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      passedOver.push(thing);
    }
  }
  return passedOver;
}

/** In the order in which they were made. */
export async function listParts(ask: Ask, table: string): Promise<string[]> {
  const rows = await ask(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY inhrelid",
    [table],
  );
  return rows.map((row) => row["name"] as string);
}

/** Of these rows alone: PostgreSQL has lost them, or damaged them. */
export function isUnreadable(error: unknown): boolean {
  return isDamage(error) || (error instanceof MeshServerError && error.code === "row-unreadable");
}

export function extentOf(day: string): Extent {
  return {
    called: (table) => `${table}_${day}`,
    // No id has a character behind that.
    holds: (column) => `${column} >= '${day}' AND ${column} < '${day}~'`,
  };
}

/** It asks for the sizes of its files, and of those of its indexes. */
function opening(part: string): string {
  return `SELECT FROM ${part} LIMIT 1`;
}
