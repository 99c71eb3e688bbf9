import type { DocumentParts } from "./sections/parts.ts";
import type { StructuredSection } from "./structured-section.ts";
import type { Generation } from "./generation.ts";
import type { Recipient } from "./recipient.ts";

export interface AddressInput {
  line: readonly string[];
  city?: string;
  district?: string;
  postalCode?: string;
}

export interface PatientInput {
  /** Ten digits, check digit verified. */
  nhsNumber: string;
  name: { family: string; given: readonly string[]; prefix?: string };
  /** `yyyy-mm-dd`. */
  birthDate: string;
  gender?: "male" | "female" | "other" | "unknown";
  address?: AddressInput;
  phone?: string;
}

export interface PractitionerInput {
  /** Twelve digits, as the Spine Directory Service knows the person. */
  sdsUserId: string;
  name: { family: string; given: readonly string[]; prefix?: string };
  phone?: string;
  /** Shown in the report; STU3's Practitioner has no place for it, so it is not in the message. */
  role?: string;
}

export interface OrganisationInput {
  odsCode: string;
  name: string;
  phone: string;
  address?: AddressInput;
}

export interface AttachmentInput {
  title: string;
  contentType: string;
  bytes: Uint8Array;
}

/** What every document needs. */
export interface DocumentInput extends Recipient {
  generation: Generation;
  /** Gives UUIDs, version 4; random ones unless a test needs its own. */
  ids?: () => string;
  /** When the message is made: Composition.date and MessageHeader.timestamp. */
  now: Date;
  /** MessageHeader.id, where it was promised before; a fresh one otherwise. */
  headerId?: string;
  /** The sender's MESH mailbox. */
  senderMailbox: string;
  /** Identifies the encounter at the sender; up to 255 characters, and not `None`. */
  senderReference: string;
  patient: PatientInput;
  practitioner: PractitionerInput;
  organisation: OrganisationInput;
  /** The practice that keeps the record, where it is known. */
  registeredPractice?: { odsCode: string; name: string; phone?: string };
  /** When the patient was seen: an instant, or `yyyy-mm-dd`. */
  date: Date | string;
  /** From 1; each replacement adds 1. */
  version: number;
  /**
   * Generation 1: sent with the practice left out of subject and text; of a consultation summary with its report alone,
   * since `attachments` and `sections` would tell what it must not. Generation 2: must not be sent.
   */
  confidential: boolean;
  /** `documentIdentifier` of the document that this one replaces: of every version above 1, and of no first. */
  replaces?: string;
  /** Composition.identifier to keep, for another version or an escalation of the same consultation. */
  compositionIdentifier?: string;
  /** The primary attachment. */
  report: { contentType: "application/pdf"; bytes: Uint8Array; title?: string };
  attachments: readonly AttachmentInput[];
  /** Structured entries: `observationSection` and the builders beside it make one of each kind. */
  sections?: (parts: DocumentParts) => readonly StructuredSection[];
}

export type ConsultationSummaryInput = DocumentInput;
export type OnlineConsultationInput = DocumentInput;

export interface GenericDocumentInput extends DocumentInput {
  document: {
    /** `Immunisation`, without the word report; not `Consultation` or `Online consultation`, which are other documents. */
    name: string;
    /** A SNOMED CT concept; in generation 2 371531000 or 149701000000109 (SCAL GPCM-SD-115). */
    type: { code: string; display: string };
    /** A SNOMED CT concept; without one the document holds no Encounter. */
    encounterType?: { code: string; display: string };
  };
}
