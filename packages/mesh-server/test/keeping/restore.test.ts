// A PostgreSQL that is restored to a moment by a base backup and an archive of its WAL: elsewhere, with a copy of its bucket, and in
// its own place. docs/many-nodes.md says in which order that is done.

import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { after, test, type TestContext } from "node:test";

import { type MailboxId, type MessageId, systemClock } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import {
  type Backups,
  bodiesUnder,
  type Postgres,
  postgresMissing,
  type S3,
  startBackups,
  startPostgres,
  startS3,
  startTestServer,
  type StoredBodies,
  testClient,
  testMailboxes,
  testRequest,
  type TestServer,
  testToken,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import type { MeshServerConfig } from "../../src/config.ts";
import { examineStore } from "../../src/keeping/doctor.ts";
import { openSharedBodies } from "../../src/keeping/shared-bodies.ts";
import { createTroubles } from "../../src/troubles.ts";
import { hasCode } from "../bodies/contract.ts";
import { askToWrite, connect } from "../../src/store/postgres/database.ts";
import { openNode } from "../store/postgres-stores.ts";
import { startWire } from "../store/wire.ts";

const { sender, pharmacy, practice } = testMailboxes;
const skip = postgresMissing ?? false;
const DAY_MS = 24 * 60 * 60_000;

type Shared = Required<Pick<MeshServerConfig, "store" | "bodies" | "s3">>;

interface Sent {
  readonly messageId: MessageId;
  readonly sha256: string;
}

/** What was there when it was backed up, and what came then. */
interface Story {
  readonly primary: Postgres;
  readonly s3: S3;
  readonly backups: Backups;
  readonly original: TestServer;
  readonly config: Shared;
  /** A copy of the bucket, begun before the moment. */
  readonly copy: Shared;
  readonly moment: string;
  /** Those that waited at the moment, in their order; the last is a large one that the copy has not got. */
  readonly waiting: readonly Sent[];
  readonly later: readonly Sent[];
  /** Of those, a large one that the copy has. */
  readonly copiedLater: Sent;
  readonly acknowledgedLater: readonly Sent[];
  readonly tokens: { readonly before: string; readonly later: string };
}

const story = postgresMissing === undefined ? await tell({ after: (end) => after(() => end()) }) : ({} as Story);

async function tell(file: { after: (end: () => unknown) => void }): Promise<Story> {
  const primary = await startPostgres(file);
  const s3 = await startS3(file);
  const backups = await startBackups(file, primary);
  const config = { store: await primary.createDatabase(), ...s3.settings() } as Shared;
  const copy = { ...config, ...s3.settings() } as Shared;
  const original = await startTestServer(file, { config: { ...config, node: "one" } });
  const tokens = { before: testToken(original, sender), later: testToken(original, sender) };
  await using client = await testClient(original, sender);
  await using receiver = await testClient(original, pharmacy);

  const [small, large] = [100, 100_000];
  const first = [await send(original, small), await send(original, large)];
  // As of a primary that has a standby: the base backup has it, and this one has not read it.
  await primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'of_the_original'");
  await backups.take();
  const chunks = randomBytes(2 * large);
  const message = { to: pharmacy, workflowId: testWorkflow, body: chunks };
  const inChunks = await client.upload(message, { chunkBytes: large, compress: false });
  const acknowledged = await send(original, small);
  await receiver.acknowledge(acknowledged.messageId);
  const second = [
    { messageId: inChunks.messageId, sha256: hash("sha256", chunks) },
    await sendWith(tokens.before, original),
  ];
  await copyBodies(s3, config, copy);
  const missing = await send(original, large);
  const [at] = await primary.ask("SELECT pg_create_restore_point('the-moment'), clock_timestamp()::text AS moment");

  const copiedLater = await send(original, large);
  await copyBodies(s3, config, copy, copiedLater.messageId);
  for (const { messageId } of first) await receiver.acknowledge(messageId);
  await original.operator.closeMailbox(practice, "moves to another system");
  const later = [await sendWith(tokens.later, original), copiedLater, await send(original, small)];
  // It marks its place anew.
  await original.restart();
  await backups.archive();
  return {
    primary,
    s3,
    backups,
    original,
    config,
    copy,
    moment: at!["moment"] as string,
    waiting: [...first, ...second, missing],
    later,
    copiedLater,
    acknowledgedLater: first,
    tokens,
  };
}

async function send(server: TestServer, bytes: number): Promise<Sent> {
  await using client = await testClient(server, sender);
  const body = randomBytes(bytes);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body });
  return { messageId, sha256: hash("sha256", body) };
}

async function sendWith(authorization: string, server: TestServer): Promise<Sent> {
  const { status, json } = await sendBy(authorization, server);
  assert.equal(status, 202);
  return { messageId: (json as { messageID: MessageId }).messageID, sha256: hash("sha256", "by a token") };
}

function sendBy(authorization: string, server: TestServer): Promise<{ status: number; json: unknown }> {
  const headers = { authorization, "mex-to": pharmacy, "mex-workflowid": testWorkflow };
  const path = `/messageexchange/${sender}/outbox`;
  return testRequest(server, sender, { method: "POST", path, headers, body: "by a token" });
}

async function listed(server: TestServer): Promise<MessageId[]> {
  await using client = await testClient(server, pharmacy);
  const found: MessageId[] = [];
  for await (const messageId of client.listAll()) found.push(messageId);
  return found;
}

async function assertWhole(server: TestServer, messages: readonly Sent[]): Promise<void> {
  await using client = await testClient(server, pharmacy);
  for (const { messageId, sha256 } of messages) {
    const { body } = await client.download(messageId);
    assert.equal(hash("sha256", await buffer(body)), sha256);
  }
}

const idsOf = (messages: readonly Sent[]): MessageId[] => messages.map(({ messageId }) => messageId);

function below(s3: S3, { bodies }: Pick<Shared, "bodies">): StoredBodies {
  return bodiesUnder(`${bodies.replace(`s3://${s3.bucket}/`, "")}/`, s3);
}

/** All but the mark, as docs/many-nodes.md says. */
async function copyBodies(s3: S3, from: Shared, to: Shared, begin = ""): Promise<void> {
  const [source, copy] = [below(s3, from), below(s3, to)];
  for (const key of await source.keys()) if (key.startsWith(begin)) await copy.put(key, await source.get(key));
}

/** The same database, at another PostgreSQL. */
function at(postgres: Postgres, config: Shared): Shared {
  const { store } = config;
  return {
    ...config,
    store: store.replace(encodeURIComponent(story.primary.folder), encodeURIComponent(postgres.folder)),
  };
}

/** What the doctor says is not well, but of this test's role, which may do everything. */
async function faults(config: Shared): Promise<Record<string, string>> {
  const found = await examineStore({ ...story.original.config, ...config }, systemClock);
  const ill = found.filter(({ check, state }) => state !== "ok" && check !== "role");
  return Object.fromEntries(ill.map(({ check, words }) => [check, words]));
}

/** As one that was backed up a minute and more ago, in which no node of before is taken for one that runs. */
async function makeOlder({ store }: Shared): Promise<void> {
  const database = connect(store, 1);
  await askToWrite(database, "UPDATE node SET seen_at = seen_at - 60000");
  await database.close();
}

async function set(postgres: Postgres, name: string, value: string): Promise<void> {
  await postgres.ask(`ALTER SYSTEM SET ${name} = '${value}'`);
  await postgres.ask("SELECT pg_reload_conf()");
}

/** Sweeps as if so many days had gone. Resolves with what is there then. */
async function sweepIn(t: TestContext, days: number, config: Shared): Promise<string[]> {
  const store = await openNode(t, config.store);
  const parts = { emit: () => undefined, troubles: createTroubles({ clock: systemClock, emit: () => undefined }) };
  await using shared = await openSharedBodies(config, store, parts);
  await shared.tidy(new Date(Date.now() + days * DAY_MS));
  return await below(story.s3, config).keys();
}

/** The numbers of its inbox, each by its message. */
async function numbers(t: TestContext, config: Shared): Promise<[MessageId, number | undefined][]> {
  const store = await openNode(t, config.store);
  const found = await store.listReceived(pharmacy as MailboxId, { since: new Date(0), limit: 100 });
  return found.map(({ message, sequence }) => [message.messageId, sequence] as [MessageId, number]).toReversed();
}

test(
  "restored to a moment elsewhere, with a copy of the bucket, a node has all that was accepted by then, in its order and whole; what the copy lacks is told, and holds up nothing",
  { skip },
  async (t) => {
    const { s3, backups, original, copy, waiting, later, copiedLater } = story;
    const archived = await backups.archived();
    const originals = await below(s3, story.config).keys();
    const restored = await backups.restore(t, { archive_mode: "off", recovery_target_name: "the-moment" });
    const config = at(restored, copy);
    const missing = waiting.at(-1)!;

    // It waits for the standby of the original, and says so.
    const wire = await startWire(t, config.store);
    const words = /does not end a commit: it waits, as for a synchronous standby\. .* set synchronous_standby_names/;
    const refused = assert.rejects(startTestServer(t, { config: { ...config, store: wire.url } }), words);
    const waits = "SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    await waitFor(async () => (await restored.ask(waits)).length > 0, { what: "a commit that waits" });
    wire.cut();
    await refused;
    assert.match((await faults(config))["commits"]!, /^synchronous_standby_names asks for 1 .* and none is seen/);
    await set(restored, "synchronous_standby_names", "");
    await makeOlder(config);

    const server = await startTestServer(t, { config: { ...config, node: "two" } });
    assert.deepEqual(await faults(config), {});
    assert.deepEqual(await listed(server), idsOf(waiting));
    await using receiver = await testClient(server, pharmacy, { retries: { attempts: 1 } });
    await assert.rejects(
      receiver.download(missing.messageId),
      (error) => error instanceof MeshClientError && error.status === 500,
    );
    assert.partialDeepStrictEqual(server.events.of("body-damaged"), [
      { messageId: missing.messageId, chunk: 1, damage: "missing" },
    ]);
    await assertWhole(server, waiting.slice(0, -1));

    const fresh = [await send(server, 100), await send(server, 100_000)];
    assert.deepEqual(await listed(server), idsOf([...waiting, ...fresh]));
    await assertWhole(server, fresh);
    const known = idsOf([...waiting, ...later]);
    assert.ok(fresh.every(({ messageId }) => !known.includes(messageId)));
    const given = await numbers(t, config);
    assert.deepEqual(
      given.map(([, number]) => number),
      given.map((_each, index) => index + 1),
    );

    const named = (await below(s3, config).keys()).filter((key) => !key.startsWith(copiedLater.messageId));
    assert.equal(named.length, 4);
    assert.deepEqual(await sweepIn(t, 100, config), named, "what a row names stays, and no more");
    // The original has noticed nothing.
    assert.deepEqual(await backups.archived(), archived);
    assert.deepEqual(await below(s3, story.config).keys(), originals);
    assert.deepEqual(original.events.of("server-troubled"), []);
  },
);

test(
  "put back to a moment on its own bucket, a database is refused it until .mark is deleted; then what was acknowledged since is listed again, and bodies of since stay for 30 days",
  { skip },
  async (t) => {
    const { s3, backups, original, moment, waiting, later, copiedLater, acknowledgedLater, tokens } = story;
    await original.close();
    const restored = await backups.restore(t, { recovery_target_time: moment, synchronous_standby_names: "" });
    const config = at(restored, story.config);
    await makeOlder(config);
    const bucket = below(s3, config);
    const keys = await bucket.keys();

    await assert.rejects(startTestServer(t, { config }), hasCode("bodies-lost"));
    assert.match((await faults(config))["bodies"]!, /put back to an earlier moment .* and delete the object \.mark$/);
    await bucket.delete(".mark");
    assert.deepEqual(Object.keys(await faults(config)), ["nodes"], "none runs yet");
    const server = await startTestServer(t, { config: { ...config, node: "one" } });
    assert.deepEqual(await faults(config), {});

    assert.ok(idsOf(acknowledgedLater).every((messageId) => idsOf(waiting).includes(messageId)));
    assert.deepEqual(await listed(server), idsOf(waiting));
    await assertWhole(server, waiting);
    assert.deepEqual(await server.operator.closedMailboxes(), []);
    await using client = await testClient(server, sender);
    for (const { messageId } of later) await assert.rejects(client.track(messageId));
    // A token is good again that was used since, and no other.
    assert.deepEqual(
      [(await sendBy(tokens.before, server)).status, (await sendBy(tokens.later, server)).status],
      [403, 202],
    );

    const isLater = (key: string): boolean => key.startsWith(copiedLater.messageId);
    assert.equal(keys.filter(isLater).length, 1);
    assert.deepEqual((await sweepIn(t, 29, config)).filter(isLater).length, 1);
    assert.deepEqual(
      await sweepIn(t, 31, config),
      keys.filter((key) => !isLater(key)),
    );
    // It goes on with the same archive; where it could not, that is told.
    assert.ok((await backups.archived()).includes("00000002.history"));
    await set(restored, "archive_command", "false");
    await restored.ask("SELECT pg_switch_wal()");
    await waitFor(async () => /fails \(00000002.*all WAL since is kept/.test((await faults(config))["archive"] ?? ""), {
      what: "the archive to be told of",
    });

    await server.close();
    const { store } = config;
    const node = await openNode(t, store);
    const seen = (await node.seenTime())!;
    await node.seeTime({ ...seen, wall: seen.wall - 4 * DAY_MS });
    await server.restart();
    const { reason, until } = await server.events.next("clock-doubted");
    assert.deepEqual([reason, until], ["no server ran for 4 days, if the clock is right", "steady"]);
    await server.restart({ acceptClock: true });
    await server.events.next("clock-trusted");
  },
);
