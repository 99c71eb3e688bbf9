import assert from "node:assert/strict";
import { test } from "node:test";

import { postgresMissing } from "@restante/testbed";
import { Client } from "pg";

import { MeshServerError } from "../../src/errors.ts";
import { openPostgresStore } from "../../src/store/postgres/store.ts";
import { testStore } from "./contract.ts";
import { openEmptied, startForFile } from "./postgres-stores.ts";

const hasCode = (code: string) => (error: unknown) => error instanceof MeshServerError && error.code === code;

if (postgresMissing === undefined) {
  const postgres = await startForFile();
  const url = await postgres.createDatabase();
  testStore(await openEmptied(url), { leastTurns: 1 });

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
