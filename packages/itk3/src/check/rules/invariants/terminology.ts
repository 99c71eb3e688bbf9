// Invariants of lists of codes: a Questionnaire may contain the ValueSet of its answers.
import type { Rule } from "../../rule.ts";
import { invariantOfOther, type OtherElement } from "./invariant.ts";
import { has } from "./values.ts";

export const terminologyInvariants: readonly Rule[] = [
  invariantOfOther(
    "vsd-1",
    "ValueSet.compose.include",
    "What a ValueSet includes must be of a system or of another ValueSet",
    "What a ValueSet includes is neither of a system nor of another ValueSet.",
    (include) => has(include, "valueSet") || has(include, "system"),
  ),
  // Without a ValueSet it is the finding before.
  invariantOfOther(
    "vsd-2",
    "ValueSet.compose.include",
    "Concepts and filters of a ValueSet must be of a system",
    "Concepts or filters of a ValueSet are of no system.",
    (include) =>
      has(include, "system") || !has(include, "valueSet") || (!has(include, "concept") && !has(include, "filter")),
  ),
  invariantOfOther(
    "vsd-3",
    "ValueSet.compose.include",
    "What a ValueSet includes must not have both concepts and filters",
    "What a ValueSet includes has both concepts and filters.",
    (include) => !has(include, "concept") || !has(include, "filter"),
  ),
  invariantOfOther(
    "vsd-5",
    "ValueSet",
    "A ValueSet must have a compose or an expansion",
    "A ValueSet has neither compose nor expansion.",
    (set) => has(set, "compose") || has(set, "expansion"),
  ),
  invariantOfOther(
    "vsd-6",
    "ValueSet.expansion.contains",
    "An item of an expansion must have a code or a display",
    "An item of an expansion has neither code nor display.",
    (item) => has(item, "code") || has(item, "display"),
  ),
  // Without a display it is the finding before.
  invariantOfOther(
    "vsd-9",
    "ValueSet.expansion.contains",
    "An item of an expansion must have a code unless it is abstract",
    "An item of an expansion has no code and is not abstract.",
    (item) => has(item, "code") || item["abstract"] === true || !has(item, "display"),
  ),
  invariantOfOther(
    "vsd-10",
    "ValueSet.expansion.contains",
    "An item of an expansion with a code must have the system of the code",
    "An item of an expansion has a code and no system.",
    (item) => !has(item, "code") || has(item, "system"),
  ),
  invariantOfOther(
    "csd-1",
    "CodeSystem",
    "Every concept of a CodeSystem must have a code that no other has",
    "Two concepts of a CodeSystem have the same code.",
    (system) => {
      const codes = [...codesOf(system)];
      return new Set(codes).size === codes.length;
    },
  ),
  invariantOfOther(
    "cmd-1",
    "ConceptMap.group.element.target",
    "A target of a ConceptMap that is narrower or inexact must have a comment",
    "A target of a ConceptMap is narrower or inexact, and has no comment.",
    (target) => has(target, "comment") || (target["equivalence"] !== "narrower" && target["equivalence"] !== "inexact"),
  ),
  invariantOfOther(
    "cmd-2",
    "ConceptMap.group.unmapped",
    "What a ConceptMap maps to one fixed code must have the code",
    "What a ConceptMap maps to one fixed code has no code.",
    (unmapped) => unmapped["mode"] !== "fixed" || has(unmapped, "code"),
  ),
  invariantOfOther(
    "cmd-3",
    "ConceptMap.group.unmapped",
    "What a ConceptMap leaves to another map must have the url of that map",
    "What a ConceptMap leaves to another map has no url.",
    (unmapped) => unmapped["mode"] !== "other-map" || has(unmapped, "url"),
  ),
];

function* codesOf({ concept }: OtherElement): Generator {
  for (const one of (concept ?? []) as readonly OtherElement[]) {
    if (one["code"] !== undefined) yield one["code"];
    yield* codesOf(one);
  }
}
