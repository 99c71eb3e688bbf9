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
    "que-7",
    "Questionnaire.item.enableWhen",
    "A condition for a question must have either an answer or hasAnswer",
    "A condition for a question has neither an answer nor hasAnswer, or has both.",
    (condition) => hasChoice(condition, "answer") !== has(condition, "hasAnswer"),
  ),
  invariant(
    "qrs-1",
    "QuestionnaireResponse.item",
    "An item of a QuestionnaireResponse must not have both items and answers",
    "An item of a QuestionnaireResponse has both items and answers.",
    (item) => !has(item, "answer") || !has(item, "item"),
  ),
];

function* linkIds(items: readonly QuestionnaireItem[] | undefined): Generator<string> {
  for (const { linkId, item } of items ?? []) {
    if (linkId !== undefined) yield linkId;
    yield* linkIds(item);
  }
}
