// Observation and the List of them (GPCM-SD-OC-040 to 053).
import { systems } from "../../../names.ts";
import type { Observation } from "../../../stu3/types.ts";
import type { Rule } from "../../rule.ts";
import { both, demand, has, isCoded, isOneOf, should } from "./demand.ts";
import { everyAt, isAt } from "./paths.ts";
import { isThePatient } from "./references.ts";

export const observationRules: readonly Rule[] = [
  demand(
    both("040"),
    "Observation",
    undefined,
    { asked: "come with a List of Observations", wrong: "An Observation is sent and no List of Observations." },
    (_, { listed }) => listed.size > 0,
  ),
  isOneOf(both("041"), "List", "status", ["current"]),
  isOneOf(both("042"), "List", "mode", ["snapshot"]),
  demand(
    both("043"),
    "List",
    "title",
    { asked: "have as title the display of its code", wrong: "List.title is not the display of List.code." },
    (list) => {
      const titles = everyAt(list, "title");
      return titles.length > 0 && everyAt(list, "code.coding.display").some((display) => display === titles[0]);
    },
  ),
  isCoded(both("044"), "List", "code", { system: systems.snomed, code: "826501000000100" }),
  isThePatient(both("045"), "List", "subject"),
  demand(
    both("046"),
    "Observation",
    undefined,
    { asked: "be in a List", wrong: "An Observation is in no List." },
    (observation, { listed }) => listed.has(observation as unknown as Observation),
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
    {
      asked: "have value, or component or dataAbsentReason instead",
      wrong: "Observation has neither a value nor components.",
    },
    (observation) => ["value[x]", "component", "dataAbsentReason"].some((path) => isAt(observation, path)),
    should,
  ),
];
