/** What the sentence that sums a document up says. */
export interface Wording {
  /** What stands before ` for `. */
  title: string;
  patientName: string;
  /** Ten digits. */
  nhsNumber: string;
  practice: string | undefined;
  odsCode: string | undefined;
  version: string | undefined;
}

/** What the document and its envelope say of it in words. */
export interface DocumentWords {
  /** Composition.text, a paragraph each, without tags. */
  paragraphs: readonly string[];
  /** The sentence that sums the document up; undefined where no paragraph is one. */
  text: Wording | undefined;
  textVersion: string | undefined;
  subject: Wording | undefined;
  subjectVersion: string | undefined;
}
