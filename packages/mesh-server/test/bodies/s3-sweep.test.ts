import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { Readable } from "node:stream";
import { after, test } from "node:test";

import { startS3, waitFor } from "@restante/testbed";

import { openS3Store } from "../../src/bodies/s3-store.ts";
import { MeshServerError } from "../../src/errors.ts";
import { pieces } from "./contract.ts";
import { always, never, openBodies, PART, passingOn, placeIn } from "./s3-places.ts";

const s3 = await startS3({ after: (end: () => unknown) => after(() => end()) });
const DAY_MS = 24 * 60 * 60_000;

async function keysBelow(prefix: string): Promise<string[]> {
  return (await s3.keys()).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

test("a sweep deletes what no row names and is old, and leaves what is young, what is named and what is not ours", async (t) => {
  const options = placeIn(s3);
  const bodies = await openBodies(t, options);
  const named = await bodies.receive(pieces(50), "NAMED-1", { maxBytes: 100 });
  const unnamed = await bodies.receive(pieces(50), "UNNAMED-1", { maxBytes: 100 });
  assert.ok(named.kind === "file" && unnamed.kind === "file");
  const strange = ["notes.txt", "NAMED-1.backup", "other/UNNAMED-1.00000000", "other/UNNAMED-2.00000000"];
  for (const name of strange) await s3.put(`${options.prefix}${name}`, Buffer.from("not ours"));
  await s3.put(`${options.prefix}.probe.00000000`, Buffer.from("of a start that was broken off"));
  const asked: string[] = [];
  const isNamed = async (fileName: string): Promise<boolean> => {
    asked.push(fileName);
    return fileName === named.fileName;
  };

  const young = await bodies.sweep(isNamed, { bodiesBefore: never, uploadsBefore: never });
  assert.deepEqual([young, asked], [{ named: 0, deleted: 0, aborted: 0, strange: 3, left: 0 }, []]);

  const swept = await bodies.sweep(isNamed, { bodiesBefore: always, uploadsBefore: never });
  assert.deepEqual(swept, { named: 1, deleted: 2, aborted: 0, strange: 3, left: 0 });
  assert.deepEqual((await keysBelow(options.prefix)).toSorted(), [named.fileName, ...strange].toSorted());
  assert.deepEqual(asked.toSorted(), [named.fileName, unnamed.fileName].toSorted());
});

test("an upload that was begun and never ended is ended by the sweep once it is old, and one below another prefix is not", async (t) => {
  const options = placeIn(s3);
  const bodies = await openBodies(t, options);
  using store = await openS3Store(options);
  using other = await openS3Store(placeIn(s3));
  const bytes = Buffer.alloc(100);
  const id = await store.beginUpload("A-1.00000000");
  await store.putPart("A-1.00000000", id, 1, { bytes, sha256: hash("sha256", bytes, "buffer") });
  await store.beginUpload("A-2.00000000");
  await store.beginUpload(".probe.00000000");
  await store.beginUpload("notes.txt");
  await other.beginUpload("A-3.00000000");
  const isNamed = async (): Promise<boolean> => true;

  assert.equal((await bodies.sweep(isNamed, { bodiesBefore: always, uploadsBefore: never })).aborted, 0);
  assert.equal((await s3.uploads()).length, 5);
  assert.equal((await bodies.sweep(isNamed, { bodiesBefore: never, uploadsBefore: always })).aborted, 3);
  assert.equal((await s3.uploads()).length, 2);
});

test("an upload that is ended while its body comes, as by a rule of the store, is refused as safe to send again", async (t) => {
  const bodies = await openBodies(t, placeIn(s3));
  const source = new Readable({ read: () => undefined });
  source.push(Buffer.alloc(2 * PART));
  const before = (await s3.uploads()).length;
  const receiving = bodies.receive(source, "A-1", { maxBytes: 4 * PART });
  const refused = assert.rejects(
    receiving,
    (error) => error instanceof MeshServerError && error.code === "bodies-unusable" && error.retry === "safe",
  );
  await waitFor(async () => (await s3.uploads()).length > before, { what: "the upload to begin" });
  await bodies.sweep(async () => true, { bodiesBefore: never, uploadsBefore: always });
  source.push(Buffer.alloc(PART));
  source.push(null);
  await refused;
});

test("two nodes that sweep at once, page by page, delete and end all that is to go and nothing else", async (t) => {
  const options = { ...placeIn(s3), page: 7 };
  const [one, two] = [await openBodies(t, options), await openBodies(t, options)];
  using store = await openS3Store(options);
  const names = Array.from({ length: 60 }, (_, index) => `A-${index + 1}.0000000${index % 2}`);
  for (const name of names) await s3.put(`${options.prefix}${name}`, Buffer.from("x"));
  for (let times = 0; times < 10; times += 1) await store.beginUpload("B-1.00000000");
  for (let times = 0; times < 10; times += 1) await store.beginUpload("B-2.00000000");
  const isNamed = async (fileName: string): Promise<boolean> => fileName.endsWith("1");
  const ages = { bodiesBefore: always, uploadsBefore: always };

  const [first, second] = await Promise.all([one.sweep(isNamed, ages), two.sweep(isNamed, ages)]);

  assert.ok(first.deleted + second.deleted >= 30 && first.aborted + second.aborted >= 20);
  assert.deepEqual([first.named, second.named], [30, 30]);
  assert.deepEqual(await one.sweep(isNamed, ages), { named: 30, deleted: 0, aborted: 0, strange: 0, left: 0 });
});

test("a sweep that is to end does so after what is in hand, and the next does the rest", async (t) => {
  const options = { ...placeIn(s3), page: 7 };
  const bodies = await openBodies(t, options);
  for (let index = 1; index <= 40; index += 1) await s3.put(`${options.prefix}A-${index}.00000000`, Buffer.from("x"));
  const ages = { bodiesBefore: always, uploadsBefore: never };
  const closing = new AbortController();
  const isNamed = async (): Promise<boolean> => {
    closing.abort();
    return false;
  };

  await assert.rejects(bodies.sweep(isNamed, ages, closing.signal), { name: "AbortError" });
  assert.equal((await keysBelow(options.prefix)).length, 39);
  assert.deepEqual(bodies.told, []);
  assert.equal((await bodies.sweep(isNamed, ages)).deleted, 39);
});

test("what cannot be deleted or ended, as under a lock of its own, is counted, and all that lies behind it goes", async (t) => {
  const options = { ...placeIn(s3), page: 1 };
  const locked = new Set(["A-1.00000000", "B-1.00000000"].map((name) => `/${s3.bucket}/${options.prefix}${name}`));
  const endpoint = await passingOn(t, s3, {
    answer: ({ method, url = "" }) =>
      method === "DELETE" && locked.has(url.split("?")[0]!)
        ? [403, "<Error><Code>AccessDenied</Code></Error>"]
        : undefined,
  });
  const bodies = await openBodies(t, { ...options, endpoint });
  using store = await openS3Store(options);
  for (const name of ["A-1.00000000", "A-2.00000000"]) await s3.put(`${options.prefix}${name}`, Buffer.from("x"));
  for (const name of ["B-1.00000000", "B-2.00000000"]) await store.beginUpload(name);
  const sweep = async (): ReturnType<typeof bodies.sweep> =>
    bodies.sweep(async () => false, { bodiesBefore: always, uploadsBefore: always });

  const { why, ...swept } = await sweep();
  assert.deepEqual(swept, { named: 0, deleted: 1, aborted: 1, strange: 0, left: 2 });
  assert.match(why ?? "", /^A-1\.00000000: s3:.*: the keys do not allow s3:DeleteObject$/);
  assert.deepEqual(await keysBelow(options.prefix), ["A-1.00000000"]);

  locked.clear();
  assert.deepEqual(await sweep(), { named: 0, deleted: 1, aborted: 1, strange: 0, left: 0 });
});

test("a machine whose clock is days ahead of the store's deletes nothing that is young by the store's", async (t) => {
  const options = placeIn(s3);
  const behind = await passingOn(t, s3, { date: () => new Date(Date.now() - 3 * DAY_MS) });
  const bodies = await openBodies(t, { ...options, endpoint: behind });
  await bodies.receive(pieces(50), "A-1", { maxBytes: 100 });
  const ages = { bodiesBefore: new Date(Date.now() + DAY_MS), uploadsBefore: never };
  const isNamed = async (): Promise<boolean> => false;

  assert.equal((await bodies.sweep(isNamed, ages)).deleted, 0);
  assert.equal((await (await openBodies(t, options)).sweep(isNamed, ages)).deleted, 1);
});
