import assert from "node:assert/strict";
import { test } from "node:test";
import { createWorkers, type Workers, type WorkOptions } from "@restante/mesh-client/directory";

/** Works that end when they are told to, and the order in which they began. */
function works(workers: Workers): {
  readonly begun: string[];
  readonly begin: (name: string, mailbox: string, options?: WorkOptions) => Promise<void>;
  readonly end: (name: string) => Promise<void>;
} {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const done = new Map<string, Promise<void>>();
  return {
    begun,
    begin: async (name, mailbox, options) => {
      const run = workers.run(
        mailbox,
        async () => {
          begun.push(name);
          const { promise, resolve } = Promise.withResolvers<void>();
          ends.set(name, resolve);
          return promise;
        },
        options,
      );
      done.set(name, run);
      return run;
    },
    end: async (name) => {
      ends.get(name)?.();
      await done.get(name);
      await new Promise(setImmediate);
    },
  };
}

test("a mailbox whose works all hang leaves every other a place at once, and half of them to share", async () => {
  const { begin, begun, end } = works(createWorkers({ most: 4 }));
  for (const name of ["a1", "a2", "a3"]) void begin(name, "A");
  await new Promise(setImmediate);
  assert.deepEqual(begun, ["a1", "a2"], "no more than half, although nobody else wants the others");
  for (const name of ["b1", "b2", "b3", "c1", "d1"]) void begin(name, name.slice(0, 1).toUpperCase());
  await new Promise(setImmediate);
  assert.deepEqual(begun.slice(2), ["b1", "b2", "c1", "d1"], "the first of a mailbox is never waited for");
  await end("b1");
  assert.deepEqual(begun.slice(6), [], "over the number");
  await end("c1");
  await end("d1");
  assert.deepEqual(begun.slice(6), ["b3"]);
});

test("places go in turn to the mailboxes that have the fewest, and in a mailbox in the order of asking", async () => {
  const { begin, begun, end } = works(createWorkers({ most: 4, mostOfOne: 4 }));
  for (const name of ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "c1", "c2"]) {
    void begin(name, name.slice(0, 1));
  }
  await new Promise(setImmediate);
  assert.deepEqual(begun, ["a1", "a2", "a3", "a4", "b1", "c1"]);
  for (const name of ["a1", "a2", "a3"]) await end(name);
  assert.deepEqual(begun.slice(6), ["a5"], "4 at once; of equals, who has waited longest for a turn");
  await end("a4");
  assert.deepEqual(begun.slice(7), ["b2"]);
  await end("b1");
  assert.deepEqual(begun.slice(8), ["c2"]);
});

test("a mailbox waits for no download, of its own or of others, with anything else, and its downloads wait for places", async () => {
  const { begin, begun, end } = works(createWorkers({ most: 4, mostOfOne: 3 }));
  const download = { isDownload: true };
  for (const name of ["a1", "a2", "a3", "a4", "b1", "b2"]) void begin(name, name.slice(0, 1), download);
  await new Promise(setImmediate);
  assert.deepEqual(begun, ["a1", "a2", "a3", "b1"]);
  for (const name of ["A5", "A6", "B3", "B4", "C1"]) void begin(name, name.slice(0, 1).toLowerCase());
  await new Promise(setImmediate);
  assert.deepEqual(begun.slice(4), ["A5", "B3", "C1"], "one of each, over the number");
  await end("A5");
  assert.deepEqual(begun.slice(7), ["A6"]);
  for (const name of ["C1", "A6", "a1"]) await end(name);
  assert.deepEqual(begun.slice(8), [], "4 are in hand still");
  for (const name of ["a2", "a3"]) await end(name);
  assert.deepEqual(begun.slice(8), ["a4", "B4"], "who has the fewest, then all else before downloads");
  await end("B3");
  assert.deepEqual(begun.slice(10), ["b2"]);
});

test("a work that is given up before it began leaves its place to the next, and one that fails too", async () => {
  const workers = createWorkers({ most: 1 });
  const { begin, begun, end } = works(workers);
  void begin("a1", "A");
  const giveUp = new AbortController();
  const given = begin("a2", "A", giveUp);
  void begin("a3", "A");
  giveUp.abort();
  await assert.rejects(given, { code: "aborted" });
  await end("a1");
  assert.deepEqual(begun, ["a1", "a3"]);
  await end("a3");
  await assert.rejects(begin("a4", "A", giveUp), { code: "aborted" });
  const failure = new Error("the work failed");
  await assert.rejects(
    workers.run("A", async () => {
      throw failure;
    }),
    failure,
  );
  assert.equal(await workers.run("A", async () => "next"), "next");
});
