// A folder to move, and an empty PostgreSQL database to move it into.

import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, type TestContext } from "node:test";

import { atEnd, type Postgres, postgresMissing, startPostgres, temporaryFolder } from "@restante/testbed";
import { Client } from "pg";

import { openFileBodies } from "../../src/bodies/files.ts";
import { MeshServerError } from "../../src/errors.ts";
import { lookAtMove, type MoveOptions, type MovePlan, type MoveStep } from "../../src/move/move-store.ts";
import type { Verified } from "../../src/move/verify.ts";
import { openPostgresStore } from "../../src/store/postgres/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { now } from "../store/samples.ts";
import { storeOptions } from "../store/store-options.ts";
import { openNewBodies } from "./new-bodies.ts";
import { openOldBodies } from "./old-folder.ts";
import type { Kept } from "./same-reads.ts";

export const skip: string | false = postgresMissing ?? false;
export let postgres: Postgres;
if (postgresMissing === undefined) {
  postgres = await startPostgres({ after: (end: () => unknown) => after(() => end()) });
}

const clock = { now: () => now };
export const refusal =
  (code: string, words: RegExp): ((error: unknown) => boolean) =>
  (error: unknown): boolean =>
    error instanceof MeshServerError && error.code === code && words.test(error.message);

export interface Bench {
  readonly folder: string;
  /** Of the old folder, as it was before. */
  readonly copy: string;
  readonly newBodies: string;
  readonly url: string;
  readonly options: MoveOptions;
  readonly steps: MoveStep[];
  verified(): Verified;
}

export async function bench(t: TestContext, make: (folder: string) => Promise<unknown>): Promise<Bench> {
  const parent = await temporaryFolder(t);
  const [folder, copy, newBodies] = ["old", "copy", "new"].map((name) => join(parent, name)) as [
    string,
    string,
    string,
  ];
  await make(folder);
  await cp(folder, copy, { recursive: true });
  const url = await postgres.createDatabase();
  const steps: MoveStep[] = [];
  const options: MoveOptions = {
    folder,
    to: { url, node: "one", name: "postgres://db/new" },
    bodies: await openNewBodies(newBodies),
    tell: (step) => steps.push(step),
    signal: new AbortController().signal,
    clock,
  };
  const verified = (): Verified => {
    const step = steps.findLast((each) => each.step === "verified");
    assert.ok(step !== undefined);
    return step.verified;
  };
  return { folder, copy, newBodies, url, options, steps, verified };
}

/** Of a folder that was not moved yet. */
export async function planOf(options: MoveOptions): Promise<MovePlan> {
  const plan = await lookAtMove(options);
  assert.ok(plan !== "was-moved");
  return plan;
}

/** What was before, from the copy, and what is. */
export async function openBoth(t: TestContext, { copy, url, newBodies }: Bench): Promise<[Kept, Kept]> {
  const was = await openSqliteStore(copy, storeOptions);
  atEnd(t, () => was[Symbol.asyncDispose]());
  const is = await openPostgresStore({ url, node: "one" });
  atEnd(t, () => is[Symbol.asyncDispose]());
  return [
    { store: was, bodies: await openOldBodies(copy) },
    { store: is, bodies: await openFileBodies(newBodies, 1000) },
  ];
}

export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
