import { escapePointer, nearestName } from "@restante/mesh";
import { type Find, type Finding, findProblems, type Schema } from "@restante/settings";
import { holdsReference, isRecord, namesIn, partOf, referringTexts, substitute } from "./references.ts";
import { stepInputs, stepWords } from "./schema.ts";

// What a schema cannot say of a scenario's steps: that each does one thing, that what is referred to was kept before, and
// that what a verb is given is what it takes once the variables have their values.

export interface VariableValues {
  /** Every variable of the scenario, also those that have no value yet. */
  readonly names: readonly string[];
  readonly values: Readonly<Record<string, string | number>>;
}

/** Names that are there in every scenario. */
const everywhere = ["run"];
const reserved = new Set([...everywhere, "repeat"]);

export function findInSteps(find: Find, variables: VariableValues): Finding[] {
  const scope: Scope = { variables, kept: new Set([...variables.names, ...everywhere]) };
  return ["/steps", "/finally"]
    .flatMap((list) => find(list))
    .flatMap(({ pointer, value }) => stepsIn(value, pointer, scope));
}

interface Scope {
  readonly variables: VariableValues;
  /** What may be referred to, at this step. */
  readonly kept: Set<string>;
}

function stepsIn(steps: unknown, pointer: string, scope: Scope): Finding[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown, index) => (isRecord(step) ? stepAt(step, `${pointer}/${index}`, scope) : []));
}

function stepAt(step: Readonly<Record<string, unknown>>, pointer: string, scope: Scope): Finding[] {
  const words = Object.keys(step).filter((name) => stepWords.includes(name));
  const unknown = Object.keys(step).filter((name) => !stepWords.includes(name) && !["as", "otherwise"].includes(name));
  const [word, ...more] = words;
  if (word === undefined) {
    // What was misspelt is told as that, by the schema.
    if (unknown.length > 0) return [];
    return [{ pointer, words: "does nothing: it must name what is to be done, such as messages.wait or say" }];
  }
  const second = more.map((name) => ({
    pointer: at(pointer, name),
    words: "is a second thing to do in the same step: write it as a step of its own",
  }));
  const found = [...second, ...inputIn(step[word], word, at(pointer, word), scope)];
  if (typeof step["as"] !== "string") return found;
  return [...found, ...keptAs(step["as"], word, at(pointer, "as"), scope)];
}

function inputIn(written: unknown, word: string, pointer: string, scope: Scope): Finding[] {
  if (word === "repeat") return repeatIn(written, pointer, scope);
  const referring = referencesIn(written, pointer, scope);
  if (word === "say") return referring;
  return [...referring, ...wrongInput(written, stepInputs.get(word)!, pointer, scope)];
}

function repeatIn(written: unknown, pointer: string, scope: Scope): Finding[] {
  if (!isRecord(written)) return [{ pointer, words: "must be an object with times and steps" }];
  const { steps, ...head } = written;
  const inside: Scope = { ...scope, kept: new Set([...scope.kept, "repeat"]) };
  return [
    ...referencesIn(head, pointer, scope),
    ...wrongInput(written, stepInputs.get("repeat")!, pointer, scope),
    ...stepsIn(steps, at(pointer, "steps"), inside),
    ...keepAfter(inside, scope),
  ];
}

/** What was kept inside is there afterwards too, as it was the last time. */
function keepAfter({ kept }: Scope, after: Scope): [] {
  for (const name of kept) if (name !== "repeat") after.kept.add(name);
  return [];
}

function wrongInput(written: unknown, schema: Schema<unknown>, pointer: string, { variables }: Scope): Finding[] {
  const given = substitute(written ?? {}, (path) => partOf(variables.values, path));
  return (
    findProblems(schema, given)
      // What a reference to a kept answer stands for is not known yet: the server checks it when it is there.
      .filter((finding) => !holdsReference(partOf(given, pathOf(finding.pointer))))
      .map((finding) => within(finding, pointer))
  );
}

/** A finding in an input, by its place in the file. */
function within({ words, pointer, at: line, other }: Finding, before: string): Finding {
  return {
    words,
    pointer: `${before}${pointer}`,
    ...(line !== undefined && { at: `${before}${line}` }),
    ...(other !== undefined && { other: `${before}${other}` }),
  };
}

function referencesIn(written: unknown, pointer: string, { kept }: Scope): Finding[] {
  return Array.from(referringTexts(written, pointer)).flatMap(({ pointer: place, text }): Finding[] => {
    const names = namesIn(text);
    if (names === undefined) {
      return [{ pointer: place, words: "has a ${ that begins no reference, such as ${name} or ${name.messageId}" }];
    }
    return names
      .filter((name) => !kept.has(name))
      .map((name) => ({ pointer: place, words: `refers to '${name}', which ${unknownName(name, kept)}` }));
  });
}

function unknownName(name: string, kept: ReadonlySet<string>): string {
  if (name === "repeat") return "is known inside the steps of a repeat only";
  const meant = nearestName(name, [...kept]);
  return `is no variable and was kept by no step before${meant === undefined ? "" : `; did you mean '${meant}'?`}`;
}

function keptAs(name: string, word: string, pointer: string, { variables, kept }: Scope): Finding[] {
  if (word === "say" || word === "repeat") return [{ pointer, words: `keeps nothing: ${word} answers nothing` }];
  if (reserved.has(name) || variables.names.includes(name)) {
    return [{ pointer, words: "is the name of something else already" }];
  }
  kept.add(name);
  return [];
}

function at(pointer: string, name: string): string {
  return `${pointer}/${escapePointer(name)}`;
}

function pathOf(pointer: string): string[] {
  const parts = pointer.split("/").slice(1);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
