// What reading noticed, as findings.
import type { Issue, IssueCode } from "../issue.ts";
import type { IssueType } from "../respond/response-codes.ts";
import { reasonUnreadable } from "./acceptable.ts";
import { type Answering, answeredAt } from "./code-by-place.ts";
import type { Finding } from "./finding.ts";

/** What FHIR STU3, XML and JSON ask, by the issue that says it is not so. */
const requirements: Readonly<Record<IssueCode, string>> = {
  "too-large": "A message must be no larger than the receiver takes: 5 MB, as ITK3 recommends, unless told otherwise.",
  empty: "A message must have content.",
  encoding: "A message must be UTF-8.",
  "not-well-formed": "A message must be well-formed XML 1.0, or JSON.",
  doctype: "A message must have no DOCTYPE and no entities of its own.",
  "processing-instruction": "A message should have no processing instructions.",
  "too-deep": "Elements must be nested no deeper than 64.",
  "too-many-elements":
    "A message must have no more elements, or JSON values, than one for every 16 bytes that the receiver takes: 327,680 of 5 MB.",
  "wrong-root": "A message must be a resource of FHIR STU3.",
  "active-content": "A narrative must hold formatting alone: nothing that could act, or fetch something.",
  "not-a-message": "A message must be a Bundle with a MessageHeader.",
  namespace: "Elements must be in the namespace of FHIR, narratives in that of XHTML.",
  "unknown-resource": "Resources should be of a type that STU3 knows.",
  "unknown-element": "Elements must be those that STU3 gives the resource or datatype.",
  "unknown-attribute": "Elements must have no attributes but those of FHIR.",
  "unexpected-text": "Text must stand in values and narratives alone.",
  "wrong-order": "Elements should stand in the order of STU3's schema.",
  "missing-element": "Elements that STU3 requires must be there.",
  "too-many": "Elements that do not repeat must stand once; of a choice, one.",
  "empty-element": "An element must have a value, an extension or elements of its own.",
  "outer-space":
    "Values should have no white space around them, but those of string and markdown, of which it is a part.",
  "bad-value": "Values must be of their type: dates, instants with a zone, numbers, base64, URIs, ids, codes.",
  "bad-code": "A code must be of the list that STU3 binds it to.",
  narrative: "A narrative must be a div of XHTML with the elements and attributes that FHIR allows, and not empty.",
  "narrative-content":
    "Elements of a narrative must stand where XHTML has them, with what they must hold and with attributes, and values of these, of their own.",
  "narrative-picture": "A picture in a narrative should be a PNG, JPEG or GIF, which every reader shows.",
  "too-many-issues": "A message must be FHIR.",
};

/** What answers an issue that leaves the message readable; with others it is refused whole (acceptable.ts). */
const issueTypes: Partial<Readonly<Record<IssueCode, IssueType>>> = {
  "processing-instruction": "structure",
  namespace: "structure",
  "unknown-resource": "structure",
  "unknown-element": "structure",
  "unknown-attribute": "structure",
  "unexpected-text": "structure",
  "wrong-order": "structure",
  "missing-element": "required",
  "too-many": "structure",
  "empty-element": "value",
  "outer-space": "value",
  "bad-value": "value",
  "bad-code": "code-invalid",
  narrative: "structure",
  "narrative-content": "structure",
  "narrative-picture": "structure",
  "too-many-issues": "structure",
};

/** `document` is the place of the document Bundle, where it is known. */
export function readingFinding(issue: Issue, document?: string): Finding {
  const { code, ...rest } = issue;
  return { id: `STU3:${code}`, requirement: requirements[code], ...rest, ...answerOf(issue, document) };
}

function answerOf(issue: Issue, document: string | undefined): Answering {
  const issueCode = issueTypes[issue.code];
  if (issueCode !== undefined) return answeredAt(issue.location, document, { responseCode: "20006", issueCode });
  const reason = reasonUnreadable([issue]);
  return { responseCode: reason.code, issueCode: reason.issueCode };
}
