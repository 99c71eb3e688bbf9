import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { test, type TestContext } from "node:test";

import { startS3, waitFor } from "@restante/testbed";

import { createRoom } from "../../src/bodies/room.ts";
import { createShares } from "../../src/bodies/shares.ts";
import { hasCode, pieces, read } from "./contract.ts";
import { inTwo, type OpenBodies, openBodies, PART, passingOn, placeIn, type PlacedOptions } from "./s3-places.ts";

interface SlowStore {
  bodies: OpenBodies;
  /** Each lets go of a body that is on its way. */
  held: (() => void)[];
}

/** Of which each body is held on its way there. */
async function openSlow(t: TestContext, options: Partial<PlacedOptions>): Promise<SlowStore> {
  const s3 = await startS3(t);
  const held: (() => void)[] = [];
  let isSlow = false;
  const endpoint = await passingOn(t, s3, {
    held: ({ method }) =>
      method === "PUT" && isSlow ? new Promise<void>((resolve) => void held.push(resolve)) : undefined,
  });
  const bodies = await openBodies(t, { ...placeIn(s3), endpoint, ...options });
  isSlow = true;
  return { bodies, held };
}

test("no more is sent to a store at once than it is to take, and what waits is sent in its turn", async (t) => {
  const { bodies, held } = await openSlow(t, { mostSentBytes: 250_000 });
  const receiving = Array.from({ length: 8 }, (_, index) =>
    bodies.receive(pieces(100_000), `A-${index}`, { maxBytes: 100_000 }),
  );
  for (let left = 8; left > 0; left -= 1) {
    await waitFor(() => held.length === Math.min(2, left), { what: `two of ${left} to be on their way` });
    held.shift()!();
  }
  assert.equal((await Promise.all(receiving)).length, 8);
  assert.deepEqual(bodies.told, []);
});

test("whose turn does not come is refused as safe to send again, and that is told", async (t) => {
  const { bodies, held } = await openSlow(t, { mostSentBytes: 100_000, patience: { turn: 100 } });
  const first = bodies.receive(pieces(100_000), "A-1", { maxBytes: 100_000 });
  await waitFor(() => held.length === 1, { what: "the first to be on its way" });

  await assert.rejects(bodies.receive(pieces(100_000), "A-2", { maxBytes: 100_000 }), hasCode("bodies-unusable"));

  assert.match(bodies.told[0] ?? "", /: it takes what is sent too slowly$/);
  held[0]!();
  await first;
  await waitFor(
    () => {
      for (const letGo of held) letGo();
      return bodies.told.at(-1) === "works";
    },
    { what: "the end of the trouble" },
  );
});

test("bodies that come in hold no more together than they may: one goes on with a part, another is refused until it is done", async (t) => {
  const s3 = await startS3(t);
  const bodies = await openBodies(t, { ...placeIn(s3), mostHeldBytes: PART, patience: { turn: 100 } });
  const [begin, rest] = [randomBytes(PART + 1), randomBytes(2 * PART)];
  const { source, goOn } = inTwo(begin, rest);
  const first = bodies.receive(source, "A-1", { maxBytes: 4 * PART });
  await waitFor(async () => (await s3.uploads()).length === 1, { what: "the upload to begin" });
  const receive = async (): Promise<unknown> => bodies.receive(pieces(100_000), "A-2", { maxBytes: 100_000 });

  await assert.rejects(receive(), hasCode("store-busy"));
  goOn();
  assert.ok((await read(await bodies.open(await first))).equals(Buffer.concat([begin, rest])));
  await receive();
  await assert.rejects(bodies.receive(pieces(PART, PART), "A-3", { maxBytes: PART + 1 }), hasCode("body-too-large"));
  await receive();
  assert.deepEqual(bodies.told, []);
});

test("one mailbox has a quarter of the room at most: its next is refused until it is done, and another's goes on", async (t) => {
  const s3 = await startS3(t);
  const bodies = await openBodies(t, { ...placeIn(s3), mostHeldBytes: 4 * PART, patience: { turn: 100 } });
  const receive = async (sender: string): Promise<unknown> =>
    bodies.receive(pieces(100_000), "A-2", { maxBytes: 100_000, sender });
  // More than a part: it would take another of the room.
  const [begin, rest] = [randomBytes(PART + 1), randomBytes(2 * PART)];
  const { source, goOn } = inTwo(begin, rest);
  const first = bodies.receive(source, "A-1", { maxBytes: 4 * PART, sender: "A" });
  await waitFor(async () => (await s3.uploads()).length === 1, { what: "the upload to begin" });

  const refused = ["A", "A"].map((sender) => assert.rejects(receive(sender), hasCode("store-busy")));
  await Promise.all(["B", "C"].map(receive));
  await Promise.all(refused);

  goOn();
  assert.ok((await read(await bodies.open(await first))).equals(Buffer.concat([begin, rest])));
  await receive("A");
  assert.deepEqual(bodies.told, []);
});

test("whose sender has gone keeps no place among those that wait, and nothing is sent of what waits when all is closed", async (t) => {
  const patience = { turn: 2 ** 31 - 1 };
  const { bodies, held } = await openSlow(t, { mostSentBytes: 100_000, mostHeldBytes: 2 * PART, patience });
  const first = bodies.receive(pieces(100_000), "A-1", { maxBytes: 100_000 });
  await waitFor(() => held.length === 1, { what: "the first to be on its way" });
  const receive = (begin: Buffer): [Readable, Promise<unknown>] => {
    const { source } = inTwo(begin, Buffer.alloc(0));
    return [source, bodies.receive(source, "A-2", { maxBytes: 4 * PART })];
  };
  // It waits for its first part to be sent, and holds all the room.
  const [sent, sending] = receive(randomBytes(PART + 1));
  await waitFor(() => sent.readableLength === 0, { what: "its first part" });
  const [waited, waiting] = receive(randomBytes(1000));
  await waitFor(() => waited.readableLength === 0, { what: "it to wait for room" });

  waited.destroy();
  await assert.rejects(waiting, hasCode("body-cut-short"));
  sent.destroy();
  await assert.rejects(sending, hasCode("body-cut-short"));

  const last = bodies.receive(pieces(100_000), "A-3", { maxBytes: 100_000 });
  const refused = Promise.all([first, last].map((each) => assert.rejects(each, hasCode("bodies-unusable"))));
  await bodies[Symbol.asyncDispose]();
  await refused;
  assert.equal(held.length, 1);
});

test("room is given in the order of asking, back once, and to whoever stands behind one that gave up", async () => {
  const room = createRoom(10);
  const all = await room.take(20, 0);
  const order: string[] = [];
  const large = room.take(10, 1).then((given) => order.push(given === undefined ? "none" : "large"));
  const leaving = new AbortController();
  const left = room.take(10, 60_000, leaving.signal);
  const small = ["one", "two"].map(async (name) => {
    const given = await room.take(5, 60_000);
    order.push(name);
    return given;
  });
  await large;
  assert.equal(room.takeNow(1), undefined);
  leaving.abort();
  await assert.rejects(left, { name: "AbortError" });
  await assert.rejects(room.take(1, 60_000, leaving.signal), { name: "AbortError" });
  all?.();
  all?.();
  const [one] = await Promise.all(small);
  assert.deepEqual(order, ["none", "one", "two"]);
  assert.equal(room.takeNow(1), undefined);
  one?.();
  assert.equal(typeof room.takeNow(5), "function");
});

test("who waits for a share is passed by others, has it in the order of asking, and takes nothing along when it is refused", async () => {
  const all = createRoom(10);
  const of = createShares(all, 4);
  const order: string[] = [];
  const take = async (whose: string, size: number, ms = 60_000): Promise<(() => void) | undefined> => {
    const given = await of(whose).take(size, ms);
    order.push(given === undefined ? `none for ${whose}` : `${whose} ${size}`);
    return given;
  };
  const large = await take("a", 20);
  assert.equal(all.takeNow(1), undefined, "who has nothing may have one of any size");
  large?.();
  large?.();

  const first = await take("a", 3);
  assert.equal(of("a").takeNow(2), undefined);
  const waiting = [take("a", 2), take("a", 1), take("a", 4, 1), take("b", 4), take("c", 3)];
  const [second, third, refused, b, c] = waiting;
  await Promise.all([refused, b, c]);
  assert.deepEqual(order, ["a 20", "a 3", "b 4", "c 3", "none for a"]);
  first?.();
  await Promise.all([second, third]);
  assert.deepEqual(order.slice(5), ["a 2", "a 1"]);

  assert.equal(of("d").takeNow(1), undefined, "there is a share, and no room");
  const leaving = new AbortController();
  const left = of("d").take(4, 60_000, leaving.signal);
  leaving.abort();
  await assert.rejects(left, { name: "AbortError" });
  for (const one of [second, third, b, c]) (await one)?.();
  const whole = ["a", "b"].map((whose) => of(whose).takeNow(4));
  assert.ok(whole.every((given) => given !== undefined) && all.takeNow(2) !== undefined);
  for (const given of whole) given?.();
  assert.notEqual(of("d").takeNow(4), undefined, "of what was refused nothing is held");
});
