// One PostgreSQL for a file of tests, and stores in it.

import { after, type TestContext } from "node:test";

import { atEnd, type Postgres, postgresMissing, startPostgres } from "@restante/testbed";
import { Client } from "pg";

import { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from "../../src/store/postgres/store.ts";
import type { StoreUnderTest } from "./samples.ts";

/** Of each test that needs it: false where there is a PostgreSQL. */
export const skip: string | false = postgresMissing ?? false;

/** Undefined where npm brought none: then every test is skipped. */
export async function startForFile(settings: Readonly<Record<string, string>> = {}): Promise<Postgres> {
  if (postgresMissing !== undefined) return undefined as unknown as Postgres;
  return await startPostgres({ after: (end: () => unknown) => after(() => end()) }, { settings });
}

export async function openNode(
  t: TestContext,
  url: string,
  options: Partial<PostgresStoreOptions> = {},
): Promise<PostgresStore> {
  const store = await openPostgresStore({ url, node: "one", ...options });
  atEnd(t, () => store[Symbol.asyncDispose]());
  return store;
}

/** A store for each test of the contract, in one database, which is emptied before it. `direct` leads to the same, by no pooler. */
export async function openEmptied(
  url: string,
  direct: string = url,
): Promise<(t: TestContext) => Promise<StoreUnderTest>> {
  const openHere = (): Promise<PostgresStore> => openPostgresStore({ url, node: "one" });
  await (await openHere())[Symbol.asyncDispose]();
  return async (t) => {
    await empty(direct);
    let store = await openHere();
    atEnd(t, () => store[Symbol.asyncDispose]());
    return {
      store,
      async reopen() {
        await store[Symbol.asyncDispose]();
        store = await openHere();
        return store;
      },
    };
  };
}

/** Two nodes of one new store. */
export async function openTwoNodes(
  t: TestContext,
  postgres: Postgres,
  options: Partial<PostgresStoreOptions> = {},
): Promise<{ url: string; one: PostgresStore; two: PostgresStore }> {
  const url = await postgres.createDatabase();
  const [one, two] = await Promise.all(["one", "two"].map((node) => openNode(t, url, { ...options, node })));
  return { url, one: one!, two: two! };
}

/** Another program at the database: what it holds, the nodes wait for. */
export async function connect(t: TestContext, url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  atEnd(t, () => client.end());
  return client;
}

/** Removes all rows: in a tenth of the time that a new database takes. */
async function empty(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'schema_version'`,
    );
    await client.query(rows.map(({ name }) => `DELETE FROM ${name}`).join("; "));
  } finally {
    await client.end();
  }
}
