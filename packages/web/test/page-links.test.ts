import assert from "node:assert/strict";
import { test } from "node:test";
import { pageLinks } from "../src/index.ts";

/** Such as `1 … 4 [5] 6 … 20`. */
function numbers(page: number, total: number, most = 2000): string {
  const { items } = pageLinks({ page, size: 50, total, most }, String);
  return items.map((item) => ("ellipsis" in item ? "…" : item.current ? `[${item.number}]` : item.number)).join(" ");
}

test("from each page of a list the first, the last and its neighbours are one click away", () => {
  assert.equal(numbers(1, 0), "[1]");
  assert.equal(numbers(1, 50), "[1]");
  assert.equal(numbers(1, 51), "[1] 2");
  assert.equal(numbers(2, 150), "1 [2] 3");
  assert.equal(numbers(1, 1000), "[1] 2 … 20");
  assert.equal(numbers(3, 1000), "1 2 [3] 4 … 20");
  assert.equal(numbers(4, 1000), "1 2 3 [4] 5 … 20");
  assert.equal(numbers(5, 1000), "1 … 4 [5] 6 … 20");
  assert.equal(numbers(18, 1000), "1 … 17 [18] 19 20");
  assert.equal(numbers(20, 1000), "1 … 19 [20]");
  assert.equal(numbers(5, 100_000_000), "1 … 4 [5] 6 … 2000");
});

test("a page says which items it shows, and where the pages beside it are", () => {
  const at = (page: number, total: number) => pageLinks({ page, size: 50, total, most: 3 }, (to) => `/?page=${to}`);
  const { first, last, total, pages, previous, next } = at(2, 130);
  assert.deepEqual([first, last, total, pages, previous, next], [51, 100, 130, 3, "/?page=1", "/?page=3"]);
  assert.deepEqual([at(1, 130).previous, at(3, 130).next, at(3, 130).last], [undefined, undefined, 130]);
  assert.equal(at(3, 1000).next, undefined, "no further than it can be turned");
});

test("behind the end of a list the way leads back to its last page", () => {
  const { previous, next, items } = pageLinks({ page: 9, size: 50, total: 130, most: 2000 }, String);
  assert.deepEqual([previous, next], ["3", undefined]);
  assert.deepEqual(items.at(-1), { number: 3, href: "3", current: false });
  assert.equal(numbers(9, 0), "1");
});
