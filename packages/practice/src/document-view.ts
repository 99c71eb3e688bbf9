import type { KnownFileType, NarrativeLine } from "@restante/itk3";

/**
 * What a document says in its sections and entries, for people: texts alone, none of which is HTML, and all of a bounded
 * length. Nothing is left out without a word: what is not shown is named by its kind, or counted.
 */
export interface DocumentView {
  /** Composition.text. */
  narrative: NarrativeText;
  /** In reading order, those of sections behind them, at most 200. */
  sections: DocumentSection[];
  /** Of entries that no section leads to. */
  unplaced: EntryTable[];
  /** The kinds of entry that no table is made of, as the message names them, at most 100. */
  others: KindCount[];
  /** The people, organisations and places that the entries name. */
  named: KindCount[];
  files: DocumentFile[];
  /** How many more there are than are shown. */
  leftOut: { sections: number; entries: KindCount[]; files: number };
}

export interface NarrativeText {
  lines: NarrativeLine[];
  /** Only its beginning. */
  cutOff?: true;
}

export interface DocumentSection {
  title?: string;
  /** 1 for a section of the document, 2 for one within such a section, and so on. */
  level: number;
  code?: Term;
  narrative: NarrativeText;
  /** Why it has no entries. */
  emptyReason?: Term;
  tables: EntryTable[];
  /** How many of its entries are files, which stand among the attachments. */
  files: number;
  /** How many of its entries are people, organisations and places. */
  named: number;
  /** Entries that it shares with an earlier section, and that stand there. */
  inEarlier: number;
  /** References that lead to no entry of the message. */
  leadNowhere: number;
  /** Something unknown may change what it means. */
  modified?: true;
}

export type EntryKind =
  | "medicines"
  | "allergies"
  | "conditions"
  | "observations"
  | "procedures"
  | "immunisations"
  | "encounters"
  | "answers"
  | "other";

export interface EntryTable {
  kind: EntryKind;
  entries: DocumentEntry[];
}

export interface DocumentEntry {
  /** The name of FHIR for what it is, such as `MedicationStatement`. */
  type: string;
  /** What it is of. Absent: the message does not say. */
  term?: Term;
  /** Why what it seems to say is not so. */
  against: Against[];
  /** The dose, what was found, the reactions, the answer. */
  value: Fact[];
  /** Of what was measured. */
  range: Fact[];
  interpretation: Fact[];
  status: Fact[];
  dates: Fact[];
  /** All else that it says. */
  more: Fact[];
  /** What of it is not shown, by name. */
  notShown: string[];
  /** Something unknown may change what it means. */
  modified?: true;
  /** It is about somebody else than the patient of the document, or it is not known about whom. */
  notThePatient?: true;
}

/**
 * `refuted`: it was thought of, and is not so. `removed`: it is no longer in the list that leads to it. `entered-in-error`,
 * `not-taken`, `not-given`, `not-done`, `not-to-be-done`: as FHIR says.
 */
export type Against =
  | "entered-in-error"
  | "refuted"
  | "removed"
  | "not-taken"
  | "not-given"
  | "not-done"
  | "not-to-be-done";

/** A coded word, as it was sent. */
export interface Term {
  /** The sender's own words; else how a code of it is displayed; else a code. */
  text: string;
  codings: TermCoding[];
}

export interface TermCoding {
  code?: string;
  /** The code system in words, such as `SNOMED CT`; of one that is not known here, its address. */
  system?: string;
  display?: string;
}

/** A thing said of an entry. */
export interface Fact {
  /** The name that FHIR has for it, in small words: `clinical status`. Empty where it is what the column says. */
  what: string;
  said: Said[];
}

/** A text; or a moment or a time between two, as ISO dates, whole or in part. */
export type Said = string | { at: string } | { from?: string; to?: string };

export interface KindCount {
  what: string;
  count: number;
}

/** A file that the document carries. */
export interface DocumentFile {
  title: string;
  /** What it is by its first bytes. */
  fileType: KnownFileType | "other";
  /** What its sender says that it is. */
  claimed: string;
  bytes: number;
  /** SHA-256 of its bytes, in hexadecimal. */
  sha256: string;
  damaged?: true;
}
