// ReferralRequest, DocumentReference, AllergyIntolerance, FamilyMemberHistory, Task, Consent (GPCM-SD-OC-071 to 140).
import type { Rule } from "../../rule.ts";
import {
  both,
  demand,
  everyAt,
  has,
  hasEach,
  isCoded,
  isConcept,
  isOneOf,
  isThePatient,
  leadsTo,
  should,
} from "./demand.ts";

const people = ["Practitioner", "Organization", "Patient", "RelatedPerson", "Device"] as const;

export const referralRules: readonly Rule[] = [
  isOneOf(both("071"), "ReferralRequest", "status", ["unknown"]),
  isOneOf(both("072"), "ReferralRequest", "intent", ["order"]),
  isThePatient(both("074"), "ReferralRequest", "subject"),
  leadsTo(both("075"), "ReferralRequest", "context", ["Encounter"], should),
  has(both("076"), "ReferralRequest", "requester", should),
  leadsTo(both("077"), "ReferralRequest", "requester.agent", people, {
    when: (referral) => everyAt(referral, "requester").length > 0,
  }),
  has(both("079"), "ReferralRequest", "reasonCode", should),
  has(both("080"), "ReferralRequest", "description", should),
];

export const documentReferenceRules: readonly Rule[] = [
  isOneOf(both("082"), "DocumentReference", "status", ["current", "superseded", "entered-in-error"]),
  isConcept(both("083"), "DocumentReference", "type"),
  isThePatient(both("084"), "DocumentReference", "subject"),
  leadsTo(both("085"), "DocumentReference", "author", people, should),
  has(both("086"), "DocumentReference", "content"),
  has(both("087"), "DocumentReference", "context", should),
];

const isResolved = (allergy: Readonly<Record<string, unknown>>): boolean => allergy["clinicalStatus"] === "resolved";

export const allergyRules: readonly Rule[] = [
  has(both("089"), "AllergyIntolerance", "extension:AllergyIntoleranceEnd", { when: isResolved }),
  demand(
    both("090"),
    "AllergyIntolerance",
    "extension",
    "AllergyIntolerance does not say why it has ended.",
    (allergy) =>
      ["reasonEnded", "endReason"].some(
        (name) => everyAt(allergy, `extension:AllergyIntoleranceEnd.extension:${name}.value[x]`).length > 0,
      ),
    { when: isResolved },
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
    "AllergyIntolerance.onset is not a date and time.",
    (allergy) => everyAt(allergy, "onset[x]").length === everyAt(allergy, "onsetDateTime").length,
    should,
  ),
  has(both("100"), "AllergyIntolerance", "assertedDate"),
  leadsTo(both("101"), "AllergyIntolerance", "recorder", ["Practitioner", "Patient"]),
  has(both("102"), "AllergyIntolerance", "asserter", should),
  hasEach(both("105"), "AllergyIntolerance", "reaction", "manifestation", should),
  hasEach(both("107"), "AllergyIntolerance", "reaction", "severity", should),
];

export const familyHistoryRules: readonly Rule[] = [
  isOneOf(both("109"), "FamilyMemberHistory", "status", ["partial", "completed", "entered-in-error", "health-unknown"]),
  isThePatient(both("110"), "FamilyMemberHistory", "patient"),
  isCoded(both("111"), "FamilyMemberHistory", "relationship"),
  has(both("114"), "FamilyMemberHistory", "condition", should),
];

export const taskRules: readonly Rule[] = [
  isOneOf(both("115"), "Task", "status", ["requested"]),
  isOneOf(both("117"), "Task", "intent", ["proposal", "plan", "order"]),
  // The requirement says normal; STU3 calls it routine.
  isOneOf(both("118"), "Task", "priority", ["normal", "routine", "urgent", "asap", "stat"], should),
  has(both("119"), "Task", "code", should),
  isThePatient(both("120"), "Task", "for", should),
  leadsTo(both("121"), "Task", "context", ["Encounter"], should),
  leadsTo(both("122"), "Task", "requester.agent", people, should),
  has(both("123"), "Task", "owner", should),
  has(both("124"), "Task", "reason", should),
];

export const consentRules: readonly Rule[] = [
  isOneOf(both("129"), "Consent", "status", ["proposed", "active", "rejected"]),
  has(both("130"), "Consent", "category", should),
  isThePatient(both("131"), "Consent", "patient"),
  has(both("132"), "Consent", "period", should),
  has(both("133"), "Consent", "consentingParty", should),
  has(both("134"), "Consent", "action", should),
  has(both("135"), "Consent", "source[x]", should),
  has(both("136"), "Consent", "policy", should),
  has(both("137"), "Consent", "purpose", should),
  has(both("138"), "Consent", "dataPeriod", should),
  has(both("139"), "Consent", "data", should),
];
