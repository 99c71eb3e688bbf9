import type { Itk3Message } from "../message/model.ts";
import type { References } from "../message/references.ts";
import type { IssueType } from "../respond/response-codes.ts";
import type { Bundle, Reference, Resource } from "../stu3/types.ts";
import type { Resources } from "./resources.ts";
import type { Elements } from "./walk.ts";
import type { ContainedIn } from "./contained.ts";
import type { DocumentWords } from "./document-words.ts";
import type { Severity } from "./severity.ts";
import { ofConsultationSummaries } from "./conformance-list.ts";

export type UseCase = DocumentUseCase | "response";

export type DocumentUseCase = (typeof documentUseCases)[number];

/** The use cases of a document: every kind of message that a receiver is sent, but for responses. */
export const documentUseCases = ["consultation-summary", "online-consultation", "generic"] as const;

/** What says of which use case a document is, in the order in which it is believed; `event` says that it is a response. */
export type UseCaseSign = "event" | "title" | "text" | "localExtension" | "type";

export interface ToldUseCase {
  useCase: UseCase;
  /** The signs that say so. Empty: none says anything, and it is held to be generic. */
  restsOn: readonly UseCaseSign[];
  /** As many signs say something else: what is believed is what stands first. */
  disputed: boolean;
}

/**
 * What came beside the message: the words of the control file, or of the API's headers. Undefined is not known, and not
 * held against anything; empty is known not to be there.
 */
export interface EnvelopeToCheck {
  /** Mex-From or From_DTS. */
  from?: string | undefined;
  /** Mex-To or To_DTS. */
  to?: string | undefined;
  workflowId?: string | undefined;
  subject?: string | undefined;
  localId?: string | undefined;
}

/** Everything a rule may look at. */
export interface CheckContext {
  message: Itk3Message;
  generation: 1 | 2;
  useCase: UseCase;
  envelope: EnvelopeToCheck | undefined;
  /** Resources of the message bundle itself. */
  outer: Resources;
  /** Resources of the document. */
  inner: Resources;
  /** Every element of the message, found by its type. */
  elements: Elements;
  /** References of the message bundle itself. */
  outerReferences: References;
  /** References within the document. */
  references: References;
  /** References within any bundle of the message. */
  referencesIn: (bundle: Bundle) => References;
  containedIn: ContainedIn;
  /** References of the whole message to a resource of a type that STU3 does not let them lead to. */
  mistargeted: ReadonlySet<Reference>;
  /** What the sections of the Composition lead to, in reading order. */
  led: ReadonlySet<Resource>;
  /** What each List of the document leads to: several rules look at all of it. */
  lists: ReadonlyMap<object, readonly Resource[]>;
  /** What the Lists of the document lead to. */
  listed: ReadonlySet<Resource>;
  words: DocumentWords;
  /** Undefined where somebody named the use case. */
  told: ToldUseCase | undefined;
}

/** Where a rule is broken: an element of the message, and which of its elements if one can be named. */
export interface Breach {
  element: object;
  path?: string;
}

/**
 * The numbers a requirement goes by. `core`, `cs`, `oc`, `ge`: GP Connect Messaging 1.6.0. `scal`: the conformance list
 * of Send Document 2. `itk`: ITK3 2.10.0. `own`: what a profile or FHIR demands without a number of its own.
 */
export interface RequirementNumbers {
  core?: string;
  cs?: string;
  oc?: string;
  ge?: string;
  scal?: string;
  itk?: string;
  own?: string;
}

/** What a message is held against depends on these. */
export type Kind = Pick<CheckContext, "generation" | "useCase">;

export interface Rule {
  /** A message is held against the number of its use case and generation; without one the rule does not apply to it. */
  numbers: RequirementNumbers;
  /** Of which messages alone it is asked, where that is not of all that have a number for it. */
  asked?: (of: Kind) => boolean;
  /** Further requirements that the same look at a message shows. Full ids. */
  alsoShows?: readonly string[];
  /** Says to what the reference at a breach must lead: where it leads to a wrong type, that is told once (one-cause.ts). */
  leads?: true;
  /** Says that nothing leads to what is at a breach: where a reference leads astray, it is that one's (one-cause.ts). */
  unled?: true;
  /** Says what is wrong with the value at a breach: what reading noticed of that value is not told besides. */
  tellsOfValue?: true;
  /** `error` for MUST, `warning` for SHOULD, `look` where it guesses: a person must look. */
  severity: Severity;
  /** ITK3 code that would answer this breach alone; of 20006 and 20009 the place of the breach decides. */
  responseCode: string;
  issueCode: IssueType;
  /** What is asked, in one sentence of our own with `must` or `should`. */
  requirement: string;
  /** What is wrong, for people. Never a value of the message: this text goes into responses and logs. */
  text: string;
  breaches: (context: CheckContext) => readonly Breach[];
}

/** The id under which a breach is reported; undefined where the rule does not apply. */
export function requirementId(
  rule: Pick<Rule, "numbers" | "asked">,
  generation: 1 | 2,
  useCase: UseCase,
): string | undefined {
  if (rule.asked?.({ generation, useCase }) === false) return undefined;
  const { core, cs, oc, ge, scal, itk, own } = rule.numbers;
  if (generation === 2 && scal !== undefined) {
    if (useCase === "consultation-summary" || !ofConsultationSummaries.has(scal)) return `SCAL-${scal}`;
  }
  if (generation === 1) {
    if (useCase === "consultation-summary" && cs !== undefined) return `GPCM-SD-CS-${cs}`;
    if (useCase === "online-consultation" && oc !== undefined) return `GPCM-SD-OC-${oc}`;
    if (useCase === "generic" && ge !== undefined) return `GPCM-SD-GE-${ge}`;
    if (useCase === "response" && cs !== undefined) return `GPCM-SD-CS-${cs}`;
    if (core !== undefined) return core.startsWith("C-") ? `GPCM-${core}` : `GPCM-SD-${core}`;
  }
  return itk ?? own;
}
