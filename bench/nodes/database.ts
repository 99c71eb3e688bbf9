// PostgreSQL as an operator would set it up, and databases in it, each with the tables of a store.

import { type Postgres, startPostgres } from "@restante/testbed";
import { Client } from "pg";

import { openPostgresStore } from "../../packages/mesh-server/src/store/postgres/store.ts";
import { mailboxes } from "./work.ts";

/** Beside what it has of itself: it syncs as ever. */
const settings = {
  shared_buffers: "1GB",
  max_wal_size: "8GB",
  max_connections: "200",
  autovacuum_naptime: "10s",
};

export interface Database {
  readonly url: string;
  /** One statement, or several without values. */
  ask(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export async function startDatabases(closing: AsyncDisposableStack): Promise<Postgres> {
  return await startPostgres(
    { after: (end: () => unknown) => closing.defer(async () => void (await end())) },
    { settings },
  );
}

export async function newDatabase(closing: AsyncDisposableStack, postgres: Postgres): Promise<Database> {
  const url = await postgres.createDatabase();
  const store = await openPostgresStore({ url, node: "bench" });
  await store.keepParts(new Date());
  await store[Symbol.asyncDispose]();
  const database = await openDatabase(closing, url);
  await database.ask("INSERT INTO mailbox SELECT unnest($1::text[])", [mailboxes]);
  return database;
}

/** A connection of its own. */
export async function openDatabase(closing: AsyncDisposableStack, url: string): Promise<Database> {
  const client = new Client({ connectionString: url });
  await client.connect();
  closing.defer(() => client.end());
  return {
    url,
    ask: async (sql, values) => (await client.query<Record<string, unknown>>(sql, values && [...values])).rows,
  };
}
