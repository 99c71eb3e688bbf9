import { type IssueType, responseCodes } from "../respond/response-codes.ts";

const header = "20006";
const payload = "20009";

/** What answers a finding. */
export interface Answering {
  responseCode: string;
  issueCode: IssueType;
}

/**
 * Of the message itself 20006 answers, of the document 20009: where a fault may stand in either, its place says which. Other
 * codes are of one fault alone. `document` is the place of the document Bundle.
 */
export function answeredAt(location: string, document: string | undefined, told: Answering): Answering {
  if (told.responseCode !== header && told.responseCode !== payload) return told;
  const responseCode = isWithin(location, document) ? payload : header;
  const { issueCode } = told;
  // 20006 goes with fewer issue codes.
  const goes = responseCodes.get(responseCode)?.issueCodes.includes(issueCode) === true;
  return { responseCode, issueCode: goes ? issueCode : "invalid" };
}

/** In the document, or in another Bundle that is an entry, which could be one; where there is none, in what should lead to it. */
function isWithin(location: string, document: string | undefined): boolean {
  if (/^Bundle\.entry\[\d+\]\.resource\.entry\b/.test(location)) return true;
  if (document === undefined) return /^Bundle\.entry\[\d+\]\.resource\.focus\b/.test(location);
  return location === document || location.startsWith(`${document}.`);
}
