// Encounter, List, Observation, Questionnaire, QuestionnaireResponse, Location (GPCM-SD-OC-033 to 070, 168 to 173).
import { systems } from "../../../names.ts";
import type { Rule } from "../../rule.ts";
import { hasPhone, identifierOf, isText } from "../../look.ts";
import type { Location, Observation } from "../../../stu3/types.ts";
import { both, demand, everyAt, has, isCoded, isOneOf, isThePatient, leadsTo, should } from "./demand.ts";

export const encounterRules: readonly Rule[] = [
  isOneOf(both("033"), "Encounter", "status", ["finished"]),
  isCoded(both("034"), "Encounter", "type", { system: systems.snomed }),
  isThePatient(both("035"), "Encounter", "subject"),
  leadsTo(both("036"), "Encounter", "participant.individual", ["Practitioner", "RelatedPerson"], should),
  isCoded(both("037"), "Encounter", "priority", should),
  demand(
    both("038"),
    "Encounter",
    "period",
    "Encounter.period does not have a start and an end.",
    (encounter) => everyAt(encounter, "period.start").length > 0 && everyAt(encounter, "period.end").length > 0,
    should,
  ),
  leadsTo(both("039"), "Encounter", "serviceProvider", ["Organization"], should),
];

export const observationRules: readonly Rule[] = [
  demand(
    both("040"),
    "Observation",
    undefined,
    "An Observation is sent and no List of Observations.",
    (_, { listed }) => listed.size > 0,
  ),
  isOneOf(both("041"), "List", "status", ["current"]),
  isOneOf(both("042"), "List", "mode", ["snapshot"]),
  demand(both("043"), "List", "title", "List.title is not the display of List.code.", (list) => {
    const titles = everyAt(list, "title");
    return titles.length > 0 && everyAt(list, "code.coding.display").some((display) => display === titles[0]);
  }),
  isCoded(both("044"), "List", "code", { system: systems.snomed, code: "826501000000100" }),
  isThePatient(both("045"), "List", "subject"),
  demand(both("046"), "Observation", undefined, "An Observation is in no List.", (observation, { listed }) =>
    listed.has(observation as unknown as Observation),
  ),
  isOneOf(both("047"), "Observation", "status", ["preliminary", "final"]),
  has(both("048"), "Observation", "category", should),
  isCoded(both("049"), "Observation", "code"),
  isThePatient(both("050"), "Observation", "subject"),
  has(both("051"), "Observation", "issued"),
  isThePatient(both("052"), "Observation", "performer"),
  demand(
    both("053"),
    "Observation",
    "value[x]",
    "Observation has neither a value nor components.",
    (observation) =>
      ["value[x]", "component", "dataAbsentReason"].some((path) => everyAt(observation, path).length > 0),
    should,
  ),
];

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
  everyItem(both("067"), "linkId"),
  everyItem(both("068"), "text"),
  demand(
    both("069"),
    "QuestionnaireResponse",
    "item",
    "An answer of a QuestionnaireResponse has no value.",
    (response) =>
      items(response).every((item) =>
        everyAt(item, "answer").every((answer) => everyAt(answer as Item, "value[x]").length > 0),
      ),
  ),
];

type Item = Readonly<Record<string, unknown>>;

function everyItem(numbers: ReturnType<typeof both>, name: string): Rule {
  return demand(
    numbers,
    "QuestionnaireResponse",
    "item",
    `An item of a QuestionnaireResponse has no ${name}.`,
    (response) => items(response).every((item) => everyAt(item, name).length > 0),
  );
}

/** The items of a QuestionnaireResponse, those within items and answers too. */
function items(parent: Item, found: Item[] = []): Item[] {
  for (const path of ["item", "answer.item"]) {
    for (const item of everyAt(parent, path)) {
      found.push(item as Item);
      items(item as Item, found);
    }
  }
  return found;
}

export const locationRules: readonly Rule[] = [
  demand({ oc: "168", ge: "141" }, "Location", "identifier", "Location has no ODS site code.", (location) =>
    isText(identifierOf((location as Pick<Location, "identifier">).identifier, systems.odsSite)),
  ),
  isOneOf({ oc: "169", ge: "142" }, "Location", "status", ["active"]),
  has({ oc: "170", ge: "143" }, "Location", "name"),
  has({ oc: "171", ge: "144" }, "Location", "type", should),
  demand({ oc: "172", ge: "145" }, "Location", "telecom", "Location has no telephone number.", (location) =>
    hasPhone((location as Pick<Location, "telecom">).telecom),
  ),
  has({ oc: "173", ge: "146" }, "Location", "address", should),
];
