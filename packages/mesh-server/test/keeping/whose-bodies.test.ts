import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { systemClock } from "@restante/mesh";
import {
  atEnd,
  recordEvents,
  type S3,
  settableClock,
  startS3,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import type { MeshServerConfig } from "../../src/config.ts";
import { openSharedBodies, type SharedBodies } from "../../src/keeping/shared-bodies.ts";
import { examineStore } from "../../src/keeping/doctor.ts";
import { createMark, whoseIs } from "../../src/keeping/whose-bodies.ts";
import { askToWrite, connect } from "../../src/store/postgres/database.ts";
import type { PostgresStore } from "../../src/store/postgres/store.ts";
import { createTroubles } from "../../src/troubles.ts";
import { hasCode, pieces } from "../bodies/contract.ts";
import { passingOn } from "../bodies/s3-places.ts";
import { openNode, skip, startForFile } from "../store/postgres-stores.ts";

const { sender, pharmacy } = testMailboxes;
const DAY_MS = 24 * 60 * 60_000;
const refusal = /: these are the bodies of another database; or this database is a copy, .* delete the object \.mark$/;

const postgres = await startForFile();

type Place = Required<Pick<MeshServerConfig, "bodies" | "s3">>;

const below = (s3: S3, { bodies }: Place): string => bodies.replace(`s3://${s3.bucket}/`, "");
const markOf = async (s3: S3, place: Place): Promise<string> => String(await s3.get(`${below(s3, place)}/.mark`));
const unmark = (s3: S3, place: Place): Promise<void> => s3.delete(`${below(s3, place)}/.mark`);

async function openPlace(t: TestContext, place: Place, store: PostgresStore): Promise<SharedBodies> {
  const { emit } = recordEvents();
  const shared = await openSharedBodies(place, store, {
    emit,
    troubles: createTroubles({ clock: settableClock(), emit }),
  });
  atEnd(t, () => shared[Symbol.asyncDispose]());
  return shared;
}

/** A database, whose place is open, and a copy of it as it is when nobody has written since. */
async function openCopied(t: TestContext): Promise<{
  s3: S3;
  place: Place;
  shared: SharedBodies;
  copy: PostgresStore;
  copyUrl: string;
}> {
  const s3 = await startS3(t);
  const place = s3.settings() as Place;
  const [url, copyUrl] = [await postgres.createDatabase(), await postgres.createDatabase()];
  const [store, copy] = [await openNode(t, url), await openNode(t, copyUrl)];
  const shared = await openPlace(t, place, store);
  const [from, to] = [connect(url, 1), connect(copyUrl, 1)];
  for (const { mark, made_at } of await from.ask("SELECT * FROM bodies_mark")) {
    await askToWrite(to, "INSERT INTO bodies_mark VALUES ($1, $2)", [mark, made_at]);
  }
  await askToWrite(to, "INSERT INTO closed_mailbox VALUES ('X26OT001', 0, 'of the original')");
  await Promise.all([from.close(), to.close()]);
  return { s3, place, shared, copy, copyUrl };
}

test(
  "each start and each hour the place is marked anew, and what it had before is known for a day",
  { skip },
  async (t) => {
    const s3 = await startS3(t);
    const place = s3.settings() as Place;
    const url = await postgres.createDatabase();
    const store = await openNode(t, url);
    const shared = await openPlace(t, place, store);
    const first = await markOf(s3, place);
    await openPlace(t, place, store);
    const second = await markOf(s3, place);
    await shared.tidy(new Date());
    const third = await markOf(s3, place);

    assert.equal(new Set([first, second, third]).size, 3);
    for (const mark of [first, second, third]) assert.equal(await store.knowsMark(mark), true);
    assert.equal(await store.knowsMark("another's"), false);

    const database = connect(url, 1);
    await askToWrite(database, "UPDATE bodies_mark SET made_at = made_at - $1 WHERE mark = $2", [
      DAY_MS + 60_000,
      first,
    ]);
    await database.close();
    await shared.tidy(new Date());
    assert.deepEqual([await store.knowsMark(first), await store.knowsMark(second)], [false, true]);
  },
);

test(
  "a copy of a database is refused the original's bodies, by a node, the doctor and whoever tidies, until a person has deleted the mark",
  { skip },
  async (t) => {
    const { s3, place, shared, copy, copyUrl } = await openCopied(t);
    await shared.tidy(new Date());

    const config = { store: copyUrl, ...place };
    const refused = startTestServer(t, { config });
    await assert.rejects(refused, hasCode("bodies-lost"));
    await assert.rejects(refused, refusal);
    const alike = { sharedKey: "shared key", mailboxes: [], workflows: [] };
    const found = (await examineStore({ ...alike, ...config }, systemClock)).find(({ check }) => check === "bodies");
    assert.equal(found?.state, "fault");
    assert.match(found.words, refusal);

    await unmark(s3, place);
    await openPlace(t, place, copy);
    // Now the original is told.
    await shared.bodies.receive(pieces(100_000), "A-1", { maxBytes: 100_000 });
    await assert.rejects(shared.tidy(new Date(Date.now() + 100 * DAY_MS)), refusal);
    assert.equal((await s3.keys()).length, 2, "what no row names is nobody's to delete");
    assert.equal(await shared.mayDelete(new AbortController().signal), false);

    await unmark(s3, place);
    await shared.tidy(new Date(Date.now() + 100 * DAY_MS));
    assert.deepEqual(await s3.keys(), [`${below(s3, place)}/.mark`]);
  },
);

test(
  "a copy that starts before the original has marked the place anew takes it over, and the original deletes nothing more",
  { skip },
  async (t) => {
    const { place, shared, copy } = await openCopied(t);

    const taken = await openPlace(t, place, copy);
    await assert.rejects(shared.tidy(new Date()), hasCode("bodies-lost"));
    await assert.rejects(shared.tidy(new Date()), hasCode("bodies-lost"), "until a person ends it");
    await taken.tidy(new Date());
  },
);

test(
  "nodes that start on a new database at the same moment mark its place each, and none is refused",
  { skip },
  async (t) => {
    const s3 = await startS3(t);
    const place = s3.settings() as Place;
    const url = await postgres.createDatabase();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openNode(t, url)));
    await Promise.all(stores.map((store) => openPlace(t, place, store)));
    assert.equal(await stores[0]!.knowsMark(await markOf(s3, place)), true);
  },
);

test("where another database has marked the place, what is over leaves its body there", { skip }, async (t) => {
  const s3 = await startS3(t);
  const place = s3.settings() as Place;
  const clock = settableClock();
  const config = { store: await postgres.createDatabase(), ...place, smallBodyBytes: 1 };
  const server = await startTestServer(t, { config, clock });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  await s3.put(`${below(s3, place)}/.mark`, Buffer.from("another's"));
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("large") });
  await receiver.acknowledge(messageId);

  clock.advance(31 * DAY_MS);
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  await waitFor(async () => (await testRequest(server, pharmacy, { path })).status === 404);
  await server.close();
  assert.equal((await s3.keys()).length, 2);
});

test("a place that takes nothing is swept all the same, and told", { skip }, async (t) => {
  const s3 = await startS3(t);
  let isFull = false;
  const endpoint = await passingOn(t, s3, {
    answer: ({ method }) =>
      isFull && method === "PUT" ? [507, "<Error><Code>QuotaExceeded</Code></Error>"] : undefined,
  });
  const settings = s3.settings();
  const place = { ...settings, s3: { ...settings.s3, endpoint } } as Place;
  const shared = await openPlace(t, place, await openNode(t, await postgres.createDatabase()));
  await s3.put(`${below(s3, place)}/A-1.00000000`, Buffer.from("x"));
  isFull = true;
  await assert.rejects(shared.tidy(new Date(Date.now() + 100 * DAY_MS)), hasCode("store-full"));
  assert.equal((await s3.keys()).length, 1);
});

test("a mark whose row has gone since it was read is none of another", async () => {
  const words = ["old", "new"];
  const readMark = async (): Promise<string | undefined> => (words.length > 1 ? words.shift() : words[0]);
  assert.equal(await whoseIs({ readMark }, { knowsMark: async (mark) => mark === "new" }), "ours");
  assert.equal(await whoseIs({ readMark }, { knowsMark: async () => false }), "another's");
});

test("whose a place is, is looked for anew after a time, and until it is known nothing is deleted", async () => {
  let looks = 0;
  const place = {
    where: "s3://bodies/a/",
    async readMark() {
      looks += 1;
      if (looks < 3) throw new Error("It is away.");
      return "ours";
    },
    putMark: async () => undefined,
  };
  const marks = {
    knowsMark: async (mark: string) => mark === "ours",
    makeMark: async () => "ours",
    keepMark: async () => undefined,
  };
  const seldom = createMark(place, marks);
  assert.deepEqual(await Promise.all([seldom.isOurs(), seldom.isOurs()]), [false, false]);
  assert.deepEqual([await seldom.isOurs(), looks], [false, 1]);

  const often = createMark(place, marks, 1);
  assert.equal(await often.isOurs(), false);
  await waitFor(() => often.isOurs());
  assert.equal(await createMark({ ...place, readMark: async () => "theirs" }, marks).isOurs(), false);
});
