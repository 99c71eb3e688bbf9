// What the place of bodies is marked with, on this database's side: keeping/whose-bodies.ts has the states.

import { randomUUID } from "node:crypto";

import { askToWrite, type Database } from "./database.ts";
import { NOW } from "./node-time.ts";

/** What was on its way to the place at the time has come or never will. */
const KEPT_MS = 24 * 60 * 60_000;

export interface BodyMarks {
  /** A new one, on disk when it resolves. */
  makeMark(): Promise<string>;
  /** The place has it now: those that were made a day and more before are forgotten. */
  keepMark(mark: string): Promise<void>;
}

export function createMarks(database: Pick<Database, "transact">): BodyMarks {
  async function write(mark: string): Promise<void> {
    await askToWrite(database, `INSERT INTO bodies_mark VALUES ($1, ${NOW}) ON CONFLICT DO NOTHING`, [mark]);
  }

  return {
    async makeMark() {
      const mark = randomUUID();
      await write(mark);
      return mark;
    },
    async keepMark(mark) {
      await write(mark);
      await askToWrite(
        database,
        "DELETE FROM bodies_mark WHERE made_at < (SELECT made_at FROM bodies_mark WHERE mark = $1) - $2",
        [mark, KEPT_MS],
      );
    },
  };
}
