// Counts mutants and those that the check catches, by kind, and tells of each that it does not.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";

export interface Counted {
  kind: string;
  /** What was done, and where. */
  name: string;
  caught: boolean;
}

const least = 0.99;

/** Prints how many were caught of how many, and the names of the rest; fails where that is less than 99 % of a kind. */
export function mostAreCaught(t: TestContext, mutants: Iterable<Counted>): void {
  for (const [kind, ofKind] of Map.groupBy(mutants, (mutant) => mutant.kind)) {
    const survivors = ofKind.filter(({ caught }) => !caught).map(({ name }) => name);
    const caught = ofKind.length - survivors.length;
    const told = `${kind}: ${caught} of ${ofKind.length} caught (${((caught / ofKind.length) * 100).toFixed(1)} %)`;
    t.diagnostic(told);
    for (const [name, same] of Map.groupBy(survivors, (survivor) => survivor)) {
      t.diagnostic(`not caught, ${kind}: ${name}${same.length > 1 ? `, at ${same.length} places` : ""}`);
    }
    assert.ok(caught >= ofKind.length * least, `${told}. Not caught: ${survivors.join("; ")}`);
  }
}
