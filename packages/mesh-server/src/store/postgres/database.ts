// Connections to PostgreSQL, and what its failures mean. Nothing of a session is leaned on: behind a pooler two transactions may be
// two sessions.

import { DatabaseError, Pool, type PoolClient, types } from "pg";

import { MeshServerError } from "../../errors.ts";

const LOCK_MS = 10_000;
const STATEMENT_MS = 20_000;
/** Where nothing comes back at all. */
const ANSWER_MS = 30_000;
const CONNECT_MS = 5_000;

const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = ${LOCK_MS};
  SET LOCAL statement_timeout = ${STATEMENT_MS}; SET LOCAL idle_in_transaction_session_timeout = ${STATEMENT_MS}`;

export type Row = Record<string, unknown>;

/** The connection failed: of what was not committed nothing happened. */
export class ConnectionLost extends Error {}
/** The connection failed while it was committed. */
export class CommitUnknown extends Error {}

export interface Transaction {
  readonly ask: (sql: string, values?: readonly unknown[]) => Promise<Row[]>;
}

export interface Database {
  /** One statement, by itself. */
  readonly ask: (sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** Resolves when it is committed, on disk; what the work throws undoes it. */
  transact<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

export function connect(url: string, connections: number): Database {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
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

  return {
    async ask(sql, values = []) {
      try {
        return (await pool.query<Row>(sql, [...values])).rows;
      } catch (error) {
        throw asLost(error);
      }
    },
    async transact(work) {
      const client = await take();
      let isUsable = false;
      const onError = (): undefined => undefined;
      client.on("error", onError);
      const ask: Transaction["ask"] = async (sql, values = []) => {
        try {
          return (await client.query<Row>(sql, [...values])).rows;
        } catch (error) {
          throw asLost(error);
        }
      };
      try {
        try {
          await begin(client);
          const value = await work({ ask });
          await commit(client);
          isUsable = true;
          return value;
        } catch (error) {
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

/** Several statements: they go without values. */
async function begin(client: PoolClient): Promise<void> {
  try {
    await client.query(BEGIN);
  } catch (error) {
    throw asLost(error);
  }
}

async function commit(client: PoolClient): Promise<void> {
  try {
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error(`COMMIT was answered with ${command}`);
  } catch (error) {
    if (error instanceof DatabaseError && /^(?:40|23)/.test(error.code ?? "")) throw error;
    throw new CommitUnknown("the connection to PostgreSQL failed while it committed", { cause: error });
  }
}

function asLost(error: unknown): unknown {
  if (error instanceof DatabaseError) return isEndOfSession(error) ? lost(error) : error;
  return lost(error);
}

function lost(error: unknown): ConnectionLost {
  return new ConnectionLost(Error.isError(error) ? error.message : "the connection failed", { cause: error });
}

/** 57P01 to 57P05: it ends, crashed, starts, or ends the session. 08: the connection. 25P03, 53300: no session for us. */
function isEndOfSession({ code = "" }: DatabaseError): boolean {
  return /^(?:57P0|08|25P0[34]|53300)/.test(code);
}

/** Whether the whole may be tried anew at once: two transactions were in each other's way, or the connection was an old one. */
export function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof ConnectionLost || (error instanceof DatabaseError && /^40(?:001|P01)/.test(error.code ?? ""));
}

/** A mistake in the program, or a value that PostgreSQL does not take: of one operation, not of the database. */
export function isMistake(error: unknown): boolean {
  if (error instanceof ConnectionLost || error instanceof CommitUnknown) return false;
  return !(error instanceof DatabaseError && !/^(?:22|23|42)/.test(error.code ?? ""));
}

/** What whoever asked is told. PostgreSQL's own messages name tables, and its details values: those are left out. */
export function asStoreError(error: unknown): Error {
  if (error instanceof MeshServerError) return error;
  if (error instanceof CommitUnknown) {
    return new MeshServerError("store-stopped", "Whether it was written is not known.", {
      retry: "ambiguous",
      cause: error,
    });
  }
  if (error instanceof DatabaseError && error.code === "53100") {
    return new MeshServerError("store-full", "The disk of PostgreSQL is full.", { retry: "safe" });
  }
  if (isMistake(error)) {
    return error instanceof DatabaseError ? new Error(`PostgreSQL refused it: ${error.code}`) : (error as Error);
  }
  return new MeshServerError("store-busy", "PostgreSQL cannot be reached, or does not keep up.", {
    retry: "safe",
    cause: error,
  });
}
