import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageId } from "@restante/mesh";
import { createListedOrder, type ListedOrder } from "../../src/directory/listed-order.ts";

const [a, b, c, d] = ["a", "b", "c", "d"] as unknown as [MessageId, MessageId, MessageId, MessageId];

function orderOf(...ids: MessageId[]): ListedOrder<string> {
  const order = createListedOrder<string>(100);
  for (const id of ids) order.begin(id);
  return order;
}

test("what has arrived goes on when nothing before it is being fetched, in the order of the listing", () => {
  const order = orderOf(a, b, c, d);
  assert.equal(order.dueIn(0), undefined);
  order.arrived(c, "c", 10);
  order.arrived(b, "b", 20);
  assert.deepEqual(order.take(30), { items: [], passed: [] });
  assert.equal(order.dueIn(30), 80);
  order.arrived(a, "a", 40);
  assert.deepEqual(order.take(40).items, ["a", "b", "c"]);
  assert.equal(order.size(), 1);
});

test("nobody waits for one that failed", () => {
  const order = orderOf(a, b);
  order.arrived(b, "b", 0);
  order.over(a);
  assert.deepEqual(order.take(0), { items: ["b"], passed: [] });
});

test("one that has waited for long enough passes all before it, and takes along what waited with it: each is passed by the first behind it", () => {
  const order = orderOf(a, b, c, d);
  order.arrived(d, "d", 0);
  order.arrived(b, "b", 50);
  assert.deepEqual(order.take(99).items, []);
  assert.deepEqual(order.take(100), {
    items: ["b", "d"],
    passed: [
      { id: a, by: b },
      { id: c, by: d },
    ],
  });
  assert.equal(order.arrived(a, "a", 110), false, "what was passed has no place in it any more");
  assert.equal(order.size(), 0);
});
