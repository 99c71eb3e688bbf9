// A real PostgreSQL, of the binaries that npm brings (decision 310). One for a file of tests, a database for each store.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Client } from "pg";

import { type PostgresFolder, postgresFolder, type PostgresProcess } from "./postgres-process.ts";

export { postgresMissing } from "./postgres-process.ts";

export interface Postgres extends PostgresProcess {
  /** Where it listens, at a socket of the name that PostgreSQL gives it. Its data are in `data` there. */
  readonly folder: string;
  /** Makes an empty database. Resolves with its URL. */
  createDatabase(): Promise<string>;
  /** One statement, of whoever may do everything. Resolves with its rows. */
  ask(sql: string): Promise<Record<string, unknown>[]>;
}

export interface PostgresOptions {
  /** Of postgresql.conf. fsync stays on. */
  settings?: Readonly<Record<string, string>>;
}

/** It is reached by a socket in a folder of its own, so that no port is taken and nobody else gets in. */
export async function startPostgres(
  t: Pick<TestContext, "after">,
  { settings = {} }: PostgresOptions = {},
): Promise<Postgres> {
  const made = await postgresFolder(t, settings);
  const data = join(made.folder, "data");
  const words = ["-U", "restante", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"];
  await made.run("initdb", ["-D", data, ...words]);
  await made.process.start();
  return postgresOf(made);
}

export function postgresOf(made: PostgresFolder): Postgres {
  async function ask(sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: made.urlOf("postgres") });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  return {
    ...made.process,
    folder: made.folder,
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      await ask(`CREATE DATABASE ${name}`);
      return made.urlOf(name);
    },
    ask,
  };
}
