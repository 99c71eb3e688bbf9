// What breaks an invariant of FHIR, and what comes near it and does not.
import type { Resource, stu3 } from "@restante/itk3";
import { type Case, first, type Message } from "./addition.ts";

type Held<T extends Resource["resourceType"]> = Extract<Resource, { resourceType: T }>;

/** Changes the first resource of a type. */
function on<T extends Resource["resourceType"]>(key: string, type: T, what: string, changes: Partial<Held<T>>): Case {
  return [`FHIR:${key}`, what, (message) => void Object.assign(first(message, type) ?? {}, changes)];
}

/** The Observation with no value but those of the changes. */
const observed = (
  key: string,
  what: string,
  changes: (code: stu3.CodeableConcept) => Partial<stu3.Observation>,
): Case => [
  `FHIR:${key}`,
  what,
  (message) => {
    const found = first(message, "Observation", (observation) => "valueQuantity" in observation);
    if (found === undefined) return;
    delete found.valueQuantity;
    Object.assign(found, changes(found.code ?? {}));
  },
];

const section = (key: string, what: string, added: stu3.CompositionSection): Case => [
  `FHIR:${key}`,
  what,
  ({ composition }) => void composition?.section?.push(added),
];

const extended = (what: string, added: stu3.Extension): Case => on("ext-1", "Patient", what, { extension: [added] });

const period = (what: string, start: string, end: string): Case =>
  on("per-1", "Encounter", what, { period: { start, end } });

const phone = (what: string, point: stu3.ContactPoint): Case => on("cpt-2", "Patient", what, { telecom: [point] });

const contained = (key: string, what: string, changes: Partial<stu3.Organization>): Case =>
  on(key, "Patient", what, {
    contained: [{ resourceType: "Organization", id: "o1", name: "x", ...changes }],
    managingOrganization: { reference: "#o1" },
  });

const text: stu3.Narrative = { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };

const notGiven = (key: string, what: string, given: boolean, changes: Partial<stu3.Immunization>): Case => [
  `FHIR:${key}`,
  what,
  (message: Message) => {
    const found = first(message, "Immunization", (immunization) => immunization.notGiven === !given);
    Object.assign(found ?? {}, changes);
  },
];

const when = (changes: Partial<stu3.QuestionnaireItemEnableWhen>): Partial<stu3.Questionnaire> => ({
  item: [
    { linkId: "1", type: "string" },
    { linkId: "2", type: "string", enableWhen: [{ question: "1", ...changes }] },
  ],
});
const items = (...item: stu3.QuestionnaireItem[]): Partial<stu3.Questionnaire> => ({ item });
const kg = (value: string): stu3.Quantity => ({ value, unit: "kg" });
const coded = (code: string): stu3.CodeableConcept => ({ coding: [{ system: "urn:x", code }] });

export const brokenInvariants: readonly Case[] = [
  extended("neither value nor extension", { url: "urn:x" }),
  extended("both value and extension", { url: "urn:x", valueString: "x", extension: [{ url: "y", valueString: "y" }] }),
  period("a time before a time", "2026-01-05T10:00:00+00:00", "2026-01-05T10:30:00+01:00"),
  period("a year before a month", "2026", "2025-12"),
  phone("a value alone", { value: "0113 496 0000" }),
  observed("qty-3", "a code alone", () => ({ valueQuantity: { value: "1", code: "kg" } })),
  observed("rat-1", "a numerator alone", () => ({ valueRatio: { numerator: { value: "1" } } })),
  observed("rat-1", "nothing", () => ({ valueRatio: { id: "a" } })),
  observed("rng-2", "90 to 10", () => ({ valueRange: { low: kg("90"), high: kg("10") } })),
  on("att-1", "Patient", "data alone", { photo: [{ data: "SGVsbG8=" }] }),
  contained("dom-1", "a narrative", { text }),
  contained("dom-2", "a resource of its own", { contained: [{ resourceType: "Location", id: "l1" }] }),
  contained("dom-4", "a version", { meta: { versionId: "1" } }),
  contained("dom-4", "a time of update", { meta: { lastUpdated: "2026-01-05T10:00:00Z" } }),
  section("cmp-1", "a title alone", { title: "x" }),
  section("cmp-2", "a reason for emptiness beside an entry", { emptyReason: { text: "x" }, entry: [{ display: "x" }] }),
  on("org-1", "Organization", "neither identifier nor name", { identifier: [], name: undefined as never }),
  on("org-2", "Organization", "an address at home", { address: [{ use: "home", text: "x" }] }),
  on("org-3", "Organization", "a telephone at home", { telecom: [{ system: "phone", use: "home", value: "1" }] }),
  on("lst-1", "List", "a reason for emptiness", { emptyReason: { text: "x" } }),
  on("lst-2", "List", "a deleted entry", { mode: "snapshot", entry: [{ item: { display: "x" }, deleted: true }] }),
  on("ppc-1", "Consent", "no policy", { policy: [] }),
  on("inv-1", "Task", "a change before its time", { authoredOn: "2026-01-05", lastModified: "2025-01-05" }),
  observed("obs-3", "a kind alone", () => ({ referenceRange: [{ type: { text: "x" } }] })),
  observed("obs-6", "a value and why there is none", () => ({ valueString: "x", dataAbsentReason: { text: "x" } })),
  observed("obs-7", "a value beside a component of its code", (code) => ({
    valueString: "x",
    component: [{ code: structuredClone(code), valueString: "y" }],
  })),
  on("con-1", "Condition", "a stage without both", { stage: { id: "a" } }),
  on("con-2", "Condition", "evidence without both", { evidence: [{ id: "a" }] }),
  on("con-3", "Condition", "no status", { clinicalStatus: undefined as never }),
  on("con-4", "Condition", "active and abated", { clinicalStatus: "active", abatementDateTime: "2026-01-05" }),
  on("ait-1", "AllergyIntolerance", "no status", { clinicalStatus: undefined as never }),
  on("ait-2", "AllergyIntolerance", "a status in error", {
    clinicalStatus: "active",
    verificationStatus: "entered-in-error",
  }),
  notGiven("imm-1", "a reaction", false, { reaction: [{ date: "2026-01-05" }] }),
  notGiven("imm-1", "a reason for being given", false, { explanation: { reason: [{ text: "x" }] } }),
  notGiven("imm-2", "a reason for not being given", true, { explanation: { reasonNotGiven: [{ text: "x" }] } }),
  on("mst-1", "MedicationStatement", "a reason, of what is taken", { taken: "y", reasonNotTaken: [{ text: "x" }] }),
  on("fhs-1", "FamilyMemberHistory", "an age and a birth", { ageString: "60", bornString: "1950" }),
  on("fhs-2", "FamilyMemberHistory", "an estimate of no age", { estimatedAge: true }),
  on("fhs-3", "FamilyMemberHistory", "a reason, of what was done", { notDoneReason: { text: "x" } }),
  on("que-1", "Questionnaire", "a group without items", items({ linkId: "1", type: "group" })),
  on(
    "que-1",
    "Questionnaire",
    "items of a display",
    items({ linkId: "1", type: "display", item: [{ linkId: "2", type: "string" }] }),
  ),
  on(
    "que-2",
    "Questionnaire",
    "a number twice, one within the other",
    items({ linkId: "1", type: "group", item: [{ linkId: "1", type: "string" }] }),
  ),
  on("que-7", "Questionnaire", "neither answer nor hasAnswer", when({})),
  on("que-7", "Questionnaire", "both", when({ hasAnswer: true, answerString: "x" })),
  on("qrs-1", "QuestionnaireResponse", "items and answers", {
    item: [{ linkId: "1", answer: [{ valueString: "x" }], item: [{ linkId: "2", answer: [{ valueString: "y" }] }] }],
  }),
];

export const soundInvariants: readonly Case[] = [
  extended("a value", { url: "urn:x", valueBoolean: false }),
  extended("extensions", { url: "urn:x", extension: [{ url: "y", valueString: "y" }] }),
  extended("a value that is an extension alone", {
    url: "urn:x",
    _valueString: { extension: [{ url: "y", valueString: "y" }] },
  }),
  period("a day as long as it takes", "2026-01-05T10:00:00+00:00", "2026-01-05"),
  period("the same moment in two zones", "2026-01-05T10:00:00+00:00", "2026-01-05T11:00:00+01:00"),
  phone("a system alone", { system: "phone" }),
  observed("qty-3", "code and system", () => ({
    valueQuantity: { value: "1", system: "http://unitsofmeasure.org", code: "kg" },
  })),
  observed("rat-1", "both", () => ({ valueRatio: { numerator: { value: "1" }, denominator: { value: "2" } } })),
  observed("rng-2", "9 to 10", () => ({ valueRange: { low: kg("9"), high: kg("10") } })),
  observed("rng-2", "500 g to 1 kg", () => ({ valueRange: { low: { value: "500", unit: "g" }, high: kg("1") } })),
  contained("dom-1", "no narrative", {}),
  section("cmp-1", "a text", { title: "x", text }),
  section("cmp-2", "a reason for emptiness", { title: "x", text, emptyReason: { text: "x" } }),
  on("lst-2", "List", "a deleted entry of changes", {
    mode: "changes",
    entry: [{ item: { display: "x" }, deleted: true }],
  }),
  on("ppc-1", "Consent", "a rule", { policy: [], policyRule: "urn:x" }),
  on("inv-1", "Task", "a change on the day", { authoredOn: "2026-01-05T10:00:00Z", lastModified: "2026-01-05" }),
  observed("obs-7", "a component of another code", () => ({
    valueString: "x",
    component: [{ code: coded("y"), valueString: "y" }],
  })),
  on("con-3", "Condition", "no status, in error", {
    clinicalStatus: undefined as never,
    verificationStatus: "entered-in-error",
  }),
  on("con-4", "Condition", "not abated", { clinicalStatus: "active", abatementBoolean: false }),
  on("mst-1", "MedicationStatement", "a reason, of what is not taken", { taken: "n", reasonNotTaken: [{ text: "x" }] }),
  on("fhs-2", "FamilyMemberHistory", "an estimate of an age", { estimatedAge: true, ageString: "60" }),
  on("fhs-3", "FamilyMemberHistory", "a reason, of what was not done", { notDone: true, notDoneReason: { text: "x" } }),
  on(
    "que-1",
    "Questionnaire",
    "a group with items",
    items({ linkId: "1", type: "group", item: [{ linkId: "2", type: "string" }] }),
  ),
  on("que-7", "Questionnaire", "hasAnswer alone", when({ hasAnswer: false })),
];
