import type { DocumentEntry, DocumentView } from "@restante/practice";

/** A document with an entry of each kind, in every state that a page tells. `modified`: also what something unknown may change. */
export function sampleView({ modified = false }: { modified?: boolean } = {}): DocumentView {
  const touched = modified ? { modified: true as const } : {};
  return {
    narrative: { lines: [{ kind: "text", texts: ["Consultation report for WIŚNIEWSKI, Łukasz (Mr)"] }] },
    sections: [
      {
        ...section("Allergies"),
        narrative: {
          lines: [
            { kind: "heading", texts: ["What was said"] },
            { kind: "row-heading", texts: ["Allergy", "Since"] },
            { kind: "row", texts: ["Penicillin", "2001"] },
            { kind: "item", texts: ["No others are known."] },
          ],
        },
        tables: [
          {
            kind: "allergies",
            entries: [
              {
                ...entry("AllergyIntolerance", "Allergy to penicillin", "91936005"),
                value: [{ what: "", said: ["manifestation: Rash; severity: mild"] }],
                status: [
                  { what: "", said: ["active"] },
                  { what: "verification status", said: ["unconfirmed"] },
                  { what: "criticality", said: ["high"] },
                ],
                dates: [
                  { what: "began", said: ["2001"] },
                  { what: "recorded", said: [{ at: "2026-01-05T10:00:00+00:00" }] },
                ],
                more: [{ what: "note", said: ["As a child"] }],
              },
              { ...entry("AllergyIntolerance", "Allergy to latex"), against: ["refuted", "entered-in-error"] },
            ],
          },
        ],
      },
      {
        ...section("Medicines"),
        ...touched,
        tables: [
          {
            kind: "medicines",
            entries: [
              {
                ...entry("MedicationStatement", "Paracetamol 500mg tablets", "322236009"),
                value: [{ what: "", said: ["Two, four times a day; patient instruction: With food"] }],
                status: [
                  { what: "", said: ["on-hold"] },
                  { what: "taken", said: ["unk"] },
                ],
                dates: [{ what: "taken", said: [{ from: "2026-01-05", to: "2026-07-05" }] }],
                ...touched,
                notShown: ["basedOn (extension)"],
              },
              {
                ...entry("MedicationStatement", "Amoxicillin 250mg capsules"),
                against: ["not-taken"],
                notThePatient: true,
              },
            ],
          },
        ],
      },
      {
        ...section("Results"),
        level: 2,
        inEarlier: 1,
        leadNowhere: 2,
        tables: [
          {
            kind: "observations",
            entries: [
              {
                ...entry("Observation", "Serum potassium level", "1000651000000109"),
                value: [{ what: "", said: ["6.1 mmol/L"] }],
                range: [{ what: "", said: ["3.5 mmol/L to 5.3 mmol/L"] }],
                interpretation: [{ what: "", said: ["High (H)"] }],
                status: [{ what: "", said: ["final"] }],
                dates: [{ what: "", said: [{ at: "2026-01-05" }] }],
              },
            ],
          },
          { kind: "other", entries: [entry("FamilyMemberHistory", "Mother")] },
        ],
      },
      { ...section("Consultation report"), files: 1 },
    ],
    unplaced: [{ kind: "encounters", entries: [entry("Encounter", "Consultation", "11429006")] }],
    others: [{ what: "Zebra", count: 2 }],
    named: [{ what: "Organization", count: 2 }],
    files: [
      {
        title: "Consultation report",
        fileType: "application/pdf",
        claimed: "application/pdf",
        bytes: 27_000,
        sha256: "336276927fc27d28c262f08eae5511abe9336bfb08fdeca8c7845c8a69d2e5e7",
      },
    ],
    leftOut: { sections: 0, entries: [{ what: "Observation", count: 1200 }], files: 0 },
  };
}

function section(title: string): DocumentView["sections"][number] {
  return { title, level: 1, narrative: { lines: [] }, tables: [], files: 0, named: 0, inEarlier: 0, leadNowhere: 0 };
}

function entry(type: string, text: string, code?: string): DocumentEntry {
  const codings = code === undefined ? [] : [{ code, system: "SNOMED CT", display: text }];
  const none = { value: [], range: [], interpretation: [], status: [], dates: [], more: [], notShown: [] };
  return { type, term: { text, codings }, against: [], ...none };
}

/** The same with a text of somebody else's in every place that has one. */
export function poisoned(view: DocumentView, text: string): DocumentView {
  const ours = new Set(["kind", "fileType", "against"]);
  const put = (value: unknown, name: string): unknown => {
    if (ours.has(name)) return value;
    if (typeof value === "string") return text;
    if (Array.isArray(value)) return value.map((each) => put(each, name));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, put(each, key)]));
  };
  return put(view, "") as DocumentView;
}
