// Each invariant broken at every element that it is of. Those that a document of ours has nothing for are broken by the cases
// of invariant-cases.ts, which put it in.
import { lineOf } from "../../src/stu3/element-table.ts";
import { type Spot, spotsOf } from "./document-mutants.ts";
import { changedAt, type Mutant } from "./mutant.ts";
import { linesOf } from "./invariants.ts";

type Value = Readonly<Record<string, unknown>>;
/** What is given to an element to break the invariant, `undefined` for what is taken; nothing where it cannot be broken. */
type Break = readonly [key: string, type: string, changes: Value | ((spot: Spot) => Value | undefined)];

const text = { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };
const within = (key: string, held: Value): Break => [
  key,
  "DomainResource",
  ({ value, type }) => ({
    contained: [{ resourceType: "Organization", id: "o1", name: "x", ...held }],
    extension: [
      ...((value.extension as unknown[] | undefined) ?? []),
      { url: "urn:x", valueReference: { reference: "#o1" } },
    ],
    ...(type.name === "Parameters" ? { contained: undefined } : {}),
  }),
];
const firstOf = (value: Value, stem: string): string | undefined =>
  Object.keys(value).find((name) => name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length)));
const withEntry =
  (changes: Value) =>
  ({ value }: Spot): Value => {
    const [first, ...rest] = (value.entry ?? []) as Value[];
    return { entry: [{ ...first, ...changes }, ...rest] };
  };

const breaks: readonly Break[] = [
  [
    "ext-1",
    "Extension",
    ({ value }) =>
      value.extension === undefined ? { extension: [{ url: "urn:x", valueString: "x" }] } : { valueString: "x" },
  ],
  [
    "ext-1",
    "Extension",
    ({ value }) => ({ extension: undefined, [firstOf(value, "value") ?? "extension"]: undefined }),
  ],
  ["per-1", "Period", { start: "2026-02", end: "2026-01" }],
  ["cpt-2", "ContactPoint", { value: "1", system: undefined }],
  ["qty-3", "Quantity", { code: "kg", system: undefined }],
  ["rat-1", "Ratio", { numerator: { value: "1" }, denominator: undefined }],
  ["rng-2", "Range", { low: { value: "9" }, high: { value: "1" } }],
  ["att-1", "Attachment", { data: "SGVsbG8=", contentType: undefined }],
  ["tim-1", "Timing.repeat", { duration: "1", durationUnit: undefined }],
  ["tim-2", "Timing.repeat", { period: "1", periodUnit: undefined }],
  ["tim-6", "Timing.repeat", { period: undefined, periodMax: "1" }],
  ["bdl-1", "Bundle", { total: 1 }],
  ["bdl-2", "Bundle", withEntry({ search: { mode: "match" } })],
  ["bdl-3", "Bundle", withEntry({ request: { method: "GET", url: "urn:x" } })],
  ["bdl-4", "Bundle", withEntry({ response: { status: "200" } })],
  ["bdl-5", "Bundle.entry", { resource: undefined }],
  ["bdl-7", "Bundle", ({ value }) => ({ entry: [...(value.entry as Value[]), (value.entry as Value[])[0]] })],
  ["bdl-8", "Bundle.entry", { fullUrl: "https://x.example/Location/1/_history/1" }],
  ["bdl-9", "Bundle", ({ value }) => (value.type === "document" ? { identifier: undefined } : undefined)],
  within("dom-1", { text }),
  within("dom-2", { contained: [{ resourceType: "Location", id: "l1" }] }),
  ["dom-3", "DomainResource", { contained: [{ resourceType: "Organization", id: "o1", name: "x" }] }],
  within("dom-4", { meta: { versionId: "1" } }),
  ["pat-1", "Patient", { contact: [{ relationship: [{ text: "x" }] }] }],
  ["cmp-1", "Composition.section", { text: undefined, entry: undefined, section: undefined }],
  ["cmp-2", "Composition.section", { emptyReason: { text: "x" }, entry: [{ display: "x" }] }],
  ["org-1", "Organization", { identifier: undefined, name: undefined }],
  ["org-2", "Organization", { address: [{ use: "home", text: "x" }] }],
  ["org-3", "Organization", { telecom: [{ system: "phone", use: "home", value: "1" }] }],
  ["lst-1", "List", { emptyReason: { text: "x" } }],
  ["lst-2", "List", { mode: "snapshot", entry: [{ item: { display: "x" }, deleted: true }] }],
  ["ppc-1", "Consent", { policy: undefined, policyRule: undefined }],
  ["inv-1", "Task", { authoredOn: "2026-01-05", lastModified: "2025-01-05" }],
  ["obs-3", "Observation.referenceRange", { low: undefined, high: undefined, text: undefined, type: { text: "x" } }],
  [
    "obs-6",
    "Observation",
    ({ value }) => (firstOf(value, "value") === undefined ? undefined : { dataAbsentReason: { text: "x" } }),
  ],
  [
    "obs-7",
    "Observation",
    ({ value }) =>
      firstOf(value, "value") === undefined ? undefined : { component: [{ code: value.code, valueString: "x" }] },
  ],
  ["con-1", "Condition", { stage: { extension: [{ url: "urn:x", valueString: "x" }] } }],
  ["con-2", "Condition", { evidence: [{ extension: [{ url: "urn:x", valueString: "x" }] }] }],
  ["con-3", "Condition", { clinicalStatus: undefined }],
  ["con-4", "Condition", { clinicalStatus: "active", abatementDateTime: "2026-01-05" }],
  ["ait-1", "AllergyIntolerance", { clinicalStatus: undefined }],
  ["ait-2", "AllergyIntolerance", { verificationStatus: "entered-in-error" }],
  ["imm-1", "Immunization", { notGiven: true, reaction: [{ date: "2026-01-05" }] }],
  ["imm-2", "Immunization", { notGiven: false, explanation: { reasonNotGiven: [{ text: "x" }] } }],
  ["mst-1", "MedicationStatement", { taken: "unk", reasonNotTaken: [{ text: "x" }] }],
  ["fhs-1", "FamilyMemberHistory", { ageString: "60", bornString: "1950" }],
  [
    "fhs-2",
    "FamilyMemberHistory",
    ({ value }) => ({ estimatedAge: true, [firstOf(value, "age") ?? "ageString"]: undefined }),
  ],
  ["fhs-3", "FamilyMemberHistory", { notDone: undefined, notDoneReason: { text: "x" } }],
  ["que-1", "Questionnaire.item", { type: "group", item: undefined }],
  ["que-2", "Questionnaire", ({ value }) => ({ item: [...(value.item as Value[]), (value.item as Value[])[0]] })],
  ["que-3", "Questionnaire.item", { type: "display", item: undefined, code: [{ code: "x" }] }],
  ["que-4", "Questionnaire.item", { type: "choice", option: [{ valueString: "x" }], options: { display: "x" } }],
  ["que-5", "Questionnaire.item", { type: "string", item: undefined, option: [{ valueString: "x" }] }],
  ["que-6", "Questionnaire.item", { type: "display", item: undefined, required: true }],
  ["que-7", "Questionnaire.item", { enableWhen: [{ question: "1" }] }],
  ["que-8", "Questionnaire.item", { type: "display", item: undefined, initialString: "x" }],
  ["que-9", "Questionnaire.item", { type: "display", item: undefined, readOnly: true }],
  ["que-10", "Questionnaire.item", { type: "choice", maxLength: 3 }],
  ["qrs-1", "QuestionnaireResponse.item", { answer: [{ valueString: "x" }], item: [{ linkId: "9" }] }],
];

/** Where a plain amount is wanted, by the type that holds it. */
const plainAmounts = new Set(linesOf("simple-quantities.txt"));

export function* invariantMutants(bundle: object): Generator<Mutant> {
  for (const spot of spotsOf(bundle)) {
    const { path, type, value } = spot;
    const line = lineOf(type.name);
    const made = (key: string, at: Mutant["path"], changes: Value): Mutant => ({
      kind: "invariant",
      how: key,
      path: at,
      value: changedAt(bundle, at, (held) => ({ ...(held as Value), ...changes })),
    });
    for (const [key, of, changes] of breaks) {
      if (!line.includes(of)) continue;
      const given = typeof changes === "function" ? changes(spot) : changes;
      if (given !== undefined) yield made(key, path, given);
    }
    for (const name of Object.keys(value)) {
      if (plainAmounts.has(`${type.name}.${name}`)) yield made("sqty-1", [...path, name], { comparator: "<" });
    }
  }
}
