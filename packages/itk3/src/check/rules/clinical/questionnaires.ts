// Questionnaire, QuestionnaireResponse (GPCM-SD-OC-055 to 070).
import type { QuestionnaireResponse, Resource } from "../../../stu3/types.ts";
import { isText } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { both, demand, has, isOneOf, type Rest, should, type Words } from "./demand.ts";
import { everyAt, isAt, type Value } from "./paths.ts";
import { isThePatient, ledToFrom } from "./references.ts";

export const questionnaireRules: readonly Rule[] = [
  isOneOf(both("055"), "Questionnaire", "status", ["active"]),
  has(both("056"), "Questionnaire", "version", should),
  has(both("057"), "Questionnaire", "name", should),
  has(both("058"), "Questionnaire", "title", should),
  has(both("059"), "Questionnaire", "date", should),
  has(both("060"), "Questionnaire", "description", should),
  has(both("061"), "Questionnaire", "effectivePeriod", should),
  demand(
    both("062"),
    "Questionnaire",
    "item",
    {
      asked: "hold the text of its questions and sections",
      wrong: "No Questionnaire.item holds a text.",
    },
    (questionnaire) => items(questionnaire).some(({ text }) => isText(text as string | undefined)),
  ),
  isOneOf(both("063"), "QuestionnaireResponse", "status", ["completed"]),
  isThePatient(both("064"), "QuestionnaireResponse", "subject"),
  has(both("065"), "QuestionnaireResponse", "authored", should),
  has(both("066"), "QuestionnaireResponse", "item"),
  everyItem(
    both("067"),
    {
      of: "In every QuestionnaireResponse.item, linkId",
      asked: "be there",
      wrong: "In a QuestionnaireResponse.item, linkId is missing.",
    },
    (item) => isAt(item, "linkId"),
  ),
  {
    numbers: both("067"),
    severity: "error",
    responseCode: "20009",
    issueCode: "value",
    requirement:
      "Where the Questionnaire of a QuestionnaireResponse is in the document, QuestionnaireResponse.item.linkId must be a linkId of the Questionnaire.",
    text: "A QuestionnaireResponse.item.linkId is not a linkId of the Questionnaire.",
    breaches: (context) => {
      const known = new Map<Resource, ReadonlySet<unknown>>();
      const linkIdsOf = (questionnaire: Resource): ReadonlySet<unknown> => {
        const found = known.get(questionnaire) ?? new Set(items(questionnaire as unknown as Value).map(linkIdOf));
        known.set(questionnaire, found);
        return found;
      };
      return context.inner
        .ofType("QuestionnaireResponse")
        .filter((element: QuestionnaireResponse) => {
          const response = element as unknown as Value;
          const questionnaires = ledToFrom(response, "questionnaire", context).filter(
            ({ resourceType }) => resourceType === "Questionnaire",
          );
          const asked = items(response)
            .map(linkIdOf)
            .filter((linkId) => linkId !== undefined);
          return (
            questionnaires.length > 0 &&
            !questionnaires.some((questionnaire) => asked.every((linkId) => linkIdsOf(questionnaire).has(linkId)))
          );
        })
        .map((element) => ({ element, path: "item" }));
    },
  },
  everyItem(
    both("068"),
    {
      of: "Every QuestionnaireResponse.item",
      asked: "hold its question as text",
      wrong: "A QuestionnaireResponse.item holds no text.",
    },
    ({ text }) => isText(text as string | undefined),
  ),
  everyItem(
    both("069"),
    {
      of: "Every QuestionnaireResponse.item.answer",
      asked: "hold a value",
      wrong: "A QuestionnaireResponse.item.answer holds no value.",
    },
    (item) => everyAt(item, "answer").every((answer) => isAt(answer as Value, "value[x]")),
  ),
  demand(
    both("069"),
    "QuestionnaireResponse",
    "item",
    { asked: "hold an answer with a value", wrong: "No QuestionnaireResponse.item holds an answer with a value." },
    (response) => !isAt(response, "item") || items(response).some((item) => isAt(item, "answer.value[x]")),
  ),
  everyItem(
    both("070"),
    {
      of: "Every QuestionnaireResponse.item.answer.valueReference",
      asked: "hold a reference",
      wrong: "A QuestionnaireResponse.item.answer.valueReference holds no reference.",
    },
    (item) => everyAt(item, "answer.valueReference").every((reference) => isAt(reference as Value, "reference")),
    should,
  ),
];

function everyItem(numbers: ReturnType<typeof both>, words: Words, holds: (item: Value) => boolean, rest?: Rest): Rule {
  return demand(numbers, "QuestionnaireResponse", "item", words, (response) => items(response).every(holds), rest);
}

const linkIdOf = ({ linkId }: Value): unknown => linkId;

/** The items of a Questionnaire or a QuestionnaireResponse, those within items and answers too. */
function items(parent: Value, found: Value[] = []): Value[] {
  for (const path of ["item", "answer.item"]) {
    for (const item of everyAt(parent, path)) {
      found.push(item as Value);
      items(item as Value, found);
    }
  }
  return found;
}
