// AllergyIntolerance (GPCM-SD-OC-088 to 107).
import type { Rule } from "../../rule.ts";
import { both, demand, has, hasEach, isConcept, isOneOf, should, type When } from "./demand.ts";
import { everyAt, isAt, type Value } from "./paths.ts";
import { isThePatient, leadsTo } from "./references.ts";

const end = "extension:AllergyIntoleranceEnd";
const whenResolved = {
  when: { said: "is resolved", holds: (allergy) => allergy["clinicalStatus"] === "resolved" } satisfies When,
};

export const allergyRules: readonly Rule[] = [
  leadsTo(both("088"), "AllergyIntolerance", "extension:associatedEncounter.value[x]", ["Encounter"], should),
  has(both("089"), "AllergyIntolerance", `${end}.extension:endDate.value[x]`, whenResolved),
  demand(
    both("090"),
    "AllergyIntolerance",
    end,
    {
      asked: "give the reason for the end",
      wrong: "AllergyIntolerance.extension(AllergyIntoleranceEnd) does not give the reason for the end.",
    },
    // CareConnect's extension calls endReason reasonEnded.
    (allergy) => ["reasonEnded", "endReason"].some((name) => isAt(allergy, `${end}.extension:${name}.value[x]`)),
    whenResolved,
  ),
  isOneOf(both("091"), "AllergyIntolerance", "clinicalStatus", ["active", "resolved"]),
  isOneOf(both("092"), "AllergyIntolerance", "verificationStatus", ["unconfirmed"]),
  isOneOf(both("094"), "AllergyIntolerance", "category", ["medication", "environment"]),
  isConcept(both("097"), "AllergyIntolerance", "code"),
  isThePatient(both("098"), "AllergyIntolerance", "patient"),
  has(both("099"), "AllergyIntolerance", "onsetDateTime", should),
  has(both("100"), "AllergyIntolerance", "assertedDate"),
  leadsTo(both("101"), "AllergyIntolerance", "recorder", ["Practitioner", "Patient"]),
  leadsTo(both("102"), "AllergyIntolerance", "asserter", ["Practitioner", "Patient", "RelatedPerson"], should),
  demand(
    both("105"),
    "AllergyIntolerance",
    "reaction",
    {
      of: "Every AllergyIntolerance.reaction",
      asked: "hold a code of its manifestation, or else a description",
      wrong: "An AllergyIntolerance.reaction holds neither a code of its manifestation nor a description.",
    },
    (allergy) =>
      everyAt(allergy, "reaction").every((reaction) =>
        ["manifestation.coding.code", "description"].some((path) => isAt(reaction as Value, path)),
      ),
    { ...should, alsoShows: ["GPCM-SD-OC-106", "GPCM-SD-GE-106"] },
  ),
  hasEach(both("107"), "AllergyIntolerance", "reaction", "severity", should),
];
