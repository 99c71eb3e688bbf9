// Holds the rules of packages/itk3 against the expressions that HL7 gives for STU3's invariants: over every case that the
// tests have of an invariant, the expression must be broken where the rule fires, and hold where it does not.
import { readFileSync } from "node:fs";
import { evaluate } from "fhirpath";
import stu3 from "fhirpath/fhir-context/stu3/index.js";
import { type Bundle, check, messageOf, writeJson } from "../../packages/itk3/src/index.ts";
import { type ElementTypes, elementsOf } from "../../packages/itk3/src/check/walk.ts";
import { brokenInvariants, soundInvariants } from "../../packages/itk3/test/check/invariant-cases.ts";
import { subjects } from "../../packages/itk3/test/check/subjects.ts";

interface Invariant {
  /** Of the type or element that it is of. */
  path: string;
  expression: string;
}

const list = readFileSync(new URL("../../packages/itk3/test/stu3/invariants.txt", import.meta.url), "utf8");
const known = new Map<string, Invariant>();
for (const line of list.trimEnd().split("\n")) {
  const [, key = "", path = "", expression = ""] = /^(\S+) (\S+) \w+: (.*)$/.exec(line) ?? [];
  // Of the four that share a key, that of Task.
  if (key !== "inv-1" || path === "Task") known.set(key, { path, expression });
}

/** What the expressions cannot be asked, and why. */
const notAsked: Readonly<Record<string, string>> = {
  "cmr-1": "resolve() fetches",
  "ctm-1": "resolve() fetches",
  "mps-1": "resolve() fetches",
  "rfr-1": "resolve() fetches",
  "obs-7": "compares codes whole and so says nothing of most: the XPath of the same invariant is held",
  "sqty-1": "is of a profile: it holds where STU3 wants a SimpleQuantity",
};

/** Where rule and expression differ over a case, and why the rule is as it is. */
const differences: Readonly<Record<string, string>> = {
  "csd-1 a code twice, one within the other": "the expression makes a union of the codes, in which none is there twice",
  "rng-2 90 to 10": "the expression cannot compare quantities without codes",
  "cnt-3 a count with a point": "JavaScript drops what stands behind the point: 3.0 is 3 to the library",
  "dom-3 it has no id": "what has no id cannot be referred to, as the sentence asks; the expression passes over it",
  "dom-3 another is named, and is not there": "one cause, one finding: ref-1 says it",
  "per-1 a day as long as it takes": "the expression knows no order of a time and the day it is in",
  "inv-1 a change on the day": "the expression knows no order of a time and the day it is in",
};

const valid = subjects();
let agreed = 0;
for (const [cases, wanted] of [
  [brokenInvariants, "broken"],
  [soundInvariants, "sound"],
] as const) {
  for (const [id, what, change] of cases) {
    const key = id.replace("FHIR:", "");
    const invariant = known.get(key);
    if (invariant === undefined || key in notAsked) continue;
    const changed = valid.flatMap(({ bundle, options }) => {
      const value = structuredClone(bundle);
      const message = messageOf(value);
      if (message === undefined) throw new Error("no message");
      change(message);
      if (JSON.stringify(value) === JSON.stringify(bundle)) return [];
      return [{ value, ruled: check(message, options).findings.some((finding) => finding.id === id) }];
    });
    // In some messages a requirement of the same element is told in the place of the invariant.
    const { value, ruled } = changed.find((one) => one.ruled) ?? changed[0] ?? {};
    if (value === undefined || ruled === undefined) continue;
    const expressed = breaks(value, invariant);
    const reason = differences[`${key} ${what}`];
    if (ruled === expressed) {
      agreed += 1;
    } else if (reason !== undefined) {
      process.stdout.write(`${key} differs, ${what}: ${reason}\n`);
    } else {
      process.stdout.write(`${key}, ${wanted}, ${what}: the rule ${say(ruled)}, the expression ${say(expressed)}\n`);
      process.exitCode = 1;
    }
  }
}
for (const [key, reason] of Object.entries(notAsked)) process.stdout.write(`${key} is not asked: ${reason}\n`);
process.stdout.write(`${agreed} cases agree\n`);

function say(broken: boolean): string {
  return broken ? "finds it broken" : "finds nothing";
}

function breaks(bundle: Bundle, { path, expression }: Invariant): boolean {
  // Decimals are text in memory and numbers in JSON.
  const plain = JSON.parse(asJson(bundle)) as Bundle;
  const type = path.replace(/^(Organization)\.(address|telecom)$|^(.*)\.probability\[x\]$/, "$1$3");
  const prefix = path === type ? "" : `${path.slice(type.length + 1).replace("[x]", "")}.all(`;
  const asked = prefix === "" ? expression : `${prefix}${expression})`;
  return elementsOf(plain)
    .ofType(type as keyof ElementTypes)
    .some((element) => {
      const base = /^[A-Z]\w+$/.test(type) && "resourceType" in element ? undefined : type;
      const input = base === undefined ? asked : { base, expression: asked };
      const result = evaluate(element, input, { resource: element, ucum: "http://unitsofmeasure.org" }, stu3, {
        traceFn: () => undefined,
      });
      return result.length !== 1 || result[0] !== true;
    });
}

function asJson(bundle: Bundle): string {
  try {
    return writeJson(bundle);
  } catch {
    return JSON.stringify(bundle);
  }
}
