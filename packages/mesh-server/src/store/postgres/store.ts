// The engine for many nodes: a PostgreSQL database that any number of them share, each with a queue of its own (group.ts).

import type { StoredBody } from "../../bodies/bodies.ts";
import { once } from "../../once.ts";
import type { SeenTime } from "../../time/clock-guard.ts";
import type { AcceptOutcome, ApplyOutcome, ChunkOutcome, MailboxLimits, Store } from "../store.ts";
import { createCommitGroup } from "./commit.ts";
import { asStoreError, connect, ConnectionLost, type Database } from "./database.ts";
import { closedError, createGroups, type Groups } from "./group.ts";
import { createPartitions } from "./partitions.ts";
import { createReads } from "./reads.ts";
import { migrate } from "./schema.ts";

export interface PostgresStoreOptions {
  /** `postgres://...` */
  url: string;
  /** What this node is called: of each, the store keeps what was seen of its machine's clock. */
  node: string;
  /** Absent: every mailbox has room. */
  limits?: MailboxLimits;
  /** At most so many connections; default 10. */
  connections?: number;
}

export interface PostgresStore extends Store {
  /** What keeps it from writing now, though it goes on trying. */
  trouble(): string | undefined;
}

/** @throws {MeshServerError} `store-too-new`, `store-busy` */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const database = connect(options.url, options.connections ?? 10);
  try {
    await migrate(database);
    return createStore(database, options);
  } catch (error) {
    await database.close();
    throw asStoreError(error);
  }
}

function createStore(database: Database, { node, limits = {} }: PostgresStoreOptions): PostgresStore {
  const groups = createGroups(createCommitGroup(database, createPartitions(database), limits));
  const asking: Pick<Database, "ask"> = { ask: (sql, values) => askAgain(database, groups, sql, values) };

  return {
    ...createReads(asking),
    accept: (acceptance) =>
      groups.submit({ kind: "accept", acceptance }, { bytes: weight(acceptance.body) }) as Promise<AcceptOutcome>,
    addChunk: (arrival) =>
      groups.submit({ kind: "chunk", arrival }, { bytes: weight(arrival.body) }) as Promise<ChunkOutcome>,
    put: (change) => groups.submit({ kind: "put", change }) as Promise<ApplyOutcome>,
    apply: (change, token) =>
      groups.submit({ kind: "apply", change, ...(token !== undefined && { token }) }) as Promise<ApplyOutcome>,
    async markGiven({ mailboxId, messageId }, chunk) {
      await groups.submit({ kind: "given", mailboxId, messageId, chunk }, { unwaited: true });
    },
    closeMailbox: (closure) => groups.submit({ kind: "close-mailbox", closure }) as Promise<boolean>,
    openMailbox: (mailboxId) => groups.submit({ kind: "open-mailbox", mailboxId }) as Promise<boolean>,
    async useToken(token) {
      await groups.submit({ kind: "token", token }, { unwaited: true });
    },
    async holdRouting({ mailboxId, messageId }, tries, nextTryAt) {
      await groups.submit({ kind: "hold", mailboxId, messageId, tries, nextTryAt });
    },
    remove: ({ mailboxId, messageId }) =>
      groups.submit({ kind: "remove", mailboxId, messageId }) as Promise<StoredBody[]>,
    removeBodies: ({ mailboxId, messageId }) =>
      groups.submit({ kind: "remove-bodies", mailboxId, messageId }) as Promise<StoredBody[]>,
    async forgetTokens(now, limit) {
      const rows = await asking.ask(
        `WITH gone AS (DELETE FROM token WHERE (mailbox_id, nonce, nonce_count, time) IN
           (SELECT mailbox_id, nonce, nonce_count, time FROM token WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
            FOR UPDATE SKIP LOCKED) RETURNING 1)
         SELECT count(*) AS gone FROM gone`,
        [now.getTime(), limit],
      );
      return rows[0]!["gone"] as number;
    },
    async seenTime() {
      const [row] = await asking.ask("SELECT seen FROM machine_time WHERE node = $1", [node]);
      return row?.["seen"] as SeenTime | undefined;
    },
    async seeTime(seen) {
      await asking.ask(
        "INSERT INTO machine_time VALUES ($1, $2) ON CONFLICT (node) DO UPDATE SET seen = excluded.seen",
        [node, JSON.stringify(seen)],
      );
    },
    trouble: () => groups.trouble(),
    [Symbol.asyncDispose]: once(async () => {
      await groups.close();
      await database.close();
    }),
  };
}

/** Once more over another connection: one that is idle may have ended without a word. What is asked so may be done twice. */
async function askAgain(
  database: Database,
  groups: Groups,
  sql: string,
  values: readonly unknown[] | undefined,
): ReturnType<Database["ask"]> {
  if (groups.isClosed()) throw closedError();
  try {
    return await database.ask(sql, values).catch((error: unknown) => {
      if (!(error instanceof ConnectionLost)) throw error;
      return database.ask(sql, values);
    });
  } catch (error) {
    throw asStoreError(error);
  }
}

function weight(body: StoredBody | undefined): number {
  return body?.kind === "inline" ? body.size : 0;
}
