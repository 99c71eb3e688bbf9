import { readFileSync } from "node:fs";
import { createCheck, type Finding, type JsonSchema } from "@restante/settings";
import type { ConsultationProblem } from "./consultation-file-error.ts";
import { formats } from "./formats.ts";

/**
 * The JSON Schema of a consultation file, as shipped with the package: docs/consultation-json.md describes it. The path
 * holds from src/ and from dist/, because the package carries both.
 */
export const consultationSchemaUrl: URL = new URL("../../src/consultation/consultation.schema.json", import.meta.url);

/** Everything in which `json` departs from the schema, in the order of the schema; empty if nothing does. */
export function findSchemaProblems(json: unknown): ConsultationProblem[] {
  check ??= createCheck(JSON.parse(readFileSync(consultationSchemaUrl, "utf8")) as JsonSchema, formats, {
    // The names in a file that a system writes are the system's, not a patient's.
    tellNames: true,
  });
  return check(json).map(({ pointer, words }) => ({ pointer, problem: words }));
}

let check: ((json: unknown) => Finding[]) | undefined;
