// The same of resources that Send Document does not name: each case puts one into the document.
import type { Resource } from "@restante/itk3";
import type { Case } from "./addition.ts";

type Values = Readonly<Record<string, unknown>>;

const putting =
  (resourceType: string) =>
  (key: string, what: string, values: Values): Case => [
    `FHIR:${key}`,
    what,
    ({ document }) =>
      void document?.entry?.push({
        fullUrl: "urn:uuid:00000000-0000-4000-8000-00000000dddd",
        resource: { resourceType, id: "00000000-0000-4000-8000-00000000dddd", ...values } as Resource,
      }),
  ];

const text = { text: "x" };
const coding = { system: "urn:x", code: "x" };
const someone = { reference: "urn:x" };
const toOrganization = { reference: "https://x.example/Organization/1" };
const toPractitioner = { reference: "https://x.example/Practitioner/1" };
const start = "2026-01-05T10:00:00Z";
const end = "2026-01-05T10:15:00Z";
const percent = { value: "5", system: "http://unitsofmeasure.org", code: "%" };

const appointment = putting("Appointment");
const booked = { status: "booked", participant: [{ actor: someone, status: "accepted" }] };
const answer = putting("AppointmentResponse");
const audit = putting("AuditEvent");
const plan = putting("CarePlan");
const team = putting("CareTeam");
const communication = putting("Communication");
const asking = putting("CommunicationRequest");
const codes = putting("CodeSystem");
const map = putting("ConceptMap");
const goal = putting("Goal");
const group = putting("Group");
const recommended = putting("ImmunizationRecommendation");
const linkage = putting("Linkage");
const media = putting("Media");
const given = putting("MedicationAdministration");
const dispensed = putting("MedicationDispense");
const nutrition = putting("NutritionOrder");
const procedure = putting("Procedure");
const requests = putting("RequestGroup");
const risk = putting("RiskAssessment");
const sequence = putting("Sequence");
const set = putting("ValueSet");

const target = (changes: Values): Values => ({ group: [{ element: [{ target: [changes] }] }] });
const unmapped = (changes: Values): Values => ({ group: [{ element: [{ code: "x" }], unmapped: changes }] });
const include = (changes: Values): Values => ({ compose: { include: [changes] } });
const contains = (changes: Values): Values => ({
  expansion: { identifier: "urn:x", timestamp: start, contains: [changes] },
});

export const brokenOthers: readonly Case[] = [
  appointment("app-1", "a status alone", { ...booked, start, end, participant: [{ status: "accepted" }] }),
  appointment("app-2", "a start alone", { ...booked, start }),
  appointment("app-3", "booked for no time", booked),
  answer("apr-1", "nobody", { appointment: someone, participantStatus: "accepted" }),
  audit("sev-1", "both", { entity: [{ name: "x", query: "AAAA" }] }),
  plan("cpl-3", "both", { activity: [{ reference: someone, detail: { status: "completed" } }] }),
  team("ctm-1", "an Organization for another", {
    participant: [{ member: toOrganization, onBehalfOf: toOrganization }],
  }),
  communication("com-1", "a reason, of what was done", { notDoneReason: text }),
  asking("cmr-1", "an Organization for another", { requester: { agent: toOrganization, onBehalfOf: toOrganization } }),
  codes("csd-1", "a code twice, one within the other", { concept: [{ code: "a", concept: [{ code: "a" }] }] }),
  map("cmd-1", "narrower without a comment", target({ code: "x", equivalence: "narrower" })),
  map("cmd-2", "no code", unmapped({ mode: "fixed" })),
  map("cmd-3", "no url", unmapped({ mode: "other-map" })),
  goal("gol-1", "a detail alone", { target: { detailCodeableConcept: text } }),
  group("grp-1", "a member of a kind of persons", { type: "person", actual: false, member: [{ entity: someone }] }),
  recommended("imr-1", "a date alone", { recommendation: [{ date: "2026", forecastStatus: text }] }),
  linkage("lnk-1", "one item", { item: [{ type: "source", resource: someone }] }),
  media("mda-1", "a height of sound", { type: "audio", height: 1 }),
  media("mda-2", "a width of sound", { type: "audio", width: 1 }),
  media("mda-3", "frames of sound", { type: "audio", frames: 1 }),
  media("mda-4", "a duration of a photo", { type: "photo", duration: 1 }),
  given("mad-1", "a text alone", { dosage: { text: "x" } }),
  given("mad-2", "a reason for not being given", { reasonNotGiven: [text] }),
  given("mad-3", "a reason, of what was not given", { notGiven: true, reasonCode: [text] }),
  dispensed("mdd-1", "handed over before", { whenPrepared: end, whenHandedOver: start }),
  nutrition("nor-1", "nothing", { status: "active" }),
  procedure("pro-1", "a reason, of what was done", { notDoneReason: text }),
  risk("ras-1", "a low end of another unit", {
    prediction: [{ probabilityRange: { low: { value: "1", code: "1" } } }],
  }),
  risk("ras-2", "more than certain", { prediction: [{ probabilityDecimal: "101" }] }),
  requests("rqg-1", "neither", { action: [{ title: "x" }] }),
  requests("rqg-1", "both", { action: [{ resource: someone, action: [{ resource: someone }] }] }),
  sequence("seq-3", "two", { coordinateSystem: 2 }),
  sequence("seq-4", "none", { coordinateSystem: 0, referenceSeq: { referenceSeqString: "A", strand: 0 } }),
  sequence("seq-5", "a chromosome alone", {
    coordinateSystem: 0,
    referenceSeq: { referenceSeqString: "A", chromosome: text },
  }),
  sequence("seq-6", "two of them", {
    coordinateSystem: 0,
    referenceSeq: { referenceSeqString: "A", referenceSeqId: text },
  }),
  set("vsd-1", "concepts of nothing", include({ concept: [{ code: "x" }] })),
  set("vsd-2", "concepts of another ValueSet alone", include({ valueSet: ["urn:x"], concept: [{ code: "x" }] })),
  set(
    "vsd-3",
    "both",
    include({ system: "urn:x", concept: [{ code: "x" }], filter: [{ property: "x", op: "=", value: "x" }] }),
  ),
  set("vsd-5", "neither", { status: "active" }),
  set("vsd-6", "a system alone", contains({ system: "urn:x", abstract: true })),
  set("vsd-9", "a display alone", contains({ display: "x" })),
  set("vsd-10", "a code alone", contains({ code: "x" })),
];

export const soundOthers: readonly Case[] = [
  appointment("app-1", "an actor", { ...booked, start, end }),
  appointment("app-2", "both", { ...booked, start, end }),
  appointment("app-3", "proposed for no time", { ...booked, status: "proposed" }),
  answer("apr-1", "an actor", { appointment: someone, participantStatus: "accepted", actor: someone }),
  audit("sev-1", "a name alone", { entity: [{ name: "x" }] }),
  plan("cpl-3", "a reference alone", { activity: [{ reference: someone }] }),
  team("ctm-1", "a Practitioner", { participant: [{ member: toPractitioner, onBehalfOf: toOrganization }] }),
  communication("com-1", "a reason, of what was not done", { notDone: true, notDoneReason: text }),
  asking("cmr-1", "a Practitioner", { requester: { agent: toPractitioner, onBehalfOf: toOrganization } }),
  codes("csd-1", "two codes", { concept: [{ code: "a" }, { code: "b" }] }),
  map("cmd-1", "narrower with a comment", target({ code: "x", equivalence: "narrower", comment: "x" })),
  map("cmd-2", "a code", unmapped({ mode: "fixed", code: "x" })),
  map("cmd-3", "a url", unmapped({ mode: "other-map", url: "urn:x" })),
  goal("gol-1", "a measure too", { target: { measure: text, detailCodeableConcept: text } }),
  group("grp-1", "a member of a group", { type: "person", actual: true, member: [{ entity: someone }] }),
  recommended("imr-1", "a disease", { recommendation: [{ targetDisease: text }] }),
  linkage("lnk-1", "two items", { item: [{ resource: someone }, { resource: someone }] }),
  media("mda-1", "a height of a photo", { type: "photo", height: 1 }),
  media("mda-2", "a width of a video", { type: "video", width: 1 }),
  media("mda-3", "frames of a photo", { type: "photo", frames: 1 }),
  media("mda-4", "a duration of a video", { type: "video", duration: 1 }),
  given("mad-1", "a rate", { dosage: { rateQuantity: { value: "1" } } }),
  given("mad-2", "a reason for not being given, of what was not", { notGiven: true, reasonNotGiven: [text] }),
  given("mad-3", "a reason, of what was given", { reasonCode: [text] }),
  dispensed("mdd-1", "handed over after", { whenPrepared: start, whenHandedOver: end }),
  nutrition("nor-1", "a diet", { oralDiet: { type: [text] } }),
  procedure("pro-1", "a reason, of what was not done", { notDone: true, notDoneReason: text }),
  risk("ras-1", "percentages", { prediction: [{ probabilityRange: { low: percent, high: percent } }] }),
  risk("ras-2", "certain", { prediction: [{ probabilityDecimal: "100" }] }),
  requests("rqg-1", "a resource", { action: [{ resource: someone }] }),
  sequence("seq-3", "one", { coordinateSystem: 1 }),
  sequence("seq-4", "the other", { coordinateSystem: 0, referenceSeq: { referenceSeqString: "A", strand: -1 } }),
  sequence("seq-5", "both", { coordinateSystem: 0, referenceSeq: { genomeBuild: "x", chromosome: text } }),
  sequence("seq-6", "one of them", { coordinateSystem: 0, referenceSeq: { referenceSeqString: "A" } }),
  set("vsd-1", "of another ValueSet", include({ valueSet: ["urn:x"] })),
  set("vsd-2", "concepts of a system", include({ valueSet: ["urn:x"], system: "urn:x", concept: [{ code: "x" }] })),
  set("vsd-3", "concepts alone", include({ system: "urn:x", concept: [{ code: "x" }] })),
  set("vsd-5", "an expansion", contains({ ...coding })),
  set("vsd-6", "a code", contains({ ...coding })),
  set("vsd-9", "a display that is abstract", contains({ display: "x", abstract: true })),
  set("vsd-10", "a code with its system", contains({ ...coding })),
];
