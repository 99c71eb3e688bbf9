import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
import { severityOf } from "../src/log.ts";

const union = new URL("../../mesh/src/events.ts", import.meta.url);
const page = new URL("../../../docs/operations.md", import.meta.url);

const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;

test("every event has a row in docs/operations.md with the level at which it is logged, and every row is of an event", () => {
  const events = [...readFileSync(union, "utf8").matchAll(/\bevent: "([^"]+)"/g)].map(
    ([, name]) => name as Event["event"],
  );
  assert.ok(events.length > 50);
  const logged = new Map(events.map((event) => [event, levels[severityOf(event)]] as const));
  assert.deepEqual(levelsOnThePage(), logged);
});

/**
 * A row names one event or several, and their level. Where the second is the end of the first, the row says at its own end
 * at which level that is.
 */
function levelsOnThePage(): Map<string, number> {
  const [, table = ""] = /^(\| event .*\n(?:\|.*\n)*)/m.exec(readFileSync(page, "utf8")) ?? [];
  const found: [string, number][] = [];
  for (const row of table.split("\n").slice(2, -1)) {
    const [, names = "", level = "", meaning = ""] = row.split("|").map((cell) => cell.trim());
    const [, ofItsEnd = level] = /its end \((\d\d)\)$/.exec(meaning) ?? [];
    for (const [index, name] of names.split(", ").entries())
      found.push([name.replaceAll("`", ""), Number(index === 0 ? level : ofItsEnd)]);
  }
  assert.equal(new Set(found.map(([name]) => name)).size, found.length, "no event has two rows");
  return new Map(found);
}
