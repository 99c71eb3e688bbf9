// What shows each requirement, computed: by rules of the check whose cases passed, by tests that carry its id and passed, or
// in words why nothing does.
import type { Rule } from "../../packages/itk3/src/check/rule.ts";
import { idsOf } from "../../packages/itk3/test/check/ids-of.ts";
import type { RecordedTest } from "../testing/record.ts";
import type { Reason } from "./reasons.ts";

export interface Given {
  requirements: readonly string[];
  rules: readonly Pick<Rule, "numbers" | "alsoShows" | "severity" | "text">[];
  reasons: ReadonlyMap<string, Reason>;
  /** Of the run: every test that carries an id. */
  tests: readonly RecordedTest[];
}

export interface Row {
  id: string;
  how: "rule" | "behaviour" | Reason["how"];
  what: string;
}

export interface Shown {
  rows: readonly Row[];
  /** What must be put right before the rows are true. */
  faults: string[];
}

/** Its tests show that the rules of a requirement are broken by a case, and kept by one. */
export const testsOfRules = "packages/itk3/test/check/every-rule.test.ts";

export function shown({ requirements, rules, reasons, tests }: Given): Shown {
  const known = new Set(requirements);
  const faults: string[] = [];
  for (const test of tests) {
    const unknown = idsIn(test).filter((id) => !known.has(id));
    if (unknown.length > 0) faults.push(`No requirement is called ${unknown.join(", ")}: ${placeOf(test)}.`);
  }
  const ruled = new Set(rules.flatMap(idsOf));
  for (const id of ruled) if (!known.has(id)) faults.push(`No requirement is called ${id}: a rule goes by it.`);
  for (const id of reasons.keys()) if (!known.has(id)) faults.push(`No requirement is called ${id}: a reason has it.`);

  const rows = requirements.flatMap((id): Row[] => {
    const carrying = tests.filter((test) => idsIn(test).includes(id));
    const row = ruled.has(id)
      ? byRule(
          id,
          rules.filter((rule) => idsOf(rule).includes(id)),
          reasons.get(id),
          carrying,
        )
      : byBehaviour(id, reasons.get(id), carrying);
    if (typeof row !== "string") return [row];
    faults.push(row);
    return [];
  });
  return { rows, faults };
}

function byRule(
  id: string,
  rules: Given["rules"],
  reason: Reason | undefined,
  carrying: readonly RecordedTest[],
): Row | string {
  if (reason !== undefined) return `${id} has a rule, and a reason that speaks of none: ${reason.why}`;
  const cases = carrying.filter(({ file }) => file === testsOfRules);
  if (!cases.some(({ ended }) => ended === "passed"))
    return `${id} has a rule whose cases did not pass${endsOf(cases)}`;
  const others = carrying.filter(({ file, ended }) => file !== testsOfRules && ended === "passed");
  const said = rules.map(({ severity, text }) => `${severity}: ${text}`);
  return { id, how: "rule", what: [...new Set(said), ...namesOf(others)].join(" ") };
}

function byBehaviour(id: string, reason: Reason | undefined, carrying: readonly RecordedTest[]): Row | string {
  const passed = carrying.filter(({ ended }) => ended === "passed");
  const what = namesOf(passed).join("; ");
  if (reason === undefined || reason.how === "behaviour, in part") {
    if (passed.length === 0) return `No test that passed shows ${id}${endsOf(carrying)}`;
    if (reason === undefined) return { id, how: "behaviour", what };
    return { id, how: reason.how, what: `${what}. ${reason.why}` };
  }
  if (carrying.length > 0)
    return `${id} is said to be ${reason.how}, and a test carries it: ${namesOf(carrying).join("; ")}`;
  return { id, how: reason.how, what: reason.why };
}

/** Ids are in capitals; node has tags in small letters. */
function idsIn({ tags }: RecordedTest): string[] {
  return tags.map((tag) => tag.toUpperCase());
}

function endsOf(tests: readonly RecordedTest[]): string {
  if (tests.length === 0) return ": none carries it.";
  return `: ${tests.map((test) => `${placeOf(test)}, ${test.ended}`).join("; ")}.`;
}

function placeOf({ file, names }: RecordedTest): string {
  return `\`${file}\`: ${names.join(" > ")}`;
}

/** Files and names; of tests that one call makes, what their names share. */
function namesOf(tests: readonly RecordedTest[]): string[] {
  const inOrder = tests.toSorted((a, b) =>
    a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1,
  );
  const calls = Map.groupBy(inOrder, ({ file, line }) => `${file}:${line}`);
  return [...calls.values()].map((made) => {
    const file = made[0]?.file ?? "";
    return `\`${file}\`: ${sharedBy(made.map(({ names }) => names.join(" > ")))}`;
  });
}

/** `a received letter is a task` and `a received report is a task` share `a received … is a task`. */
function sharedBy(names: readonly string[]): string {
  const [first = "", ...others] = [...new Set(names)];
  if (others.length === 0) return first;
  const words = first.split(" ");
  const all = others.map((name) => name.split(" "));
  let before = 0;
  while (before < words.length && all.every((other) => other[before] === words[before])) before += 1;
  const shortest = Math.min(words.length, ...all.map(({ length }) => length));
  let after = 0;
  while (before + after < shortest && all.every((other) => other.at(-1 - after) === words.at(-1 - after))) after += 1;
  return [...words.slice(0, before), "…", ...words.slice(words.length - after)].join(" ");
}
