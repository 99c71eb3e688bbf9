import type {
  DocumentEntry,
  DocumentFile,
  DocumentSection,
  DocumentView,
  EntryTable,
  Fact,
  KindCount,
  NarrativeText,
  Said,
  Term,
  TermCoding,
} from "@restante/practice";
import { list, object, oneOf, optional, text, type Needed } from "@restante/settings";
import { count, kind, trueIfSo, words } from "../kinds.ts";

// What a document says is given as the practice has it: texts alone, which is JSON as it is.

const coding = object<TermCoding>(
  {
    code: optional(words("The code.")),
    system: optional(words("The code system in words, such as SNOMED CT; of one that is not known, its address.")),
    display: optional(words("What the message calls it.")),
  },
  { description: "A code." },
);

const term = object<Term>(
  {
    text: words("The sender's own words; else how a code of it is displayed; else a code."),
    codings: list(coding, { description: "Its codes, as they were sent." }),
  },
  { description: "A coded word." },
);

const said: Needed<Said> = kind({
  description: "A text; or a moment or a time between two, as ISO dates, whole or in part.",
  anyOf: [
    { type: "string" },
    { type: "object", required: ["at"], additionalProperties: false, properties: { at: { type: "string" } } },
    {
      type: "object",
      additionalProperties: false,
      properties: { from: { type: "string" }, to: { type: "string" } },
    },
  ],
});

const facts = (description: string): Needed<Fact[]> =>
  list(
    object<Fact>(
      {
        what: words("The name that FHIR has for it, in small words; empty where the property says it."),
        said: list(said, { description: "What is said." }),
      },
      { description: "A thing said of an entry." },
    ),
    { description },
  );

const entry = object<DocumentEntry>(
  {
    type: text({ description: "The name of FHIR for what it is, such as MedicationStatement." }),
    term: optional(term),
    against: list(
      oneOf(["entered-in-error", "refuted", "removed", "not-taken", "not-given", "not-done", "not-to-be-done"], {
        description: "Why.",
      }),
      { description: "Why what it seems to say is not so: never pass the entry on without these." },
    ),
    value: facts("The dose, what was found, the reactions, the answer."),
    range: facts("Of what was measured."),
    interpretation: facts("What it is taken for."),
    status: facts("Where it stands."),
    dates: facts("When."),
    more: facts("All else that it says."),
    notShown: list(words("By name."), { description: "What of it is not given here." }),
    modified: trueIfSo("Something unknown may change what it means."),
    notThePatient: trueIfSo("It is about somebody else than the patient, or it is not known about whom."),
  },
  { description: "An entry." },
);

const table = object<EntryTable>(
  {
    kind: oneOf(
      [
        "medicines",
        "allergies",
        "conditions",
        "observations",
        "procedures",
        "immunisations",
        "encounters",
        "answers",
        "other",
      ],
      { description: "What its entries are." },
    ),
    entries: list(entry, { description: "In their order." }),
  },
  { description: "Entries of a kind." },
);

const narrative = object<NarrativeText>(
  {
    lines: list(
      object<NarrativeText["lines"][number]>(
        {
          kind: oneOf(["text", "heading", "item", "row", "row-heading"], { description: "What the line is." }),
          texts: list(words("A text; of a row, of a cell."), { description: "One, but for a row." }),
        },
        { description: "A line." },
      ),
      { description: "Line by line." },
    ),
    cutOff: trueIfSo("Only its beginning."),
  },
  { description: "What is to be read." },
);

const section = object<DocumentSection>(
  {
    title: optional(words("Its title.")),
    level: count("1 for a section of the document, 2 for one within such a section, and so on."),
    code: optional(term),
    narrative,
    emptyReason: optional(term),
    tables: list(table, { description: "Its entries." }),
    files: count("How many of its entries are files, which stand among the attachments."),
    named: count("How many of its entries are people, organisations and places."),
    inEarlier: count("Entries that it shares with an earlier section, and that stand there."),
    leadNowhere: count("References that lead to no entry of the message."),
    modified: trueIfSo("Something unknown may change what it means."),
  },
  { description: "A section." },
);

const kindCount = object<KindCount>(
  { what: words("A kind of entry."), count: count("How many.") },
  { description: "So many of a kind." },
);

const file = object<DocumentFile>(
  {
    title: words("As its sender calls it."),
    fileType: oneOf(["application/pdf", "image/png", "image/jpeg", "image/tiff", "other"], {
      description: "What it is by its first bytes.",
    }),
    claimed: words("What its sender says that it is."),
    bytes: count("How large it is."),
    sha256: text({ description: "SHA-256 of its bytes, in hexadecimal." }),
    damaged: trueIfSo("Its content did not arrive whole."),
  },
  { description: "A file that the document carries." },
);

export const documentSchema: Needed<DocumentView> = object<DocumentView>(
  {
    narrative,
    sections: list(section, { description: "In reading order, those of sections behind them." }),
    unplaced: list(table, { description: "Entries that no section leads to." }),
    others: list(kindCount, { description: "The kinds of entry that are not given, as the message names them." }),
    named: list(kindCount, { description: "The people, organisations and places that the entries name." }),
    files: list(file, { description: "The files." }),
    leftOut: object<DocumentView["leftOut"]>(
      {
        sections: count("Sections."),
        entries: list(kindCount, { description: "Entries." }),
        files: count("Files."),
      },
      { description: "How many more there are than are given." },
    ),
  },
  { description: "What a document says in its sections and entries. Nothing is left out without a word." },
);
