import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";

import { atEnd, postgresMissing, startPostgres } from "@restante/testbed";
import { Client } from "pg";

import { MeshServerError } from "../../src/errors.ts";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/store.ts";
import { testStore } from "./contract.ts";
import type { StoreUnderTest } from "./samples.ts";

const hasCode = (code: string) => (error: unknown) => error instanceof MeshServerError && error.code === code;

if (postgresMissing === undefined) {
  const postgres = await startPostgres({ after: (end: () => unknown) => after(() => end()) });

  const open = async (t: TestContext): Promise<StoreUnderTest> => {
    const url = await postgres.createDatabase();
    const openHere = (): Promise<PostgresStore> => openPostgresStore({ url, node: "one" });
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

  testStore(open, { leastTurns: 1 });

  test("many nodes may open a new store at once; one of a later version is refused", async () => {
    const url = await postgres.createDatabase();
    const stores = await Promise.all(["one", "two", "three"].map((node) => openPostgresStore({ url, node })));
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));

    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query("UPDATE schema_version SET version = 1000");
    await client.end();

    await assert.rejects(openPostgresStore({ url, node: "one" }), hasCode("store-too-new"));
  });
} else {
  test("the store on PostgreSQL", { skip: postgresMissing }, () => undefined);
}
