import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { after, test } from "node:test";

import { startS3, waitFor } from "@restante/testbed";

import { BodyDamaged } from "../../src/bodies/bodies.ts";
import { MeshServerError } from "../../src/errors.ts";
import { hasCode, pieces, read, testBodies } from "./contract.ts";
import { always, impatient, inTwo, openBodies, PART, passingOn, placeIn } from "./s3-places.ts";

const shared = await startS3({ after: (end: () => unknown) => after(() => end()) });

testBodies(async (t, smallBytes) => {
  const options = { ...placeIn(shared), smallBytes };
  const { prefix } = options;
  return {
    bodies: await openBodies(t, options),
    async names() {
      const all = [...(await shared.keys()), ...(await shared.uploads())];
      return all.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    },
    get: async (name) => shared.get(`${prefix}${name}`),
    put: async (name, bytes) => shared.put(`${prefix}${name}`, bytes),
    remove: async (name) => shared.delete(`${prefix}${name}`),
  };
});

test("a store that is killed in the middle of an upload refuses it as safe to send again, is told, and leaves what a sweep ends", async (t) => {
  const s3 = await startS3(t);
  const bodies = await openBodies(t, placeIn(s3));
  const { source, goOn } = inTwo(randomBytes(2 * PART + 1), randomBytes(PART));
  const receiving = bodies.receive(source, "A-1", { maxBytes: 4 * PART });
  const refused = assert.rejects(
    receiving,
    (error) => error instanceof MeshServerError && error.code === "bodies-unusable" && error.retry === "safe",
  );
  await waitFor(async () => (await s3.uploads()).length === 1, { what: "the upload to begin" });

  await s3.kill();
  goOn();
  await refused;
  assert.match(bodies.told[0] ?? "", /: nothing listens there$|: the connection to it broke off$/);
  await s3.start();
  await waitFor(() => bodies.told.at(-1) === "works", { what: "the end of the trouble" });

  assert.deepEqual([(await s3.keys()).length, (await s3.uploads()).length], [0, 1]);
  const swept = await bodies.sweep(async () => true, { bodiesBefore: always, uploadsBefore: always });
  assert.deepEqual(swept, { named: 0, deleted: 0, aborted: 1, strange: 0, left: 0 });
  assert.deepEqual(await s3.uploads(), []);
  const body = await bodies.receive(pieces(PART, PART), "A-1", { maxBytes: 4 * PART });
  assert.equal((await read(await bodies.open(body))).length, 2 * PART);
});

test("a store that is killed while a body is read says nothing of the body, which is whole once the store is back", async (t) => {
  const s3 = await startS3(t);
  const bodies = await openBodies(t, placeIn(s3));
  const bytes = randomBytes(30_000_000);
  const body = await bodies.receive(Readable.from([bytes]), "A-1", { maxBytes: bytes.length });
  const reading = (await bodies.open(body)) as Readable;
  await once(reading, "readable");

  await s3.kill();
  await assert.rejects(read(reading), hasCode("bodies-unusable"));
  await assert.rejects(bodies.open(body), hasCode("bodies-unusable"));
  assert.match(bodies.told[0] ?? "", /: the connection to it broke off$/);
  await s3.start();

  assert.ok((await read(await bodies.open(body))).equals(bytes));
  await waitFor(() => bodies.told.at(-1) === "works", { what: "the end of the trouble" });
});

test("a store that has fallen silent is waited for no longer than is set, for whatever is asked", async (t) => {
  const s3 = await startS3(t);
  const options = placeIn(s3);
  const bytes = randomBytes(30_000_000);
  const body = await (await openBodies(t, options)).receive(Readable.from([bytes]), "A-1", { maxBytes: bytes.length });
  const bodies = await openBodies(t, { ...options, patience: impatient });
  const reading = (await bodies.open(body)) as Readable;
  await once(reading, "readable");

  process.kill(s3.pid, "SIGSTOP");
  const unusable = hasCode("bodies-unusable");
  await Promise.all([
    assert.rejects(read(reading), unusable),
    assert.rejects(bodies.open(body), unusable),
    assert.rejects(bodies.receive(pieces(100), "A-2", { maxBytes: 100 }), unusable),
    assert.rejects(bodies.receive(pieces(PART, PART), "A-2", { maxBytes: 2 * PART }), unusable),
    assert.rejects(
      bodies.sweep(async () => true, { bodiesBefore: always, uploadsBefore: always }),
      unusable,
    ),
    bodies.discard(body),
  ]);
  assert.ok(
    bodies.told.every((reason) => reason.endsWith(": it does not answer")),
    String(bodies.told),
  );

  process.kill(s3.pid, "SIGCONT");
  await waitFor(() => bodies.told.at(-1) === "works", { what: "the end of the trouble" });
  await bodies.receive(pieces(100), "A-2", { maxBytes: 100 });
});

test("of bodies that cannot be deleted now one is waited for, the rest is left to the sweep until the store is well", async (t) => {
  const options = placeIn(shared);
  let isRefusing = false;
  const asked: string[] = [];
  const endpoint = await passingOn(t, shared, {
    answer({ method, url = "" }) {
      if (method !== "DELETE" || !isRefusing) return undefined;
      asked.push(url);
      return [403, "<Error><Code>AccessDenied</Code></Error>"];
    },
  });
  const bodies = await openBodies(t, { ...options, endpoint });
  const [first, second] = [
    await bodies.receive(pieces(100), "A-1", { maxBytes: 100 }),
    await bodies.receive(pieces(100), "A-2", { maxBytes: 100 }),
  ];

  isRefusing = true;
  await bodies.discard(first);
  await bodies.discard(second);
  assert.deepEqual(
    asked.map((url) => /(?<=\/)A-\d/.exec(url)?.[0]).filter((name) => name !== undefined),
    ["A-1"],
  );
  isRefusing = false;
  await waitFor(() => bodies.told.at(-1) === "works", { what: "the end of the trouble" });
  await bodies.discard(second);
  assert.deepEqual(
    (await shared.keys()).filter((key) => key.startsWith(options.prefix)).map((key) => /A-\d/.exec(key)?.[0]),
    ["A-1"],
  );
});

test("whoever deletes bodies of a store that is silent need not wait for it, and that is no trouble of the store", async (t) => {
  const s3 = await startS3(t);
  const bodies = await openBodies(t, { ...placeIn(s3), patience: { connect: 600_000, delete: 600_000 } });
  const body = await bodies.receive(pieces(100), "A-1", { maxBytes: 100 });
  process.kill(s3.pid, "SIGSTOP");
  const closing = new AbortController();

  const discarding = bodies.discard(body, closing.signal);
  closing.abort();
  await discarding;
  await bodies.discard(body, closing.signal);

  process.kill(s3.pid, "SIGCONT");
  assert.deepEqual([(await s3.keys()).length, bodies.told], [1, []]);
});

test("a trouble that a check does not meet ends later each time that it comes back at once, and at last while nobody sends", async (t) => {
  let isLimited = true;
  const endpoint = await passingOn(t, shared, {
    answer: ({ headers }) =>
      isLimited && Number(headers["content-length"]) > 1000
        ? [413, "<Error><Code>EntityTooLarge</Code></Error>"]
        : undefined,
  });
  const waits: number[] = [];
  const { setTimeout: wait } = globalThis;
  t.mock.method(globalThis, "setTimeout", (work: () => void, milliseconds: number) => {
    if (!String(work).includes("checkAgain")) return wait(work, milliseconds);
    waits.push(milliseconds);
    return wait(work, 1);
  });
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const bodies = await openBodies(t, { ...placeIn(shared), endpoint });
  const fail = async (): Promise<void> => {
    const before = bodies.told.filter((words) => words === "works").length;
    await assert.rejects(bodies.receive(pieces(2000), "A-1", { maxBytes: 2000 }), /it answers EntityTooLarge, 413$/);
    await waitFor(() => bodies.told.filter((words) => words === "works").length > before, { what: "its end" });
  };

  for (let times = 0; times < 12; times += 1) await fail();
  now += 61_000;
  await fail();
  assert.deepEqual(
    waits.map((milliseconds) => milliseconds / 1000),
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 1],
  );
  isLimited = false;
  await bodies.receive(pieces(2000), "A-1", { maxBytes: 2000 });
});

test("what a gateway says in the place of the store is no damage", async (t) => {
  const options = placeIn(shared);
  const body = await (await openBodies(t, options)).receive(pieces(100), "A-1", { maxBytes: 100 });
  let refusing: [number, string] | undefined;
  const endpoint = await passingOn(t, shared, { answer: () => refusing });
  const bodies = await openBodies(t, { ...options, endpoint, patience: impatient });
  for (const [status, text] of [
    [404, "<html>not found</html>"],
    [404, "<Error><Code>NoSuchBucket</Code></Error>"],
    [403, "<Error><Code>AccessDenied</Code></Error>"],
    [503, "busy"],
  ] as const) {
    refusing = [status, text];
    await assert.rejects(bodies.open(body), hasCode("bodies-unusable"), text);
  }
  refusing = [404, "<Error><Code>NoSuchKey</Code></Error>"];
  await assert.rejects(bodies.open(body), (error) => error instanceof BodyDamaged && error.damage === "missing");
});

test("what is altered on its way to the store is not taken, put whole or by parts", async (t) => {
  let isHarmed = false;
  const options = placeIn(shared);
  const altered = (piece: Buffer): Buffer => {
    if (isHarmed) piece[0] = (piece[0] ?? 0) ^ 1;
    return piece;
  };
  const bodies = await openBodies(t, { ...options, endpoint: await passingOn(t, shared, { altered }) });
  isHarmed = true;
  for (const size of [100, 2 * PART]) {
    const refused = bodies.receive(pieces(size), "A-1", { maxBytes: size });
    await assert.rejects(refused, /: what came there is not what was sent/);
  }
  isHarmed = false;
  await waitFor(() => bodies.told.at(-1) === "works", { what: "the end of the trouble" });
  const left = [...(await shared.keys()), ...(await shared.uploads())];
  assert.deepEqual(
    left.filter((key) => key.startsWith(options.prefix)),
    [],
  );
});

test("a connection is used again once a body was read, and whoever stops reading in the middle is no trouble of the store", async (t) => {
  let connections = 0;
  const options = placeIn(shared);
  const bodies = await openBodies(t, {
    ...options,
    endpoint: await passingOn(t, shared, { connected: () => (connections += 1) }),
  });
  const large = await bodies.receive(pieces(PART, 10), "A-1", { maxBytes: 2 * PART });
  const small = await bodies.receive(pieces(100), "A-2", { maxBytes: 100 });
  for (let times = 0; times < 5; times += 1) {
    for (const body of [large, small]) assert.equal((await read(await bodies.open(body))).length, body.size);
  }
  assert.equal(connections, 2, "one that writes, one that reads");

  const reading = (await bodies.open(large)) as Readable;
  await once(reading, "readable");
  reading.destroy();
  await once(reading, "close");
  assert.equal((await read(await bodies.open(small))).length, 100);
  assert.deepEqual([connections, bodies.told], [3, []]);
});

test("however many read bodies slowly, others are taken, read and deleted meanwhile", async (t) => {
  const s3 = await startS3(t);
  const bodies = await openBodies(t, placeIn(s3));
  const large = await bodies.receive(pieces(400_000), "A-1", { maxBytes: PART });
  const slow = await Promise.all(Array.from({ length: 140 }, () => bodies.open(large)));
  for (const each of slow) {
    assert.ok(each instanceof Readable);
    await once(each, "readable");
  }

  const other = await bodies.receive(pieces(300_000), "B-1", { maxBytes: PART });
  assert.equal((await read(await bodies.open(other))).length, 300_000);
  await bodies.discard(other);

  assert.equal((await s3.keys()).length, 1);
  assert.deepEqual(
    bodies.told.filter((words) => words !== "works"),
    [],
  );
  for (const each of slow) (each as Readable).destroy();
});
