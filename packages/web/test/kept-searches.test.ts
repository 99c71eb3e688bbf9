import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyRequest } from "fastify";
import { noteVisitor } from "../src/access/visitor.ts";
import { createKeptSearches } from "../src/kept-searches.ts";

/** A request of somebody who has signed in. */
function requestOf(binding: string): FastifyRequest {
  const request = {} as FastifyRequest;
  noteVisitor(request, { id: "u-1", name: "A", rights: new Set(), binding });
  return request;
}

const hourMs = 3_600_000;

test("a search is found by the sign-in that it is kept for, for an hour after it was looked at last", () => {
  let now = 1_000_000;
  const searches = createKeptSearches<string>(() => now);
  const [one, other] = [requestOf("one"), requestOf("other")];
  const id = searches.keep(one, "9912609131");
  assert.match(id, /^[\w-]{22}$/);
  now += hourMs - 1;
  assert.equal(searches.find(one, id), "9912609131");
  assert.equal(searches.find(other, id), undefined);
  assert.equal(searches.find(one, "nothing"), undefined);
  now += hourMs - 1;
  assert.equal(searches.find(requestOf("one"), id), "9912609131");
  now += hourMs;
  assert.equal(searches.find(one, id), undefined);
  const later = searches.keep(one, "x");
  now -= 2 * hourMs;
  assert.equal(searches.find(one, later), undefined, "a clock that was put back keeps nothing for ever");
});

test("of a sign-in 20 searches are kept and of all 1,000: the one that nobody looked at for longest goes", () => {
  const searches = createKeptSearches<number>(() => 0);
  const one = requestOf("one");
  const ids = Array.from({ length: 20 }, (_, index) => searches.keep(one, index));
  assert.equal(searches.find(one, ids[0]!), 0);
  searches.keep(one, 20);
  assert.equal(searches.find(one, ids[0]!), 0);
  assert.equal(searches.find(one, ids[1]!), undefined);
  for (let other = 0; other < 990; other += 1) searches.keep(requestOf(`other ${other}`), other);
  assert.equal(ids.filter((id) => searches.find(one, id) !== undefined).length, 9);
});

test("nobody's search is kept", () => {
  assert.throws(() => createKeptSearches().keep({} as FastifyRequest, "x"), /A search of nobody/);
});
