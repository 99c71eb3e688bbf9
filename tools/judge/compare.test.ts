import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./compare.ts";
import { areNear, placeOf } from "./places.ts";
import type { Judged, Problem } from "./problem.ts";

const said = (severity: Problem["severity"], kind: string, place: string): Problem => ({
  severity,
  kind,
  place,
  line: undefined,
  text: kind,
});
const judged = (files: Readonly<Record<string, readonly Problem[]>>): Map<string, Judged> =>
  new Map(Object.entries(files).map(([file, problems]) => [file, { milliseconds: 1, processor: 1, problems }]));

test("HAPI's places are written as ours are", () => {
  assert.equal(
    placeOf("Bundle.entry[2].resource/*Bundle/a-1*/.entry[0].resource.ofType(Composition).title"),
    "Bundle.entry[2].resource.entry[0].resource.title",
  );
  assert.equal(
    placeOf("Bundle.entry[1].resource/*Observation/b*/.value.ofType(Quantity).unit"),
    "Bundle.entry[1].resource.valueQuantity.unit",
  );
});

test("what is absent is near what it is absent from, and nothing else is", () => {
  assert.ok(areNear("Bundle.entry[0].resource", "Bundle.entry[0].resource.event"));
  assert.ok(areNear("Bundle.entry[0].resource.event", "Bundle.entry[0].resource"));
  assert.ok(!areNear("Bundle.entry[0].resource.event", "Bundle.entry[0].resource.source"));
  assert.ok(!areNear("Bundle", "Bundle.entry[0].resource.event"));
});

test("files and kinds of error are counted by who says them and where", () => {
  const ours = judged({
    "a.xml": [said("error", "FHIR:reference", "Bundle.entry[0].fullUrl")],
    "b.xml": [said("warning", "STU3:wrong-order", "Bundle.type")],
    "c.xml": [said("error", "GPCM-SD-007", "Bundle.type")],
    "d.xml": [],
  });
  const theirs = judged({
    "a.xml": [said("error", "Url", "Bundle.entry[0]"), said("error", "Other", "Bundle.type")],
    "b.xml": [said("error", "Order", "Bundle.type")],
    "c.xml": [],
    "d.xml": [said("error", "A document must have a date (Bundle.timestamp)", "Bundle")],
  });
  const { messages, theirs: kinds, ours: ourKinds, beyond } = compare(ours, theirs);
  assert.deepEqual(
    messages.map(({ file, verdict }) => [file, verdict]),
    [
      ["a.xml", "both"],
      ["b.xml", "theirs only"],
      ["c.xml", "ours only"],
      ["d.xml", "neither"],
    ],
  );
  const counts = kinds.map(({ kind, error, warning, elsewhere, nothing }) => [
    kind,
    error,
    warning,
    elsewhere,
    nothing,
  ]);
  assert.deepEqual(counts, [
    ["Other", 0, 0, 1, 0],
    ["Url", 1, 0, 0, 0],
    ["Order", 0, 1, 0, 0],
  ]);
  assert.deepEqual(
    ourKinds.map(({ kind, nothing }) => [kind, nothing]),
    [
      ["GPCM-SD-007", 1],
      ["FHIR:reference", 0],
    ],
  );
  assert.deepEqual(
    beyond.map(({ kind, files: count }) => [kind, count]),
    [["A document must have a date (Bundle.timestamp)", 1]],
  );
});
