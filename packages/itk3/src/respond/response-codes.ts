import type { OperationOutcomeIssue } from "../stu3/types.ts";

export type IssueSeverity = NonNullable<OperationOutcomeIssue["severity"]>;
export type IssueType = NonNullable<OperationOutcomeIssue["code"]>;

/** One code of ITK-ResponseCodes-1 (ITK3 2.10.0) and what goes with it in a response. */
export interface ResponseCode {
  code: string;
  level: "infrastructure" | "business";
  positive: boolean;
  /** MessageHeader.response.code: never `transient-error`. */
  responseCode: "ok" | "fatal-error";
  severity: IssueSeverity;
  /** The OperationOutcome.issue.code values that may go with it; the first is written unless another is asked for. */
  issueCodes: readonly [IssueType, ...IssueType[]];
  display: string;
}

type Kind = "negative" | "closing" | "success";
type Row = readonly [code: string, kind: Kind, issueCodes: string, display: string, severity?: IssueSeverity];

const headerFaults = "invalid structure required value processing code-invalid extension";
const payloadFaults =
  "invalid structure required value invariant processing not-supported code-invalid extension business-rule";

// `negative` is fatal; `closing` is a negative decision about a referral or registration, a warning unless said otherwise.
const rows: readonly Row[] = [
  ["10001", "negative", "processing", "Handling Specification Error"],
  ["10002", "negative", "processing", "Infrastructure Level Response Value - Processing Error"],
  ["10003", "negative", "processing", "Business Level Response Value - Processing Error"],
  ["10004", "negative", "processing", "Message Definition Value - Processing Error"],
  ["10005", "negative", "processing", "Message Definition Version Value - Processing Error"],
  ["10007", "negative", "processing", "Sender Reference Value - Processing Error"],
  ["10008", "negative", "processing", "Handling Specification Business Rule Error"],
  ["10009", "negative", "processing", "Unreadable message received"],
  ["10010", "negative", "processing", "Recipient Type - Processing Error"],
  ["20001", "negative", "not-found", "Unrecognised Recipient Person"],
  ["20002", "negative", "not-found", "Unrecognised Recipient Organisation"],
  ["20003", "negative", "not-found", "Unrecognised Sender"],
  ["20004", "negative", "security", "Non-Approved file type received as an attachment"],
  ["20005", "negative", "security", "Unsupported file type received as an attachment"],
  ["20006", "negative", headerFaults, "ITK header validation failure"],
  ["20007", "negative", "duplicate", "Duplicate Message received"],
  ["20008", "negative", "duplicate", "Duplicate Document received"],
  ["20009", "negative", payloadFaults, "Payload validation failure"],
  ["20010", "negative", "not-found", "Unrecognised Payload Recipient Organisation"],
  ["20011", "negative", "not-found", "Unrecognised Payload Recipient Person"],
  ["20012", "negative", "security", "Unauthorised Sender"],
  ["20013", "success", "informational", "Success"],
  ["20014", "negative", "processing", "Unable to Process Replacement Document"],
  ["20015", "negative", "processing", "Message too large"],
  ["30001", "success", "informational", "Patient known here. (e.g. Patient is registered here)"],
  ["30002", "negative", "not-found", "Patient not known here. (aka 'patient record not present in system')"],
  ["30003", "negative", "business-rule", "Patient no longer at this clinical setting"],
  [
    "30004",
    "success",
    "informational",
    "Patient known here and recently deceased (i.e. patient record current in GP practice system at time of patient’s death and deduction subsequently occurred for this reason)",
  ],
  ["30005", "success", "informational", "Referral open"],
  ["30006", "success", "informational", "Referral completed"],
  ["30007", "closing", "informational", "Referral escalated back to GP"],
  ["30008", "success", "informational", "Signposting to GP (non-urgent)"],
  ["30009", "success", "informational", "Clinical escalation to UTC/111/GPOOH"],
  ["30010", "success", "informational", "Clinical escalation to A&E or 999"],
  ["30011", "success", "informational", "Advised to go elsewhere/self-referral"],
  ["30012", "closing", "informational", "Unable to contact the patient"],
  ["30013", "success", "informational", "Closure (service not needed)"],
  ["30014", "closing", "informational", "Closure (service not accepted)", "information"],
  ["30015", "closing", "duplicate", "Closure (duplicate referral)", "information"],
  ["30016", "success", "informational", "Referral accepted"],
  ["30017", "closing", "informational", "Referral rejected"],
  ["30018", "closing", "informational", "Did Not Attend"],
  ["30019", "success", "informational", "GP Registration - Application accepted"],
  ["30020", "closing", "informational", "GP Registration - Application pending (contact practice)"],
  ["30021", "closing", "informational", "GP Registration - Application rejected (patient already registered)"],
  ["30022", "closing", "informational", "GP Registration - Application rejected (at capacity)"],
  ["30023", "closing", "informational", "GP Registration - Application rejected (out of boundary)"],
  [
    "30024",
    "closing",
    "informational",
    "GP Registration - Application rejected (Previously removed from this practice)",
  ],
  [
    "30025",
    "closing",
    "informational",
    "GP Registration - Application rejected (Previously removed from another practice)",
  ],
];

const severities: Readonly<Record<Kind, IssueSeverity>> = {
  negative: "fatal",
  closing: "warning",
  success: "information",
};

export const responseCodes: ReadonlyMap<string, ResponseCode> = new Map(
  rows.map(([code, kind, issueCodes, display, severity]) => [
    code,
    {
      code,
      level: code.startsWith("3") ? "business" : "infrastructure",
      positive: kind === "success",
      responseCode: kind === "success" ? "ok" : "fatal-error",
      severity: severity ?? severities[kind],
      issueCodes: issueCodes.split(" ") as [IssueType, ...IssueType[]],
      display,
    },
  ]),
);
