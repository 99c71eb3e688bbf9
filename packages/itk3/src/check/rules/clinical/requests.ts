// ReferralRequest, DocumentReference, FamilyMemberHistory, Task, Consent (GPCM-SD-OC-071 to 087, 109 to 139).
import { systems } from "../../../names.ts";
import type { Rule } from "../../rule.ts";
import { both, demand, has, isCoded, isConcept, isOneOf, should } from "./demand.ts";
import { everyAt, isAt } from "./paths.ts";
import { isThePatient, leadsOnlyTo, leadsTo } from "./references.ts";

const people = ["Practitioner", "Organization", "Patient", "RelatedPerson", "Device"] as const;

export const referralRules: readonly Rule[] = [
  isOneOf(both("071"), "ReferralRequest", "status", ["unknown"]),
  isOneOf(both("072"), "ReferralRequest", "intent", ["order"]),
  isThePatient(both("074"), "ReferralRequest", "subject"),
  leadsTo(both("075"), "ReferralRequest", "context", ["Encounter"], should),
  has(both("076"), "ReferralRequest", "requester", should),
  leadsTo(both("077"), "ReferralRequest", "requester.agent", people, {
    when: { said: "has a requester", holds: (referral) => isAt(referral, "requester") },
  }),
  leadsOnlyTo(both("078"), "ReferralRequest", "recipient", ["Practitioner", "Organization"], should),
  isCoded(both("079"), "ReferralRequest", "reasonCode", should),
  has(both("080"), "ReferralRequest", "description", should),
];

export const documentReferenceRules: readonly Rule[] = [
  isOneOf(both("082"), "DocumentReference", "status", ["current", "superseded", "entered-in-error"]),
  isConcept(both("083"), "DocumentReference", "type"),
  demand(
    both("083"),
    "DocumentReference",
    "type",
    {
      asked: "hold a text, unless its code is one of SNOMED CT",
      wrong: "DocumentReference.type holds a code of another system than SNOMED CT, and no text.",
    },
    (reference) => {
      const systemsUsed = everyAt(reference, "type.coding").map((coding) => (coding as { system?: string }).system);
      return systemsUsed.length === 0 || systemsUsed.includes(systems.snomed) || isAt(reference, "type.text");
    },
    should,
  ),
  isThePatient(both("084"), "DocumentReference", "subject"),
  leadsTo(both("085"), "DocumentReference", "author", people, should),
  has(both("086"), "DocumentReference", "content"),
  has(both("087"), "DocumentReference", "context", should),
];

export const familyHistoryRules: readonly Rule[] = [
  isOneOf(both("109"), "FamilyMemberHistory", "status", ["partial", "completed", "entered-in-error", "health-unknown"]),
  isThePatient(both("110"), "FamilyMemberHistory", "patient"),
  isCoded(both("111"), "FamilyMemberHistory", "relationship"),
  leadsOnlyTo(
    both("112"),
    "FamilyMemberHistory",
    "reasonReference",
    ["QuestionnaireResponse", "Observation", "AllergyIntolerance"],
    should,
  ),
  has(both("114"), "FamilyMemberHistory", "condition", should),
];

export const taskRules: readonly Rule[] = [
  isOneOf(both("115"), "Task", "status", ["requested"]),
  isOneOf(both("117"), "Task", "intent", ["proposal", "plan", "order"]),
  // The requirement says normal; STU3 calls it routine.
  isOneOf(both("118"), "Task", "priority", ["normal", "routine", "urgent", "asap", "stat"], should),
  isCoded(both("119"), "Task", "code", should),
  isThePatient(both("120"), "Task", "for", should),
  leadsTo(both("121"), "Task", "context", ["Encounter"], should),
  leadsTo(both("122"), "Task", "requester.agent", people, should),
  leadsTo(both("123"), "Task", "owner", "any resource", should),
  has(both("124"), "Task", "reason", should),
];

export const consentRules: readonly Rule[] = [
  isOneOf(both("129"), "Consent", "status", ["proposed", "active", "rejected"]),
  has(both("130"), "Consent", "category", should),
  isThePatient(both("131"), "Consent", "patient"),
  has(both("132"), "Consent", "period", should),
  leadsTo(both("133"), "Consent", "consentingParty", "any resource", should),
  has(both("135"), "Consent", "source[x]", should),
  // 136 is FHIR's ppc-1.
  has(both("137"), "Consent", "purpose", should),
  has(both("138"), "Consent", "dataPeriod", should),
  has(both("139"), "Consent", "data", should),
];
