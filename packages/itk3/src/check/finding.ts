import type { IssueType } from "../respond/response-codes.ts";
import type { UseCase, UseCaseSign } from "./rule.ts";
import type { Severity } from "./severity.ts";

export interface Finding {
  /**
   * A requirement (`GPCM-SD-CS-048`, `SCAL-GPCM-SD-044`, `FHIR-PDS-10`), a profile's rule
   * (`ITK-MessageHeader-2:event.version`), a rule of the standards without a number (`Send-Document:sender`), one of FHIR
   * (`FHIR:reference`) or SNOMED CT (`SNOMED-CT:check-digit`), or what reading noticed (`STU3:wrong-order`).
   * docs/checking.md lists the kinds.
   */
  id: string;
  severity: Severity;
  /** A FHIRPath-like place: `Bundle.entry[2].resource.entry[0].resource.title`; `envelope.to`. */
  location: string;
  line?: number;
  column?: number;
  /** What is asked, in one sentence. */
  requirement: string;
  /** What was found instead: a sentence for people, free of patient detail. */
  text: string;
  /** The ITK3 code that would answer this finding alone: none for what only has to be looked at. Whether a message is refused is `acceptable`'s to say. */
  responseCode?: string;
  issueCode?: IssueType;
}

/**
 * Why a message is refused: it is not to be given to a person or answered (docs/decisions/010-acceptable.md), the
 * strictness that the receiver chose refuses it (docs/decisions/192-strictness.md), or the receiver does not take messages of
 * its kind (docs/decisions/270-kinds-not-taken.md).
 */
export type RefusedFor = "not-acceptable" | "strictness" | "not-taken";

/** What was wrong with a message that could not be accepted, whatever the code by which its sender is told. */
export type RefusalRule =
  | ("unreadable" | "too-large" | "not-a-message" | "no-message-id" | "other-event" | "confidential" | "no-patient")
  | ("no-document" | "several-documents" | "no-document-id" | "no-composition" | "several-compositions")
  | ("no-report" | "report-unknown" | "report-unreadable");

/** What a message that is not acceptable is answered with. */
export interface Negative {
  because: RefusedFor;
  /** Of what is not acceptable whatever was chosen: why, where one code has several reasons. */
  rule?: RefusalRule;
  code: string;
  issueCode: IssueType;
  /** For OperationOutcome.issue.diagnostics: free of patient detail. */
  diagnostics: string;
}

/** Which requirements a message was held against. */
export interface HeldAgainst {
  generation: 1 | 2;
  useCase: UseCase;
  /** Those of the two that nobody named: told from the message, which may mislead. */
  toldFromMessage: readonly ("generation" | "useCase")[];
  /** What the use case was told from; empty where somebody named it, or where nothing in the message tells it. */
  restsOn: readonly UseCaseSign[];
}

export interface CheckResult {
  findings: Finding[];
  /** No requirement that MUST be met is broken. */
  conforms: boolean;
  /**
   * It can be handed to a person: readable, header usable, patient and document there (docs/decisions/010-acceptable.md). With
   * the strictness `refuse`, it conforms as well; with `doesNotTake`, it is of none of those kinds. Of a response, whatever was
   * chosen: that it says what it answers.
   */
  acceptable: boolean;
  /** Only where the message is not acceptable and may be answered: never for a response. */
  negative?: Negative;
  /** Undefined for a message that could not be read. */
  heldAgainst?: HeldAgainst;
}
