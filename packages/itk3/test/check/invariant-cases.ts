// What breaks an invariant of FHIR, and what comes near it and does not.
import type { Resource, stu3 } from "@restante/itk3";
import { type Case, first, type Message } from "./addition.ts";
import { brokenOthers, soundOthers } from "./other-invariant-cases.ts";

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

/** The Patient with an extension that holds a value of a type. */
const valued = (key: string, what: string, value: Partial<stu3.Extension>): Case =>
  on(key, "Patient", what, { extension: [{ url: "urn:x", ...value }] });

const timed = (key: string, what: string, repeat: stu3.TimingRepeat): Case =>
  valued(key, what, { valueTiming: { repeat } });

/** A Bundle within the document, as Send Document has none. */
const bundled = (key: string, what: string, bundle: Partial<stu3.Bundle>): Case => [
  `FHIR:${key}`,
  what,
  ({ document }) =>
    void document?.entry?.push({
      fullUrl: "urn:uuid:00000000-0000-4000-8000-00000000bbbb",
      resource: { resourceType: "Bundle", id: "00000000-0000-4000-8000-00000000bbbb", type: "collection", ...bundle },
    }),
];

const located: stu3.BundleEntry = { fullUrl: "urn:x", resource: { resourceType: "Location", id: "l1" } };

/** The Patient with another within, who has a contact. */
const contacted = (what: string, contact: stu3.PatientContact): Case => [
  "FHIR:pat-1",
  what,
  ({ patient }) =>
    void Object.assign(patient ?? {}, {
      contained: [{ resourceType: "Patient", id: "p1", contact: [contact] }],
      extension: [{ url: "urn:x", valueReference: { reference: "#p1" } }],
    }),
];

/** The Patient with an Organization within, and what an extension refers to. */
const holding = (
  what: string,
  id: string | undefined,
  reference: string,
  within: Partial<stu3.Organization> = {},
): Case =>
  on("dom-3", "Patient", what, {
    contained: [{ resourceType: "Organization", ...(id === undefined ? {} : { id }), name: "x", ...within }],
    extension: [{ url: "urn:x", valueReference: { reference } }],
  });

/** The Patient with a resource within, of which no requirement asks anything. */
const containing = (key: string, what: string, resource: Resource): Case =>
  on(key, "Patient", what, {
    contained: [{ ...resource, id: "c1" }],
    extension: [{ url: "urn:x", valueReference: { reference: "#c1" } }],
  });

/** The request with an agent that an Organization may stand for. */
const asked = (
  key: string,
  type: "MedicationRequest" | "ReferralRequest",
  what: string,
  agentOf: (message: Message) => string | undefined,
): Case => [
  `FHIR:${key}`,
  what,
  (message) => {
    const agent = agentOf(message);
    if (agent === undefined) return;
    const organization = urlOf(message, "Organization");
    Object.assign(first(message, type) ?? {}, {
      requester: { agent: { reference: agent }, onBehalfOf: { reference: organization ?? "" } },
    });
  },
];

function urlOf({ document }: Message, type: Resource["resourceType"]): string | undefined {
  return document?.entry?.find(({ resource }) => resource?.resourceType === type)?.fullUrl;
}

const ucum = "http://unitsofmeasure.org";
const question = (key: string, what: string, item: Partial<stu3.QuestionnaireItem>): Case =>
  on(key, "Questionnaire", what, items({ linkId: "1", type: "string", ...item }));
const value: stu3.Coding = { system: "urn:x", code: "y" };

export const brokenInvariants: readonly Case[] = [
  ...brokenOthers,
  extended("neither value nor extension", { url: "urn:x" }),
  extended("both value and extension", { url: "urn:x", valueString: "x", extension: [{ url: "y", valueString: "y" }] }),
  period("a time before a time", "2026-01-05T10:00:00+00:00", "2026-01-05T10:30:00+01:00"),
  period("a year before a month", "2026", "2025-12"),
  on("cpt-2", "Practitioner", "a value alone", {
    telecom: [{ system: "phone", value: "1" }, { value: "0113 496 0000" }],
  }),
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
  containing("con-3", "no status", { resourceType: "Condition" }),
  on("con-4", "Condition", "active and abated", { clinicalStatus: "active", abatementDateTime: "2026-01-05" }),
  containing("ait-1", "no status", { resourceType: "AllergyIntolerance" }),
  containing("ait-2", "a status in error", {
    resourceType: "AllergyIntolerance",
    clinicalStatus: "active",
    verificationStatus: "entered-in-error",
  }),
  notGiven("imm-1", "a reaction", false, { reaction: [{ date: "2026-01-05" }] }),
  notGiven("imm-1", "a reason for being given", false, { explanation: { reason: [{ text: "x" }] } }),
  notGiven("imm-2", "a reason for not being given", true, { explanation: { reasonNotGiven: [{ text: "x" }] } }),
  on("mst-1", "MedicationStatement", "a reason, of what may be taken", { reasonNotTaken: [{ text: "x" }] }),
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
  valued("age-1", "an age without a code", { valueAge: { value: "3", unit: "a" } }),
  valued("age-1", "no time at all", { valueAge: { value: "0", system: ucum, code: "a" } }),
  valued("age-1", "years of another system", { valueAge: { value: "3", system: "urn:x", code: "a" } }),
  valued("cnt-3", "a count without a code", { valueCount: { value: "3" } }),
  valued("cnt-3", "a count with a point", { valueCount: { value: "3.0", system: ucum, code: "1" } }),
  valued("cnt-3", "a count of kilograms", { valueCount: { value: "3", system: ucum, code: "kg" } }),
  valued("dis-1", "metres of another system", { valueDistance: { value: "3", system: "urn:x", code: "m" } }),
  valued("drt-1", "a unit without a value", { valueDuration: { system: ucum, code: "d" } }),
  valued("drt-1", "days of another system", { valueDuration: { value: "3", system: "urn:x", code: "d" } }),
  valued("mny-1", "no currency", { valueMoney: { value: "3" } }),
  valued("mny-1", "a currency of another system", { valueMoney: { value: "3", system: ucum, code: "GBP" } }),
  observed("sqty-1", "an end of a range with a comparator", () => ({
    valueRange: { low: { value: "3", unit: "kg", comparator: ">" } },
  })),
  observed("sqty-1", "of a reference range", () => ({
    valueString: "x",
    referenceRange: [{ high: { value: "3", unit: "kg", comparator: "<" } }],
  })),
  timed("tim-1", "a duration alone", { duration: "1" }),
  timed("tim-2", "a period alone", { period: "1" }),
  timed("tim-4", "less than nothing", { duration: "-1", durationUnit: "h" }),
  timed("tim-5", "less than nothing", { period: "-1", periodUnit: "h" }),
  timed("tim-6", "a periodMax alone", { periodMax: "1" }),
  timed("tim-7", "a durationMax alone", { durationMax: "1" }),
  timed("tim-8", "a countMax alone", { countMax: 1 }),
  timed("tim-9", "an offset alone", { offset: 5 }),
  timed("tim-9", "an offset from a meal", { offset: 5, when: ["C"] }),
  timed("tim-10", "both", { timeOfDay: ["08:00:00"], when: ["MORN"] }),
  bundled("bdl-1", "a total of a collection", { total: 1 }),
  bundled("bdl-2", "a search in a collection", { entry: [{ ...located, search: { mode: "match" } }] }),
  bundled("bdl-3", "a request in a collection", { entry: [{ ...located, request: { method: "GET", url: "x" } }] }),
  bundled("bdl-4", "a response in a collection", { entry: [{ ...located, response: { status: "200" } }] }),
  bundled("bdl-5", "a fullUrl alone", { entry: [{ fullUrl: "urn:x" }] }),
  bundled("bdl-7", "an entry twice", { entry: [located, located] }),
  [
    "FHIR:bdl-8",
    "in the document",
    ({ document }) =>
      void Object.assign(document?.entry?.at(-1) ?? {}, { fullUrl: "https://x.example/L/1/_history/1" }),
  ],
  bundled("bdl-8", "in another Bundle", {
    entry: [{ ...located, fullUrl: "https://x.example/Location/1/_history/1" }],
  }),
  bundled("bdl-9", "a document without identifier", { type: "document" }),
  bundled("bdl-9", "a document without the system of it", { type: "document", identifier: { value: "x" } }),
  contacted("a relationship alone", { relationship: [{ text: "x" }] }),
  holding("it is not named", "o1", "urn:x"),
  holding("it has no id", undefined, "urn:x"),
  holding("it is named as an entry", "o1", "Organization/o1"),
  asked("mps-1", "MedicationRequest", "an Organization for another", (message) => urlOf(message, "Organization")),
  asked("mps-1", "MedicationRequest", "an Organization elsewhere", () => "https://x.example/Organization/1"),
  asked("rfr-1", "ReferralRequest", "an Organization for itself", (message) => urlOf(message, "Organization")),
  asked("rfr-1", "ReferralRequest", "the Patient", (message) => urlOf(message, "Patient")),
  question("que-3", "a code of a display", { type: "display", code: [value] }),
  question("que-4", "both", { type: "choice", option: [{ valueString: "x" }], options: { reference: "ValueSet/1" } }),
  question("que-5", "option of text", { option: [{ valueString: "x" }] }),
  question("que-5", "options of a date", { type: "date", options: { reference: "ValueSet/1" } }),
  question("que-6", "required of a display", { type: "display", required: false }),
  question("que-6", "repeats of a display", { type: "display", repeats: true }),
  question("que-8", "of a display", { type: "display", initialString: "x" }),
  question("que-8", "of a group", { type: "group", item: [{ linkId: "2", type: "string" }], initialString: "x" }),
  question("que-9", "of a display", { type: "display", readOnly: true }),
  question("que-10", "of a date", { type: "date", maxLength: 3 }),
  question("que-10", "of what is in a group", {
    type: "group",
    item: [{ linkId: "2", type: "choice", maxLength: 3 }],
  }),
];

export const soundInvariants: readonly Case[] = [
  ...soundOthers,
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
  valued("age-1", "three years", { valueAge: { value: "3", system: ucum, code: "a" } }),
  valued("age-1", "nothing but a unit", { valueAge: { unit: "a" } }),
  valued("cnt-3", "three", { valueCount: { value: "3", system: ucum, code: "1" } }),
  valued("dis-1", "three metres", { valueDistance: { value: "3", system: ucum, code: "m" } }),
  valued("drt-1", "three days", { valueDuration: { value: "3", system: ucum, code: "d" } }),
  valued("drt-1", "three days without a code", { valueDuration: { value: "3", unit: "day" } }),
  valued("mny-1", "three pounds", { valueMoney: { value: "3", system: "urn:iso:std:iso:4217", code: "GBP" } }),
  observed("sqty-1", "a comparator of what was measured", () => ({
    valueQuantity: { value: "3", unit: "kg", comparator: ">" },
  })),
  timed("tim-1", "with its unit", { duration: "1", durationUnit: "h" }),
  timed("tim-2", "with its unit", { period: "1", periodUnit: "d" }),
  timed("tim-4", "none", { duration: "0", durationUnit: "h" }),
  timed("tim-5", "none", { period: "0.0", periodUnit: "h" }),
  timed("tim-6", "with a period", { period: "1", periodMax: "2", periodUnit: "h" }),
  timed("tim-7", "with a duration", { duration: "1", durationMax: "2", durationUnit: "h" }),
  timed("tim-8", "with a count", { count: 1, countMax: 2 }),
  timed("tim-9", "before a meal", { offset: 5, when: ["AC"] }),
  timed("tim-10", "a time alone", { timeOfDay: ["08:00:00"] }),
  bundled("bdl-1", "a total of a searchset", { type: "searchset", total: 1 }),
  bundled("bdl-2", "in a searchset", { type: "searchset", entry: [{ ...located, search: { mode: "match" } }] }),
  bundled("bdl-3", "in a batch", { type: "batch", entry: [{ ...located, request: { method: "GET", url: "x" } }] }),
  bundled("bdl-4", "in an answer", { type: "batch-response", entry: [{ ...located, response: { status: "200" } }] }),
  bundled("bdl-5", "a response alone", { type: "batch-response", entry: [{ response: { status: "200" } }] }),
  bundled("bdl-7", "an entry in two versions", {
    entry: [located, { ...located, resource: { resourceType: "Location", id: "l1", meta: { versionId: "2" } } }],
  }),
  bundled("bdl-8", "an address with a history", { entry: [{ ...located, fullUrl: "https://x.example/history/1" }] }),
  bundled("bdl-9", "a document with its identifier", { type: "document", identifier: { system: "urn:x", value: "x" } }),
  contacted("a telephone", { telecom: [{ system: "phone", value: "1" }] }),
  contacted("an organisation alone", { organization: { display: "x" } }),
  holding("it is named", "o1", "#o1"),
  holding("another is named, and is not there", "o1", "#o2"),
  holding("it names itself", "o1", "urn:x", { partOf: { reference: "#o1" } }),
  asked("mps-1", "MedicationRequest", "a Practitioner", (message) => urlOf(message, "Practitioner")),
  asked("mps-1", "MedicationRequest", "somebody not known", () => "urn:uuid:00000000-0000-4000-8000-00000000cccc"),
  asked("rfr-1", "ReferralRequest", "a Practitioner", (message) => urlOf(message, "Practitioner")),
  asked("rfr-1", "ReferralRequest", "a Device elsewhere", () => "https://x.example/Device/1"),
  question("que-3", "a code of a question", { code: [value] }),
  question("que-4", "options alone", { type: "choice", options: { reference: "ValueSet/1" } }),
  question("que-5", "of an open choice", { type: "open-choice", option: [{ valueString: "x" }] }),
  question("que-6", "of a question", { required: true, repeats: true }),
  question("que-8", "of a question", { initialString: "x" }),
  question("que-9", "of a question", { readOnly: true }),
  question("que-10", "of text", { maxLength: 3 }),
  on("qty-3", "Patient", "no code", { extension: [{ url: "urn:x", valueQuantity: { value: "1", unit: "kg" } }] }),
  on("att-1", "Patient", "a kind alone", { photo: [{ contentType: "image/png" }] }),
  contained("dom-2", "nothing", {}),
  contained("dom-4", "a profile", { meta: { profile: ["urn:x"] } }),
  section("cmp-2", "an entry alone", { title: "x", text, entry: [{ display: "x" }] }),
  on("org-1", "Organization", "a name alone", { identifier: [], name: "x" }),
  on("org-2", "Organization", "an address at work", { address: [{ use: "work", text: "x" }] }),
  on("org-3", "Organization", "a telephone at work", { telecom: [{ system: "phone", use: "work", value: "1" }] }),
  on("lst-1", "List", "a reason for emptiness, of nothing", { entry: [], emptyReason: { text: "x" } }),
  observed("obs-3", "a text alone", () => ({ valueString: "x", referenceRange: [{ text: "x" }] })),
  observed("obs-6", "why there is none", () => ({ dataAbsentReason: { text: "x" } })),
  on("con-1", "Condition", "a stage with a summary", { stage: { summary: { text: "x" } } }),
  on("con-2", "Condition", "evidence with a code", { evidence: [{ code: [{ text: "x" }] }] }),
  on("ait-1", "AllergyIntolerance", "no status, in error", {
    clinicalStatus: undefined as never,
    verificationStatus: "entered-in-error",
  }),
  on("ait-2", "AllergyIntolerance", "a status, confirmed", {
    clinicalStatus: "active",
    verificationStatus: "confirmed",
  }),
  notGiven("imm-1", "a reaction to what was given", true, { reaction: [{ date: "2026-01-05" }] }),
  notGiven("imm-2", "a reason for not being given", false, { explanation: { reasonNotGiven: [{ text: "x" }] } }),
  on("fhs-1", "FamilyMemberHistory", "a birth alone", { bornString: "1950" }),
  on("que-2", "Questionnaire", "two numbers", items({ linkId: "1", type: "string" }, { linkId: "2", type: "string" })),
  on("qrs-1", "QuestionnaireResponse", "an answer with items", {
    item: [{ linkId: "1", answer: [{ valueString: "x", item: [{ linkId: "2", answer: [{ valueString: "y" }] }] }] }],
  }),
];
