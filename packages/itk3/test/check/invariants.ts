import { readFileSync } from "node:fs";
import { rules } from "../../src/check/rules.ts";
import { readingFinding } from "../../src/check/reading.ts";
import type { IssueCode } from "../../src/issue.ts";

/** An invariant of STU3, as the StructureDefinition of its type has it. */
export interface Invariant {
  key: string;
  /** The type or the element that it is of. */
  path: string;
  severity: string;
}

/** Every invariant of every StructureDefinition of STU3: tools/stu3-invariants writes the list. */
export const everyInvariant: readonly Invariant[] = linesOf("invariants.txt").map((line) => {
  const [, key = "", path = "", severity = ""] = /^(\S+) (\S+) (error|warning): /.exec(line) ?? [];
  return { key, path, severity };
});

export function linesOf(name: "invariants.txt" | "simple-quantities.txt"): string[] {
  return readFileSync(new URL(`../stu3/${name}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
}

/** What reading a message shows, by its finding. */
const read: Readonly<Record<string, IssueCode>> = {
  "ele-1": "empty-element",
  "txt-1": "narrative",
  "txt-2": "narrative",
};

const ofSoftware = "Of a resource that defines, drives or tests software: it says nothing of a patient.";

/** The resources with invariants that nothing holds, by the beginning of the path. */
const notHeld: Readonly<Record<string, string>> = {
  ElementDefinition: "Of a part of definitions: no resource that says something of a patient has one.",
  Parameters:
    "Of what an operation is given or gives: a resource that stands in no document, and that nothing can refer to.",
  ...Object.fromEntries(
    (
      "CapabilityStatement DataElement ExpansionProfile MessageDefinition NamingSystem OperationDefinition SearchParameter " +
      "StructureDefinition StructureMap TestReport TestScript"
    )
      .split(" ")
      .map((type) => [type, ofSoftware]),
  ),
};

export type Held = readonly [how: "a rule" | "reading" | "nothing", what: string];

/** Everything that is said of an invariant: to be one thing exactly. */
export function saidOf({ key, path }: Invariant): readonly Held[] {
  const reason = notHeld[path.split(".")[0] ?? ""];
  if (reason !== undefined) return [["nothing", reason]];
  const issue = read[key];
  const rule = rules.find(({ numbers }) => numbers.own === `FHIR:${key}`);
  return [
    ...(rule === undefined ? [] : [["a rule", rule.requirement] as const]),
    ...(issue === undefined
      ? []
      : [["reading", readingFinding({ severity: "error", code: issue, location: "", text: "" }).requirement] as const]),
  ];
}

/** What reasons are given for, or reading is said to show. */
export const explained: readonly string[] = [...Object.keys(notHeld), ...Object.keys(read)];
