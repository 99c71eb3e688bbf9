/**
 * Why a message cannot be read, or what is wrong in one that can.
 *
 * Refused whole (there is no message): `too-large`, `empty`, `encoding`, `not-well-formed`, `doctype`, `too-deep`,
 * `too-many-elements`, `wrong-root`, `active-content`, `not-a-message`.
 */
export type IssueCode =
  | "too-large"
  | "empty"
  | "encoding"
  | "not-well-formed"
  | "doctype"
  | "processing-instruction"
  | "too-deep"
  | "too-many-elements"
  | "wrong-root"
  | "active-content"
  | "not-a-message"
  | "namespace"
  | "unknown-resource"
  | "unknown-element"
  | "unknown-attribute"
  | "unexpected-text"
  | "wrong-order"
  | "missing-element"
  | "too-many"
  | "empty-element"
  | "outer-space"
  | "bad-value"
  | "bad-code"
  | "narrative"
  | "narrative-content"
  | "narrative-picture"
  | "too-many-issues";

export interface Issue {
  severity: "error" | "warning";
  code: IssueCode;
  /** A FHIRPath-like place: `Bundle.entry[2].resource.name[0].family`. */
  location: string;
  /** From 1. */
  line?: number;
  /** From 1, in characters. */
  column?: number;
  /** A sentence for people. It never repeats a value of the message. */
  text: string;
}

/** A reason to read no further. Caught where reading began; never leaves this package. */
export class Refusal extends Error {
  readonly issue: Issue;

  constructor(issue: Issue) {
    super(issue.text);
    this.issue = issue;
  }
}
