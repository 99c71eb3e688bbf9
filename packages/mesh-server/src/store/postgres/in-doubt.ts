// Commits of which no answer came. One may be under way for long, whatever became of its connection: PostgreSQL waits for a synchronous
// standby that is gone, or for its disk. What came after it would wait likewise, each over a connection of its own, and a message whose
// sender sends it again would be there as often as that once the standby is back. So whoever has written (a node's groups, what it does
// beside them, its leases: each has a pool) begins nothing more before PostgreSQL says what became of it. It is waited for a moment, once;
// then it is looked at before each. It ends as PostgreSQL ends it: it is committed once the standby is back or is waited for no more, or is
// gone with the PostgreSQL that it was of.
//
// A node that starts has none of its own in doubt, and looks whether one waits before it writes anything. Else each start would leave one more.
//
// A sender that got no answer looks for its message, at any node: that it is not in what was being written is known once that is over.
// What still waits to be written has no number yet: a node waits for its own, and does not see what waits in another.

import { setTimeout as wait } from "node:timers/promises";
import { DatabaseError } from "pg";

const MOST_LOOKS = 20;
const BETWEEN_LOOKS_MS = 100;

type Ask = (sql: string, values?: readonly unknown[]) => Promise<Readonly<Record<string, unknown>>[]>;

/** Of every node, and of whoever else writes by their role. */
const UNDER_WAY = `SELECT backend_xid::text AS id FROM pg_stat_activity
  WHERE datname = current_database() AND usename = current_user AND backend_xid IS NOT NULL`;
/** Of those what is being committed: of a transaction that is open for long it says nothing. */
const COMMITTING = `${UNDER_WAY} AND query = 'COMMIT'`;

const COMMIT_WAITS =
  "PostgreSQL does not end a commit: it waits, as for a synchronous standby. Bring that back, or set synchronous_standby_names to those that are there.";
const OTHERS_WRITE =
  "Another transaction has been writing for seconds: a commit that waits, or what a person does by the role of the nodes.";

/** A commit, or what is being written, has been under way for longer than that takes. */
export class CommitWaits extends Error {
  constructor(words: string = COMMIT_WAITS) {
    super(words);
  }
}

export interface InDoubt {
  /** A transaction whose commit was not answered. */
  add(id: number): void;
  /** Resolves when each is known to be over. @throws {CommitWaits} */
  settle(): Promise<void>;
}

/** @param ask over a connection that none of them has */
export function createInDoubt(ask: Ask): InDoubt {
  const inDoubt = new Set<number>();
  let looks = 0;

  async function isUnderWay(id: number): Promise<boolean> {
    try {
      const [row] = await ask("SELECT txid_status($1) AS status", [id]);
      return row?.["status"] === "in progress";
    } catch (error) {
      // Of the future: it was of a PostgreSQL that has another in its place now.
      if (error instanceof DatabaseError && error.code === "22023") return false;
      throw error;
    }
  }

  return {
    add(id) {
      inDoubt.add(id);
      looks = 0;
    },
    async settle() {
      for (const id of inDoubt) {
        while (await isUnderWay(id)) {
          if (looks === MOST_LOOKS) throw new CommitWaits();
          looks += 1;
          await wait(BETWEEN_LOOKS_MS);
        }
        inDoubt.delete(id);
      }
    },
  };
}

/** Resolves when all that is being written now, by any node, is over: not what waits to be. @throws {CommitWaits} */
export async function untilWritten(ask: Ask): Promise<void> {
  await untilOver(ask, UNDER_WAY, OTHERS_WRITE);
}

/** The same of commits alone: for whoever is about to begin one, and has none in doubt yet. @throws {CommitWaits} */
export async function untilCommitted(ask: Ask): Promise<void> {
  await untilOver(ask, COMMITTING, COMMIT_WAITS);
}

async function untilOver(ask: Ask, which: string, words: string): Promise<void> {
  const underWay = async (): Promise<unknown[]> => (await ask(which)).map((row) => row["id"]);
  let awaited = await underWay();
  for (let looks = 0; awaited.length > 0; looks += 1) {
    if (looks === MOST_LOOKS) throw new CommitWaits(words);
    await wait(BETWEEN_LOOKS_MS);
    const now = new Set(await underWay());
    awaited = awaited.filter((id) => now.has(id));
  }
}
