// Questionnaire, QuestionnaireResponse (GPCM-SD-OC-055 to 070).
import type { Rule } from "../../rule.ts";
import { both, demand, has, isOneOf, should, type Words } from "./demand.ts";
import { everyAt, isAt, type Value } from "./paths.ts";
import { isThePatient } from "./references.ts";

export const questionnaireRules: readonly Rule[] = [
  isOneOf(both("055"), "Questionnaire", "status", ["active"]),
  has(both("056"), "Questionnaire", "version", should),
  has(both("057"), "Questionnaire", "name", should),
  has(both("058"), "Questionnaire", "title", should),
  has(both("059"), "Questionnaire", "date", should),
  has(both("060"), "Questionnaire", "description", should),
  has(both("061"), "Questionnaire", "effectivePeriod", should),
  has(both("062"), "Questionnaire", "item"),
  isOneOf(both("063"), "QuestionnaireResponse", "status", ["completed"]),
  isThePatient(both("064"), "QuestionnaireResponse", "subject"),
  has(both("065"), "QuestionnaireResponse", "authored", should),
  has(both("066"), "QuestionnaireResponse", "item"),
  everyItem(
    both("067"),
    { asked: "have linkId in each item", wrong: "An item of a QuestionnaireResponse has no linkId." },
    (item) => isAt(item, "linkId"),
  ),
  everyItem(
    both("068"),
    { asked: "have the question as text in each item", wrong: "An item of a QuestionnaireResponse has no text." },
    (item) => isAt(item, "text"),
  ),
  everyItem(
    both("069"),
    { asked: "have a value in each answer", wrong: "An answer of a QuestionnaireResponse has no value." },
    (item) => everyAt(item, "answer").every((answer) => isAt(answer as Value, "value[x]")),
  ),
];

function everyItem(numbers: ReturnType<typeof both>, words: Words, holds: (item: Value) => boolean): Rule {
  return demand(numbers, "QuestionnaireResponse", "item", words, (response) => items(response).every(holds));
}

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
