// Holds the check to every mutant of a document with every resource that may be sent.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, readMessage, type ReadResult, writeJson } from "@restante/itk3";
import { caseMutants } from "./case-mutants.ts";
import { type Counted, mostAreCaught } from "./caught.ts";
import { cardinalityMutants, fixedMutants, targetMutants } from "./document-mutants.ts";
import { invariantMutants } from "./invariant-mutants.ts";
import { type Mutant, nameOf } from "./mutant.ts";
import { xmlWriter } from "./mutant-text.ts";
import { isNear, locationOf } from "./place.ts";
import { fullDocuments, type Subject } from "./subjects.ts";

/** One test for each use case. Documents of 1.x are told in XML, those of Send Document 2 in JSON. */
export function testMutantsOf(generation: 1 | 2): void {
  for (const subject of fullDocuments()) {
    if (subject.options.generation !== generation) continue;
    test(
      `of a ${subject.name} with every resource, changed in one place of all that STU3 and the profiles say of it, the check finds at ` +
        "least 99 % there",
      { timeout: 300_000 },
      (t) => mostAreCaught(t, judged(subject)),
    );
  }
}

function* judged({ bundle, options }: Subject): Generator<Counted> {
  const isXml = options.generation === 1;
  const whole = isXml ? bundle : (JSON.parse(writeJson(bundle)) as object);
  const textOf = isXml ? xmlWriter() : (value: object): string => JSON.stringify(value);
  const reading = (value: object): ReadResult => readMessage(Buffer.from(textOf(value)));
  assert.deepEqual(check(reading(whole), options).findings, []);
  for (const mutant of mutantsOf(whole, options)) {
    const changed = locationOf(mutant.path);
    const tells = ({ location }: { location: string }): boolean => isNear(location, changed);
    const read = reading(mutant.value);
    // Whatever reading noticed is among the findings, and the check need not be asked for it.
    const caught = read.issues.some(tells) || check(read, options).findings.some(tells);
    yield { kind: mutant.kind, name: nameOf(mutant), caught };
  }
}

function* mutantsOf(bundle: object, options: Subject["options"]): Generator<Mutant> {
  yield* cardinalityMutants(bundle);
  yield* targetMutants(bundle, options);
  yield* fixedMutants(bundle, options);
  yield* invariantMutants(bundle);
  yield* caseMutants(bundle);
}
