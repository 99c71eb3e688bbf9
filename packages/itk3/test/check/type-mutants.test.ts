import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, type Finding, readMessage } from "@restante/itk3";
import { type Counted, mostAreCaught } from "./caught.ts";
import { xmlWriter } from "./mutant-text.ts";
import { isNear } from "./place.ts";
import { heldTypes, least, typeMutants } from "./type-mutants.ts";

const formats = { XML: xmlWriter(), JSON: (value: object): string => JSON.stringify(value) };

for (const [format, textOf] of Object.entries(formats)) {
  /** What reading tells of each of these resources, as entries of a document. */
  const toldOf = (resources: readonly object[]): readonly (readonly Finding[])[] => {
    const { findings } = check(readMessage(Buffer.from(textOf(messageWith(resources)))));
    const read = findings.filter(({ id }) => id.startsWith("STU3:"));
    return resources.map((_, index) =>
      read.filter(({ location }) => location.startsWith(`${placeOf(index)}.`) || location === placeOf(index)),
    );
  };

  test(`nothing is found wrong with a resource of any type in ${format} that has what it must have and no more`, () => {
    for (const chunk of chunks(heldTypes())) {
      const told = toldOf(chunk.map(({ type, within }) => within(least(type))));
      assert.deepEqual(told.flat(), []);
    }
  });

  test(`of every type of STU3 in ${format}, a required element left out, one doubled and a code of no list are found`, (t) => {
    const counted = chunks([...typeMutants()]).flatMap((chunk): Counted[] => {
      const told = toldOf(chunk.map(({ resource }) => resource));
      return chunk.map(({ kind, name, at }, index) => ({
        kind,
        name,
        caught: told[index]?.some(({ location }) => isNear(location, `${placeOf(index)}.${at}`)) === true,
      }));
    });
    mostAreCaught(t, counted);
  });
}

function messageWith(resources: readonly object[]): object {
  const header = {
    resourceType: "MessageHeader",
    event: { code: "x" },
    timestamp: "2026-01-05T10:00:00Z",
    source: { endpoint: "urn:x" },
    focus: [{ reference: "Bundle/d" }],
  };
  const entry = resources.map((resource) => ({ resource }));
  const document = { resourceType: "Bundle", id: "d", type: "document", entry };
  return { resourceType: "Bundle", type: "message", entry: [{ resource: header }, { resource: document }] };
}

function placeOf(index: number): string {
  return `Bundle.entry[1].resource.entry[${index}].resource`;
}

// Reading lists no more than 500 issues of a message.
function chunks<T>(items: readonly T[]): T[][] {
  const size = 50;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
