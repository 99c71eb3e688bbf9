import assert from "node:assert/strict";
import { test } from "node:test";
import { type DirectoryPatient, embeddedDemographics } from "@restante/demographics";
import { parseNhsNumber } from "@restante/mesh";
import { patient } from "./records.ts";

const former = parseNhsNumber("9912491181");
const known: DirectoryPatient = { ...patient(), formerNhsNumbers: [former], invalidated: false };
const invalidated: DirectoryPatient = {
  ...patient({ nhsNumber: parseNhsNumber("9912366719") }),
  formerNhsNumbers: [],
  invalidated: true,
};
const demographics = embeddedDemographics({ patients: [known, invalidated], organisations: [] });

test("a patient is found by the number, and by one that it superseded", async () => {
  assert.equal(await demographics.find(known.nhsNumber), known);
  assert.equal((await demographics.find(former))?.nhsNumber, known.nhsNumber);
});

test("an unknown and an invalidated number find nothing", async () => {
  assert.equal(await demographics.find(parseNhsNumber("9912487575")), undefined);
  assert.equal(await demographics.find(invalidated.nhsNumber), undefined);
});

test("a search that was given up fails", async () => {
  await assert.rejects(demographics.find(known.nhsNumber, AbortSignal.abort()), { name: "AbortError" });
});
