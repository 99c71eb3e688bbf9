// AllergyIntolerance (GPCM-SD-OC-088 to 107).
import type { Rule } from "../../rule.ts";
import { both, demand, has, hasEach, isConcept, isOneOf, should, type When } from "./demand.ts";
import { everyAt, isAt } from "./paths.ts";
import { isThePatient, leadsTo } from "./references.ts";

const end = "extension:AllergyIntoleranceEnd";
const whenResolved = {
  when: { said: "that is resolved", holds: (allergy) => allergy["clinicalStatus"] === "resolved" } satisfies When,
};

export const allergyRules: readonly Rule[] = [
  has(both("089"), "AllergyIntolerance", end, whenResolved),
  demand(
    both("090"),
    "AllergyIntolerance",
    end,
    {
      asked: "have the reason for its end in extension(AllergyIntoleranceEnd)",
      wrong: "AllergyIntolerance does not say why it has ended.",
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
  demand(
    both("099"),
    "AllergyIntolerance",
    "onset[x]",
    { asked: "have no onset but onsetDateTime", wrong: "AllergyIntolerance.onset is not a date and time." },
    (allergy) => everyAt(allergy, "onset[x]").length === everyAt(allergy, "onsetDateTime").length,
    should,
  ),
  has(both("100"), "AllergyIntolerance", "assertedDate"),
  leadsTo(both("101"), "AllergyIntolerance", "recorder", ["Practitioner", "Patient"]),
  has(both("102"), "AllergyIntolerance", "asserter", should),
  hasEach(both("105"), "AllergyIntolerance", "reaction", "manifestation", should),
  hasEach(both("107"), "AllergyIntolerance", "reaction", "severity", should),
];
