// How the entries of a document are put before people.
import type {
  Against,
  DocumentEntry,
  DocumentSection,
  DocumentView,
  EntryKind,
  EntryTable,
  Fact,
  KindCount,
  Said,
  Task,
  TaskVersion,
  Term,
} from "@restante/practice";
import { formatDate, formatTime, type Tag } from "@restante/web";

/** A page that shows more besides has so many rows of entries. */
export const mostBeside = 100;

type Cell = "value" | "range" | "interpretation" | "status" | "dates";

interface EntryColumns {
  caption: string;
  /** What an entry is of. */
  what: string;
  cells: readonly (readonly [heading: string, cell: Cell])[];
}

const statusAndDates = [
  ["Status", "status"],
  ["Dates", "dates"],
] as const;

const columns: Readonly<Record<EntryKind, EntryColumns>> = {
  allergies: {
    caption: "Allergies and intolerances",
    what: "To what",
    cells: [["Reactions", "value"], ...statusAndDates],
  },
  medicines: { caption: "Medicines", what: "Medicine", cells: [["Dose and directions", "value"], ...statusAndDates] },
  conditions: { caption: "Problems and conditions", what: "What", cells: [["Details", "value"], ...statusAndDates] },
  observations: {
    caption: "Observations and results",
    what: "What",
    cells: [["Value", "value"], ["Usual range", "range"], ["Interpretation", "interpretation"], ...statusAndDates],
  },
  procedures: { caption: "Procedures", what: "What", cells: [["Details", "value"], ...statusAndDates] },
  immunisations: { caption: "Immunisations", what: "Vaccine", cells: [["Details", "value"], ...statusAndDates] },
  encounters: { caption: "Encounters", what: "What", cells: [["Details", "value"], ...statusAndDates] },
  answers: { caption: "Questions and answers", what: "Question", cells: [["Answer", "value"], ...statusAndDates] },
  other: { caption: "Other entries", what: "What", cells: [["Details", "value"], ...statusAndDates] },
};

/** A table with the columns in which something stands. */
export function tableWords({ kind, entries }: EntryTable): EntryColumns {
  const { cells, ...words } = columns[kind];
  return { ...words, cells: cells.filter(([, cell]) => entries.some((entry) => entry[cell].length > 0)) };
}

/** What an entry is, where its table does not say. */
export function entryType({ kind }: EntryTable, { term, type }: DocumentEntry): string | undefined {
  return kind === "other" && term !== undefined ? kindWords(type) : undefined;
}

/** What an entry is of; of one that does not say it, what sort of entry it is. */
export function entryName({ term, type }: DocumentEntry): string {
  return term?.text ?? (type === "QuestionnaireResponse" ? "Questionnaire" : `${kindWords(type)}: no name given`);
}

/** One line of a cell. */
export function factWords({ what, said }: Fact, cell?: Cell): string {
  const words = said.map((one) => (cell === "status" ? statusWords(what, one) : saidWords(one))).join(", ");
  return what === "" ? words : `${capital(what)}: ${words}`;
}

/** What an entry says beside its columns: first what somebody wrote for those who read it. */
export function besideColumns({ more }: DocumentEntry): { first: Fact[]; rest: Fact[] } {
  const [first, rest] = [true, false].map((isFirst) => more.filter(({ what }) => written.has(what) === isFirst));
  return { first: first ?? [], rest: rest ?? [] };
}

const written: ReadonlySet<string> = new Set(["note", "comment", "text", "part of", "priority"]);

/** `category, recorder`: what is folded away, by name. */
export function factNames(facts: readonly Fact[]): string {
  return [...new Set(facts.map(({ what }) => what))].join(", ");
}

export function saidWords(said: Said): string {
  if (typeof said === "string") return said;
  if ("at" in said) return momentWords(said.at);
  const [from, to] = [said.from, said.to].map((moment) => moment && momentWords(moment));
  if (from === undefined || to === undefined) return from === undefined ? `until ${to ?? ""}` : `from ${from}`;
  return from === to ? from : `${from} to ${to}`;
}

function momentWords(iso: string): string {
  const moment = new Date(iso);
  if (!iso.includes("T") || Number.isNaN(moment.getTime())) return formatDate(iso);
  return formatTime(moment);
}

const taken: Readonly<Record<string, string>> = { y: "yes", n: "no", unk: "not known", na: "does not apply" };

/** `Entered in error` of `entered-in-error`. */
function statusWords(what: string, said: Said): string {
  const words = saidWords(said);
  if (what === "taken") return taken[words] ?? words;
  const spaced = words.replaceAll("-", " ");
  return what === "" ? capital(spaced) : spaced;
}

/** The codes of a term, each with its system and with how it is displayed where that is not how the term reads. */
export function codingLines(term: Term | undefined): string[] {
  return (term?.codings ?? []).flatMap(({ code, system, display }) => {
    const words = [system, code === term?.text ? undefined : code].filter((word) => word !== undefined).join(" ");
    const beside = display === undefined || display === term?.text ? "" : `: ${display}`;
    return words === "" && beside === "" ? [] : [`${words || "Code"}${beside}`];
  });
}

const againstTags: Readonly<Record<Against, Tag>> = {
  "entered-in-error": { text: "Entered in error", colour: "red", meaning: "It should never have been recorded." },
  refuted: { text: "Ruled out", colour: "red", meaning: "It was thought of, and is not so." },
  removed: { text: "Removed from its list", colour: "red", meaning: "The list that it stood in holds it no longer." },
  "not-taken": { text: "Not taken", colour: "red", meaning: "The patient does not take it." },
  "not-given": { text: "Not given", colour: "red", meaning: "It was not given." },
  "not-done": { text: "Not done", colour: "red", meaning: "It was not done." },
  "not-to-be-done": { text: "Not to be done", colour: "red", meaning: "It is asked for that this is not done." },
};

export function againstTag(against: Against): Tag {
  return againstTags[against];
}

export const notThePatientTag: Tag = {
  text: "May not be this patient’s",
  colour: "red",
  meaning: "It is about somebody else, or the message does not lead to whom it is about.",
};

/** A kind of entry that STU3 names, in words; one that it does not as the message has it. */
export function kindWords(type: string): string {
  return kinds[type] ?? capital(type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase());
}

const kinds: Readonly<Record<string, string>> = {
  AllergyIntolerance: "Allergy or intolerance",
  Binary: "File under no heading",
  DocumentReference: "Document of which a file is not in the message",
  FamilyMemberHistory: "Family history",
  Immunization: "Immunisation",
  MedicationRequest: "Prescription",
  MedicationStatement: "Medicine taken",
  Organization: "Organisation",
  Practitioner: "Health professional",
  PractitionerRole: "Health professional’s role",
  ProcedureRequest: "Request",
  QuestionnaireResponse: "Answers to a questionnaire",
  ReferralRequest: "Referral",
};

export function countWords(counts: readonly KindCount[]): string {
  return counts.map(({ what, count }) => `${kindWords(what)}: ${count.toLocaleString("en-GB")}`).join(", ");
}

/** What of a document there is to be read beside its report. */
export interface EntriesShown {
  view: DocumentView;
  /** So many rows are not on this page: they are on the page of the entries. */
  more: number;
  /** Nothing but what the report says in its first line. */
  isBare: boolean;
  /** Worth a column of its own. */
  isLong: boolean;
}

/** @param most rows; absent: all that there are */
export function entriesShown(view: DocumentView, most: number = Number.POSITIVE_INFINITY): EntriesShown {
  const all = rowsIn([...view.sections.flatMap(({ tables }) => tables), ...view.unplaced]);
  let left = most;
  const first = (tables: readonly EntryTable[]): EntryTable[] =>
    tables.flatMap((table) => {
      const entries = table.entries.slice(0, Math.max(0, left));
      left -= entries.length;
      return entries.length === 0 ? [] : [{ ...table, entries }];
    });
  const sections = view.sections.map((section) => ({ ...section, tables: first(section.tables) }));
  const isRead = sections.some(({ narrative, emptyReason }) => narrative.lines.length > 0 || emptyReason !== undefined);
  return {
    view: { ...view, sections: sections.filter(isSaid), unplaced: first(view.unplaced) },
    more: Math.max(0, all - most),
    isBare: all === 0 && !isRead && view.others.length === 0,
    isLong: all > 3 || isRead,
  };
}

/** A section of nothing but a file has it among the attachments, under its title. */
function isSaid({ tables, narrative, emptyReason, leadNowhere, inEarlier, modified }: DocumentSection): boolean {
  const isEmpty = tables.length === 0 && narrative.lines.length === 0 && emptyReason === undefined;
  return !isEmpty || leadNowhere > 0 || inEarlier > 0 || modified === true;
}

function rowsIn(tables: readonly EntryTable[]): number {
  return tables.reduce((sum, { entries }) => sum + entries.length, 0);
}

/** Where a version of a document stands among the others. */
export function versionWords(
  version: TaskVersion,
  { taskId: here, versions, moreVersions }: Pick<Task, "taskId" | "versions" | "moreVersions">,
): string {
  const stands = { open: "To do", completed: "Done", replaced: "Replaced", removed: "Removed" }[version.state];
  const place = `${versions.indexOf(version) + 1} of ${versions.length}`;
  // Where not all are known here their places are not known either.
  const words = moreVersions === true ? stands : `Version ${place}: ${stands.toLowerCase()}`;
  return version.taskId === here ? `${words} (this one)` : words;
}

/** Lines of a table stand together. */
export function narrativeBlocks(lines: DocumentView["narrative"]["lines"]): NarrativeBlock[] {
  const blocks: NarrativeBlock[] = [];
  for (const line of lines) {
    const kind = line.kind.startsWith("row") ? "table" : line.kind === "item" ? "list" : line.kind;
    const last = blocks.at(-1);
    if (last !== undefined && last.kind === kind && (kind === "table" || kind === "list")) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  return blocks;
}

interface NarrativeBlock {
  kind: string;
  lines: DocumentView["narrative"]["lines"];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
