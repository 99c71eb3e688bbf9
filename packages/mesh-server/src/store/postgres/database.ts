// Connections to PostgreSQL, and what its failures mean. Nothing of a session is leaned on: behind a pooler two transactions may be
// two sessions.

import { type ClientBase, DatabaseError, Pool, type PoolClient, type QueryResult, types } from "pg";

import { MeshServerError } from "../../errors.ts";
import { CommitWaits, createInDoubt } from "./in-doubt.ts";

/** A commit holds its locks for less. */
const LOCK_MS = 2_000;
const STATEMENT_MS = 20_000;
/** So long a node that was stopped in the middle keeps what it locked. */
const LEFT_ALONE = "SET LOCAL idle_in_transaction_session_timeout = 5000";
/** Where nothing comes back at all. */
const ANSWER_MS = 30_000;
const CONNECT_MS = 5_000;
/** A connection that had ended without a word fails sooner. */
const LOST_AT_ONCE_MS = CONNECT_MS - 500;

/** Its number is known before anything is committed. A standby, which can be read, has none to give. */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = ${LOCK_MS};
  SET LOCAL statement_timeout = ${STATEMENT_MS}; ${LEFT_ALONE};
  SELECT CASE WHEN NOT pg_is_in_recovery() THEN txid_current() END AS id`;

/** The code of a notice that warns of nothing. */
const NO_WARNING = "00000";

/** A standby refuses it as it does whatever writes. (By a name that a PostgreSQL which is too old has too: it is told as that.) */
const REFUSE_STANDBY = "SELECT CASE WHEN pg_is_in_recovery() THEN txid_current() END";

/**
 * What only reads waits for who has locked a table as a whole alone. Once that was so for LOCK_MS, others wait less for as long as it goes
 * on: each that waits keeps a connection from those that need not.
 */
const LOCK_AGAIN_MS = 100;
const GOES_ON_MS = 5_000;

export type Row = Record<string, unknown>;

/** The connection failed: of what was not committed nothing happened. */
export class ConnectionLost extends Error {}
/** The connection failed while it was committed, or it may be on one disk alone. */
export class CommitUnknown extends Error {}

export interface Transaction {
  /** What is asked before the last was answered goes with it; if that fails, this fails as it did. */
  readonly ask: (sql: string, values?: readonly unknown[]) => Promise<Row[]>;
}

export interface Database {
  /** One statement that only reads. PostgreSQL ends it in time too, and does not go on with it, or wait for a lock, for nobody. */
  readonly ask: (sql: string, values?: readonly unknown[], mostMs?: number) => Promise<Row[]>;
  /** Resolves when it is committed, on disk; what the work throws undoes it. None is begun while the commit of another of this pool is in doubt. */
  transact<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** A standby fails as a PostgreSQL that is away: else what is read there would be old. */
  primaryOnly?: boolean;
}

export function connect(url: string, connections: number, { primaryOnly = false }: ConnectOptions = {}): Database {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    // What is asked without waiting for what was asked before goes at once, and is answered in its order.
    pipeline: true,
    ...(primaryOnly && { onConnect: refuseStandby }),
    // Numbers here are below 2^53.
    types: {
      getTypeParser: (type, format) =>
        (type === types.builtins.INT8 ? Number : types.getTypeParser(type, format)) as never,
    },
  });
  // Of a connection that nobody uses: whoever asks next gets another.
  pool.on("error", () => undefined);

  async function take(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw asLost(error);
    }
  }

  let lockMetAt = -Infinity;

  const ask: Database["ask"] = async (sql, values = [], mostMs = STATEMENT_MS) => {
    const client = await take();
    const onError = (): undefined => undefined;
    client.on("error", onError);
    const lockMs = performance.now() - lockMetAt < GOES_ON_MS ? LOCK_AGAIN_MS : LOCK_MS;
    const begin = `BEGIN READ ONLY; SET LOCAL lock_timeout = ${lockMs}; SET LOCAL statement_timeout = ${mostMs}; ${LEFT_ALONE}`;
    // At once, and by one promise: there are many. If the second fails, the third ends the transaction all the same.
    return await new Promise((resolve, reject) => {
      let rows: Row[] | undefined;
      let failed: unknown;
      client.query(begin, (error: unknown) => (failed ??= error));
      client.query<Row>(sql, [...values], (error: unknown, result?: QueryResult<Row>) => {
        failed ??= error;
        rows = result?.rows;
        if (isLockTimeout(error)) lockMetAt = performance.now();
      });
      client.query("COMMIT", (error: unknown) => {
        client.off("error", onError);
        client.release(Error.isError(error));
        if (rows === undefined) reject(asLost(failed));
        else resolve(rows);
      });
    });
  };
  const inDoubt = createInDoubt(ask);

  return {
    ask,
    async transact(work) {
      await inDoubt.settle();
      const client = await take();
      let isUsable = false;
      const onError = (): undefined => undefined;
      client.on("error", onError);
      const begun = begin(client);
      begun.catch(() => undefined);
      let id: number | undefined;
      let failed: unknown;
      const askInIt: Transaction["ask"] = async (sql, values = []) => {
        try {
          const { rows } = await client.query<Row>(sql, [...values]);
          await begun;
          return rows;
        } catch (error) {
          // Of what went behind it, PostgreSQL says but that the transaction has failed.
          failed ??= asLost(error);
          throw failed;
        }
      };
      try {
        try {
          const value = await work({ ask: askInIt });
          id = await begun;
          await commit(client);
          isUsable = true;
          return value;
        } catch (error) {
          if (error instanceof CommitUnknown && id !== undefined) inDoubt.add(id);
          if (!(error instanceof ConnectionLost || error instanceof CommitUnknown)) {
            isUsable = await client.query("ROLLBACK").then(
              () => true,
              () => false,
            );
          }
          throw error;
        }
      } finally {
        client.off("error", onError);
        client.release(!isUsable);
      }
    },
    close: () => pool.end(),
  };
}

/**
 * Once more over another connection if the first was lost at once: one that is idle may have ended without a word. What is asked so may be
 * done twice. What took longer waited for a connection in vain, or had one and may be asked for still: twice it would be twice the work.
 */
export async function askAgain({ ask }: Pick<Database, "ask">, ...asked: Parameters<Database["ask"]>): Promise<Row[]> {
  const begun = performance.now();
  try {
    return await ask(...asked);
  } catch (error) {
    if (!(error instanceof ConnectionLost) || performance.now() - begun > LOST_AT_ONCE_MS) throw error;
    return await ask(...asked);
  }
}

/** As `askAgain`, of what writes. */
export function askToWrite(
  { transact }: Pick<Database, "transact">,
  ...asked: Parameters<Database["ask"]>
): Promise<Row[]> {
  return askAgain({ ask: (sql, values) => transact(({ ask }) => ask(sql, values)) }, ...asked);
}

/** The pool waits for it, though its types do not say so. If it fails, the connection was never one of the pool's. */
function refuseStandby(client: ClientBase): unknown {
  return client.query(REFUSE_STANDBY);
}

/** Several statements: they go without values. Resolves with the number of the transaction. */
async function begin(client: PoolClient): Promise<number | undefined> {
  try {
    const results = (await client.query<Row>(BEGIN)) as unknown as QueryResult<Row>[];
    return (results.at(-1)?.rows[0]?.["id"] as number | null) ?? undefined;
  } catch (error) {
    throw asLost(error);
  }
}

async function commit(client: PoolClient): Promise<void> {
  let warning: string | undefined;
  const onNotice = ({ code }: { code: string | undefined }): void => {
    if (code !== NO_WARNING) warning = code;
  };
  client.on("notice", onNotice);
  try {
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error(`COMMIT was answered with ${command}`);
    // That it waits no longer for a standby, which somebody has ended: what it committed is on one disk.
    if (warning !== undefined) throw new Error(`COMMIT was answered with the warning ${warning}`);
  } catch (error) {
    if (error instanceof DatabaseError && /^(?:40|23)/.test(error.code ?? "")) throw error;
    throw new CommitUnknown("the connection to PostgreSQL failed while it committed", { cause: error });
  } finally {
    client.off("notice", onNotice);
  }
}

function asLost(error: unknown): unknown {
  if (error instanceof ConnectionLost) return error;
  if (error instanceof DatabaseError) return isEndOfSession(error) ? lost(error) : error;
  return lost(error);
}

function lost(error: unknown): ConnectionLost {
  return new ConnectionLost(Error.isError(error) ? error.message : "the connection failed", { cause: error });
}

/**
 * 57P01 to 57P05: it ends, crashed, starts, or ends the session. 08: the connection. 25P03, 53300: no session for us. 25006: it leads
 * to where nothing is written, as to a standby, and would for as long as it is used; another may lead to the primary.
 */
function isEndOfSession({ code = "" }: DatabaseError): boolean {
  return /^(?:57P0|08|25P0[34]|25006|53300)/.test(code);
}

/** Whether the whole may be tried anew: two transactions were in each other's way, the connection was an old one, a commit was waited for. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof ConnectionLost || error instanceof CommitWaits) return true;
  return error instanceof DatabaseError && /^40(?:001|P01)/.test(error.code ?? "");
}

export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "55P03";
}

export function isFull(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "53100";
}

/** As where an address still leads to a primary that is a standby now. */
function isReadOnly(error: unknown): boolean {
  const cause = error instanceof ConnectionLost ? error.cause : error;
  return cause instanceof DatabaseError && cause.code === "25006";
}

/** Of some rows: a page or an index is damaged (XX), its disk does not give it back (58030), its file is gone (58P01). */
export function isDamage(error: unknown): boolean {
  return error instanceof DatabaseError && /^(?:XX00[012]|58030|58P01)/.test(error.code ?? "");
}

/** A mistake in the program, a value that PostgreSQL does not take (0A, 54: too large), or rows that are damaged: of one operation. */
export function isMistake(error: unknown): boolean {
  if (error instanceof ConnectionLost || error instanceof CommitUnknown || error instanceof CommitWaits) return false;
  return !(error instanceof DatabaseError && !isDamage(error) && !/^(?:22|23|42|54|0A)/.test(error.code ?? ""));
}

/** What whoever asked is told. PostgreSQL's own messages name tables, and its details values: those are left out. */
export function asStoreError(error: unknown): Error {
  if (error instanceof MeshServerError) return error;
  if (error instanceof CommitUnknown) {
    return new MeshServerError("commit-unknown", "Whether it was written is not known.", {
      retry: "ambiguous",
      cause: error,
    });
  }
  if (isFull(error)) {
    return new MeshServerError("store-full", "The disk of PostgreSQL is full.", { retry: "safe" });
  }
  if (isDamage(error)) {
    const { code } = error as DatabaseError;
    return new MeshServerError("row-unreadable", `PostgreSQL cannot read, or write, what this needs: ${code}`);
  }
  if (isMistake(error)) {
    return error instanceof DatabaseError ? new Error(`PostgreSQL refused it: ${error.code}`) : (error as Error);
  }
  return new MeshServerError("store-busy", whyBusy(error), { retry: "safe", cause: error });
}

function whyBusy(error: unknown): string {
  if (error instanceof CommitWaits) return error.message;
  if (isReadOnly(error)) return "PostgreSQL only reads: it is a standby, or default_transaction_read_only is on.";
  if (isLockTimeout(error))
    return "Another has locked a table of PostgreSQL, or a row, for seconds: a table as VACUUM FULL or ALTER TABLE does.";
  return "PostgreSQL cannot be reached, or does not keep up.";
}
