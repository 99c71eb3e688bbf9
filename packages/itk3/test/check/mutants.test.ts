import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { type Bundle, check, readMessage, writeXml } from "@restante/itk3";
import { mutantsOf } from "./mutate.ts";
import { placeOf } from "./place.ts";
import { plainSubjects, type Subject } from "./subjects.ts";
import { unnoticed } from "./unnoticed.ts";

const reasons = new Map(
  Object.entries(unnoticed).flatMap(([reason, changes]) => changes.map((change): [string, string] => [change, reason])),
);
const found = new Set<string>();

for (const { name, bundle, options } of plainSubjects()) {
  test(`of a valid ${name} changed in one place, each change that goes unnoticed has its reason`, (t) => {
    const survivors: string[] = [];
    let mutants = 0;
    for (const { how, path, value } of mutantsOf(bundle)) {
      mutants += 1;
      if (!isNoticed(value, options)) survivors.push(`${how} ${placeOf(bundle, path)}`);
    }
    const noticed = mutants - survivors.length;
    t.diagnostic(`${noticed} of ${mutants} noticed (${Math.round((noticed / mutants) * 100)} %)`);
    for (const [reason, changes] of Map.groupBy(survivors, (change) => reasons.get(change))) {
      t.diagnostic(`unnoticed, ${reason ?? "no reason"}: ${changes.join("; ")}`);
    }
    for (const change of survivors) found.add(change);
    assert.deepEqual(
      survivors.filter((change) => !reasons.has(change)),
      [],
    );
  });
}

test("no reason is given for a change that is noticed", () => {
  assert.deepEqual(
    Array.from(reasons.keys()).filter((change) => !found.has(change)),
    [],
  );
});

function isNoticed(bundle: Bundle, options: Subject["options"]): boolean {
  let xml: string;
  try {
    xml = writeXml(bundle);
  } catch {
    return true;
  }
  const { findings, acceptable } = check(readMessage(Buffer.from(xml)), options);
  return findings.length > 0 || !acceptable;
}
