// Which messages are refused, and with what: docs/decisions/010-acceptable.md gives the reasons.
// Rows are tried in order; the first that fits decides.
import type { Issue, IssueCode } from "../issue.ts";
import { isConfidential } from "../message/confidential.ts";
import { resourcesOf } from "../message/message-of.ts";
import type { Itk3Message } from "../message/model.ts";
import { referencesOf } from "../message/references.ts";
import { sectionEntries } from "../message/sections.ts";
import { events } from "../names.ts";
import { isOpaque } from "../stu3/opaque.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import type { IssueType } from "../respond/response-codes.ts";
import type { RefusalRule } from "./finding.ts";

export interface Reason {
  /** Absent: what the receiver chose, and no row of what is acceptable. */
  rule?: RefusalRule;
  code: string;
  issueCode: IssueType;
  text: string;
}

const unreadable: Partial<Readonly<Record<IssueCode, Reason>>> = {
  "too-large": { rule: "too-large", code: "20015", issueCode: "processing", text: "The message is too large." },
  "too-many-elements": {
    rule: "too-large",
    code: "20015",
    issueCode: "processing",
    text: "The message has too many elements.",
  },
  "not-a-message": {
    rule: "not-a-message",
    code: "20006",
    issueCode: "structure",
    text: "There is no MessageHeader in a message Bundle.",
  },
};

/** Why a message that could not be read is refused. */
export function reasonUnreadable(issues: readonly Issue[]): Reason {
  const last = issues.at(-1);
  const known = last === undefined ? undefined : unreadable[last.code];
  const text = last?.text ?? "The message could not be read.";
  return known ?? { rule: "unreadable", code: "10009", issueCode: "processing", text };
}

interface Row extends Reason {
  rule: RefusalRule;
  fits: (message: Itk3Message, generation: 1 | 2) => boolean;
}

export const refusals: readonly Row[] = [
  {
    rule: "no-message-id",
    code: "20006",
    issueCode: "required",
    text: "MessageHeader.id is missing or is no id: the message could be neither answered nor known again.",
    fits: ({ headerId }) => headerId === undefined || primitiveFault("id", headerId) !== undefined,
  },
  {
    rule: "other-event",
    code: "20006",
    issueCode: "code-invalid",
    text: "MessageHeader.event is not ITK007C: only Send Document is handled.",
    fits: ({ event }) => event !== events.sendDocument.code,
  },
  {
    rule: "no-document",
    code: "20009",
    issueCode: "required",
    text: "There is no document: MessageHeader.focus leads to no document Bundle.",
    fits: ({ document }) => document === undefined,
  },
  {
    rule: "several-documents",
    code: "20009",
    issueCode: "structure",
    text: "The message holds more than its one document: what else is sent in it could be given to nobody.",
    fits: holdsMore,
  },
  {
    rule: "no-document-id",
    code: "20009",
    issueCode: "required",
    text: "The document Bundle has no id, or one that is none: it could not be known again.",
    fits: ({ document }) => document?.id === undefined || primitiveFault("id", document.id) !== undefined,
  },
  {
    rule: "no-composition",
    code: "20009",
    issueCode: "required",
    text: "The document has no Composition.",
    fits: ({ composition }) => composition === undefined,
  },
  {
    rule: "several-compositions",
    code: "20009",
    issueCode: "structure",
    text: "The document has more than one Composition: what the others lead to could be given to nobody.",
    fits: ({ document }) =>
      resourcesOf(document).filter(({ resourceType }) => resourceType === "Composition").length > 1,
  },
  {
    rule: "confidential",
    code: "20009",
    issueCode: "business-rule",
    text: "A confidential consultation is not accepted by Send Document 2 (2.0.2).",
    fits: ({ composition }, generation) => generation === 2 && isConfidential(composition),
  },
  {
    rule: "no-patient",
    code: "20009",
    issueCode: "required",
    text: "The document has no Patient.",
    fits: ({ patient }) => patient === undefined,
  },
  {
    rule: "no-report",
    code: "20009",
    issueCode: "required",
    text: "No section of the Composition leads to a document.",
    fits: ({ attachments }) => attachments.length === 0,
  },
  {
    rule: "report-unknown",
    code: "20009",
    issueCode: "not-supported",
    text: "The report, the first that a section leads to, is of a kind that STU3 does not know: no report can be opened.",
    fits: hasOpaqueReport,
  },
  {
    rule: "report-unreadable",
    code: "20009",
    issueCode: "value",
    text: "The report, the first document that a section leads to, is empty or no base64: it cannot be opened.",
    fits: ({ attachments }) => attachments[0]?.intact === false,
  },
];

/** Of several documents one alone is read, as of several things that the header is about: the rest would be accepted and never seen. */
function holdsMore({ bundle, header, document }: Itk3Message): boolean {
  if (resourcesOf(bundle).filter(({ resourceType }) => resourceType === "Bundle").length > 1) return true;
  // A single one that leads astray hides nothing: the only document that there is, is read.
  const { focus = [] } = header;
  if (focus.length < 2) return false;
  const references = referencesOf(bundle);
  return focus.some((one) => {
    const meant = references.candidates(one);
    return meant.length > 0 && !meant.some((resource) => resource === document);
  });
}

/** What comes behind it, a scan say, would be shown in its place. Where a PDF comes behind it, that is the report. */
function hasOpaqueReport({ composition, document, attachments }: Itk3Message): boolean {
  if (attachments.some(({ contentType }) => /^application\/pdf\b/i.test(contentType))) return false;
  const [first] = sectionEntries(composition, referencesOf(document));
  return first !== undefined && isOpaque(first);
}
