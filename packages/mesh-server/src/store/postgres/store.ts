// The engine for many nodes: a PostgreSQL database that any number of them share, each with a queue of its own (group.ts).

import type { StoredBody } from "../../bodies/bodies.ts";
import { refuseUnfinished } from "../../move/progress.ts";
import { once } from "../../once.ts";
import { LONG_OFF_MS, type SeenTime } from "../../time/clock-guard.ts";
import type { AcceptOutcome, ApplyOutcome, ChunkOutcome, MailboxLimits, Store } from "../store.ts";
import { ASK_WHETHER_WRITTEN, createCommitGroup } from "./commit.ts";
import {
  askAgain,
  askToWrite,
  asStoreError,
  CommitUnknown,
  connect,
  type Database,
  isLockTimeout,
} from "./database.ts";
import { createRecordGiven } from "./given.ts";
import { closedError, createGroups } from "./group.ts";
import { createDropParts } from "./drop-parts.ts";
import { type BodyMarks, createMarks } from "./marks.ts";
import { untilCommitted, untilWritten } from "./in-doubt.ts";
import { createPartitions } from "./partitions.ts";
import { createParts } from "./parts.ts";
import { asOpenError, refuseOld } from "./reach.ts";
import { type Asking, type BodyNames, createReads } from "./reads.ts";
import { MOST_APART_MS, NOW } from "./node-time.ts";
import { migrate } from "./schema.ts";

export interface PostgresStoreOptions {
  /** `postgres://...` */
  url: string;
  /** What this node is called: of each, the store keeps what was seen of its machine's clock. */
  node: string;
  /** Absent: every mailbox has room. */
  limits?: MailboxLimits;
  /** At most so many connections, and three at least; default 10. */
  connections?: number;
}

export interface PostgresStore extends Store, BodyNames, BodyMarks {
  /**
   * Makes the parts of tables that are needed next, and drops those of messages in which nothing is left: hourly, by one node. What is
   * needed and not there is made by whoever needs it. Looks for those that cannot be read. Rejects if a part could not be dropped for a day.
   */
  keepParts(now: Date): Promise<void>;
  /** Parts that cannot be read, as they were found last: what is in them is left out of what is read of all. */
  unreadableParts(): readonly string[];
  /** What keeps it from writing now, though it goes on trying. */
  trouble(): string | undefined;
  /** Its disk is full: what is new was refused last. What is there can be read, acknowledged and removed while it finds room in pages that it has. */
  isFull(): boolean;
}

/** @throws {MeshServerError} `store-unreachable`, `store-too-new`, `store-moving`, `store-busy` */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const connections = connectApart(options);
  const { reading } = connections;
  try {
    await refuseOld(reading);
    await writeFirst(reading);
    await refuseUnfinished(reading);
    return createStore(connections, options);
  } catch (error) {
    await closeAll(connections);
    throw asOpenError(error, options.url);
  }
}

/**
 * While a commit waits, as for a standby that is gone, nothing is begun: it would wait likewise, and one more with each start. Where none
 * does, what is written here shows whether they would.
 */
async function writeFirst(database: Database): Promise<void> {
  await untilCommitted(database.ask);
  try {
    await migrate(database);
    await askToWrite(database, ASK_WHETHER_WRITTEN);
  } catch (error) {
    // Or another node's waits, which has locked what this writes.
    if (error instanceof CommitUnknown || isLockTimeout(error)) await untilCommitted(database.ask);
    throw error;
  }
}

/** None of them waits for what another does. */
interface Connections {
  /** One, for what is written in groups, of which one is written at a time, and for making parts of tables. */
  writing: Database;
  /** A quarter of the others, for lists that may walk far. */
  walking: Database;
  /** For what is found at once. Also what no message waits for is written here: tables, parts that are dropped, the time. */
  reading: Database;
}

function connectApart({ url, connections = 10 }: PostgresStoreOptions): Connections {
  const walking = Math.max(1, Math.floor((connections - 1) / 4));
  const of = (count: number): Database => connect(url, count, { primaryOnly: true });
  return { writing: of(1), walking: of(walking), reading: of(Math.max(1, connections - walking - 1)) };
}

async function closeAll(connections: Connections): Promise<void> {
  await Promise.all(Object.values(connections).map((database: Database) => database.close()));
}

function createStore(connections: Connections, { node, limits = {} }: PostgresStoreOptions): PostgresStore {
  const { writing, walking, reading } = connections;
  const partitions = createPartitions(writing);
  const groups = createGroups(createCommitGroup(writing, partitions, limits));
  const recordGiven = createRecordGiven((given) => groups.submit(given, { unwaited: true }));
  const asking: Asking = {
    ask: (...asked) => whileOpen(() => askAgain(reading, ...asked)),
    look: (...asked) => whileOpen(() => askAgain(walking, ...asked)),
  };

  async function whileOpen<Value>(work: () => Promise<Value>): Promise<Value> {
    if (groups.isClosed()) throw closedError();
    try {
      return await work();
    } catch (error) {
      throw asStoreError(error);
    }
  }

  const parts = createParts(asking);
  const reads = createReads(asking, parts);
  const dropParts = createDropParts(reading, parts);
  const marks = createMarks(reading);
  /** Messages of this node that are not there yet. */
  const accepting = new Set<Promise<unknown>>();
  return {
    ...reads,
    async findByLocalId(...asked) {
      const found = await reads.findByLocalId(...asked);
      if (found.length > 0) return found;
      // In the queue it has no number yet.
      await Promise.allSettled(accepting);
      await whileOpen(() => untilWritten(asking.ask));
      return await reads.findByLocalId(...asked);
    },
    accept(acceptance) {
      const accepted = groups.submit({ kind: "accept", acceptance }, { bytes: weight(acceptance.body) });
      accepting.add(accepted);
      const forget = (): unknown => accepting.delete(accepted);
      accepted.then(forget, forget);
      return accepted as Promise<AcceptOutcome>;
    },
    addChunk: (arrival) =>
      groups.submit({ kind: "chunk", arrival }, { bytes: weight(arrival.body) }) as Promise<ChunkOutcome>,
    put: (change) => groups.submit({ kind: "put", change }) as Promise<ApplyOutcome>,
    apply: (change, token) =>
      groups.submit({ kind: "apply", change, ...(token !== undefined && { token }) }) as Promise<ApplyOutcome>,
    markGiven: ({ mailboxId, messageId }, chunk) => recordGiven({ kind: "given", mailboxId, messageId, chunk }),
    closeMailbox: (closure) => groups.submit({ kind: "close-mailbox", closure }) as Promise<boolean>,
    openMailbox: (mailboxId) => groups.submit({ kind: "open-mailbox", mailboxId }) as Promise<boolean>,
    async useToken(token) {
      await groups.submit({ kind: "token", token }, { unwaited: true });
    },
    async holdRouting({ mailboxId, messageId }, tries, nextTryAt) {
      await groups.submit({ kind: "hold", mailboxId, messageId, tries, nextTryAt });
    },
    remove: ({ mailboxId, messageId, state }) =>
      groups.submit({ kind: "remove", mailboxId, messageId, state }) as Promise<StoredBody[]>,
    removeBodies: ({ mailboxId, messageId }) =>
      groups.submit({ kind: "remove-bodies", mailboxId, messageId }) as Promise<StoredBody[]>,
    forgetTokens: (now) => whileOpen(() => dropParts.ofTokens(now)),
    keepParts: (now) =>
      whileOpen(async () => {
        await partitions.makeAhead(now);
        await parts.lookAtAll();
        await dropParts.ofMessages(now);
      }),
    async seenTime() {
      // A node of a new name, or one that was off for days, has what another saw last, if nothing speaks against that one's clock: when
      // all were off for days, whoever had no chance to collect gets one.
      const [row] = await asking.ask(
        `SELECT seen FROM machine_time,
           LATERAL (SELECT seen ->> 'doubt' AS doubt, (seen ->> 'wall')::numeric AS wall) AS what
         WHERE node = $1 OR doubt IS NULL AND wall < ${NOW} + ${MOST_APART_MS}
         ORDER BY node = $1 AND (doubt IS NOT NULL OR wall > ${NOW} - ${LONG_OFF_MS}) DESC, wall DESC LIMIT 1`,
        [node],
      );
      return row?.["seen"] as SeenTime | undefined;
    },
    async seeTime(seen) {
      await whileOpen(() =>
        askToWrite(
          reading,
          "INSERT INTO machine_time VALUES ($1, $2) ON CONFLICT (node) DO UPDATE SET seen = excluded.seen",
          [node, JSON.stringify(seen)],
        ),
      );
    },
    makeMark: () => whileOpen(() => marks.makeMark()),
    keepMark: (mark) => whileOpen(() => marks.keepMark(mark)),
    unreadableParts: () => parts.unreadable(),
    trouble: () => groups.trouble(),
    isFull: () => groups.isFull(),
    [Symbol.asyncDispose]: once(async () => {
      await groups.close();
      await closeAll(connections);
    }),
  };
}

function weight(body: StoredBody | undefined): number {
  return body?.kind === "inline" ? body.size : 0;
}
