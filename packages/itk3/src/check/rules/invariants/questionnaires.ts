// Invariants of questionnaires and of what is answered to them.
import type { QuestionnaireItem } from "../../../stu3/types.ts";
import type { Rule } from "../../rule.ts";
import { invariant } from "./invariant.ts";
import { has, hasChoice } from "./values.ts";

export const questionnaireInvariants: readonly Rule[] = [
  invariant(
    "que-1",
    "Questionnaire.item",
    "A group of a Questionnaire must have items, and an item for display must have none",
    "A group of a Questionnaire has no items, or an item for display has some.",
    (item) => (item.type === "group" ? has(item, "item") : item.type !== "display" || !has(item, "item")),
  ),
  invariant(
    "que-2",
    "Questionnaire",
    "Every item of a Questionnaire must have a linkId that no other has",
    "Two items of a Questionnaire have the same linkId.",
    ({ item }) => {
      const ids = [...linkIds(item)];
      return new Set(ids).size === ids.length;
    },
  ),
  invariant(
    "que-3",
    "Questionnaire.item",
    "An item for display must have no code",
    "An item for display has a code.",
    (item) => item.type !== "display" || !has(item, "code"),
  ),
  invariant(
    "que-4",
    "Questionnaire.item",
    "A question must not have both option and options",
    "A question has both option and options.",
    (item) => !has(item, "option") || !has(item, "options"),
  ),
  invariant(
    "que-5",
    "Questionnaire.item",
    "An item of a Questionnaire must have option or options only where it is a choice",
    "An item of a Questionnaire that is no choice has option or options.",
    (item) => isOneOf(item, "choice", "open-choice") || (!has(item, "option") && !has(item, "options")),
  ),
  invariant(
    "que-6",
    "Questionnaire.item",
    "An item for display must have neither required nor repeats",
    "An item for display has required or repeats.",
    (item) => item.type !== "display" || (!has(item, "required") && !has(item, "repeats")),
  ),
  invariant(
    "que-7",
    "Questionnaire.item.enableWhen",
    "A condition for a question must have either an answer or hasAnswer",
    "A condition for a question has neither an answer nor hasAnswer, or has both.",
    (condition) => hasChoice(condition, "answer") !== has(condition, "hasAnswer"),
  ),
  invariant(
    "que-8",
    "Questionnaire.item",
    "A group or an item for display must have no initial value",
    "A group or an item for display has an initial value.",
    (item) => (item.type !== "group" && item.type !== "display") || !hasChoice(item, "initial"),
  ),
  invariant(
    "que-9",
    "Questionnaire.item",
    "An item for display must not have readOnly",
    "An item for display has readOnly.",
    (item) => item.type !== "display" || !has(item, "readOnly"),
  ),
  invariant(
    "que-10",
    "Questionnaire.item",
    "An item of a Questionnaire must have maxLength only where a boolean, a number, text or a URL answers it",
    "An item of a Questionnaire has maxLength, and neither boolean, number, text nor URL answers it.",
    (item) => isOneOf(item, "boolean", "decimal", "integer", "string", "text", "url") || !has(item, "maxLength"),
  ),
  invariant(
    "qrs-1",
    "QuestionnaireResponse.item",
    "An item of a QuestionnaireResponse must not have both items and answers",
    "An item of a QuestionnaireResponse has both items and answers.",
    (item) => !has(item, "answer") || !has(item, "item"),
  ),
];

/** True also where the type is missing: that is a finding of its own. */
function isOneOf({ type }: QuestionnaireItem, ...types: readonly NonNullable<QuestionnaireItem["type"]>[]): boolean {
  return type === undefined || types.includes(type);
}

function* linkIds(items: readonly QuestionnaireItem[] | undefined): Generator<string> {
  for (const { linkId, item } of items ?? []) {
    if (linkId !== undefined) yield linkId;
    yield* linkIds(item);
  }
}
