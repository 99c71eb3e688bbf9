// Observation and the List of them (GPCM-SD-OC-040 to 053).
import { systems } from "../../../names.ts";
import type { List, Observation, Resource } from "../../../stu3/types.ts";
import { none, unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { both, demand, has, isCoded, isOneOf, should, type When } from "./demand.ts";
import { everyAt, isAt } from "./paths.ts";
import { isThePatient } from "./references.ts";

const isObservation = ({ resourceType }: Resource): boolean => resourceType === "Observation";

/** What a List leads to. */
export function listedBy(list: Partial<List>, { lists }: CheckContext): readonly Resource[] {
  return lists.get(list) ?? [];
}

/** True where the List leads to every Observation of the document. */
export function listsEveryObservation(list: List, context: CheckContext): boolean {
  const listed = new Set(listedBy(list, context).filter(isObservation));
  return listed.size === context.inner.ofType("Observation").length;
}

// A List may hold other resources instead (GPCM-SD-026), and is of another code then.
const ofObservations = {
  when: {
    said: "leads to an Observation or to nothing",
    holds: (list, context) => {
      const listed = listedBy(list, context);
      return listed.length === 0 || listed.some(isObservation);
    },
  } satisfies When,
};

export const observationRules: readonly Rule[] = [
  {
    numbers: both("040"),
    severity: "error",
    responseCode: "20009",
    issueCode: "value",
    requirement: "A document with Observations must have a List that leads to all of them.",
    text: "The document has Observations and no List that leads to all of them.",
    breaches: (context) => {
      const { document } = context.message;
      const observations = context.inner.all.filter(isObservation);
      // Of one that is in no List there is a finding already (046).
      if (document === undefined || !observations.every((one) => context.listed.has(one))) return none;
      return unless(
        observations.length === 0 || context.inner.ofType("List").some((list) => listsEveryObservation(list, context)),
        document,
      );
    },
  },
  isOneOf(both("041"), "List", "status", ["current"], ofObservations),
  isOneOf(both("042"), "List", "mode", ["snapshot"], ofObservations),
  demand(
    both("043"),
    "List",
    "title",
    { asked: "be the display of List.code", wrong: "List.title is not the display of List.code." },
    (list) => {
      const [title] = everyAt(list, "title");
      const displays = everyAt(list, "code.coding.display");
      // Without a display it is List.code that has the finding (044).
      return title !== undefined && (displays.length === 0 || displays.includes(title));
    },
    ofObservations,
  ),
  isCoded(both("044"), "List", "code", { system: systems.snomed, code: "826501000000100", ...ofObservations }),
  isThePatient(both("045"), "List", "subject", ofObservations),
  demand(
    both("046"),
    "Observation",
    undefined,
    { of: "Every Observation", asked: "be in a List", wrong: "An Observation is in no List." },
    (observation, { listed }) => listed.has(observation as unknown as Observation),
    { unled: true },
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
      asked: "be there, or else component or dataAbsentReason",
      wrong: "Observation.value, component and dataAbsentReason are all missing.",
    },
    (observation) => ["value[x]", "component", "dataAbsentReason"].some((path) => isAt(observation, path)),
    should,
  ),
];
