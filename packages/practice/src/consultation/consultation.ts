import type { NhsNumber, OdsCode } from "@restante/mesh";

/**
 * What one encounter leaves behind to be reported: a consultation with a clinician (use case Consultation Summary), or
 * what a patient wrote into an online consultation system (use case Online Consultation). Sent as a PDF report with its
 * attachments; `readConsultation` reads one from a file.
 */
export type Consultation = ConsultationSummary | OnlineConsultation;

export interface ConsultationSummary extends Encounter {
  kind: "consultation-summary";
}

export interface OnlineConsultation extends Encounter {
  kind: "online-consultation";
  /** The provider that the patient was triaged to or chose, such as a pharmacy. Absent: the registered practice. */
  provider?: { odsCode: OdsCode; name?: string };
}

/** What both kinds have. */
export interface Encounter {
  /** The encounter's identifier in the system that recorded it, unique there: the ITK3 SenderReference (CS-046, OC-145). */
  id: string;
  /** 1 for the original report; every later report of the same encounter is one more (CS-007). */
  version: number;
  patient: ConsultationPatient;
  practitioner: ConsultationPractitioner;
  /** Where it took place. The organisation's name, telephone and address are the practice system's own configuration. */
  organisation: { odsCode: OdsCode; branch?: string };
  /** When the appointment began, or the patient submitted the form. */
  start: Date;
  end?: Date;
  /** The patient has asked that the details stay private: the report then says only that it took place (CS-008). */
  confidential: boolean;
  /** In the order in which the recording system shows them (CS-002). */
  sections: NoteSection[];
  followUpActions: Note[];
  /** In the order in which they are to be sent. Every attachment of the encounter belongs here (CS-003). */
  attachments: ConsultationAttachment[];
}

export interface ConsultationPatient {
  nhsNumber: NhsNumber;
  name: PersonName;
  /** `yyyy-mm-dd`. */
  dateOfBirth: string;
  gender?: "male" | "female" | "other" | "unknown";
  address?: PostalAddress;
  phones: { home?: string; mobile?: string };
  /** Where the patient is staying for now, if not at home. */
  temporary?: { address?: PostalAddress; phone?: string };
  /** As the recording system knows it; the sending practice system may know better. */
  registeredPractice?: { odsCode: OdsCode; name?: string };
}

export interface ConsultationPractitioner {
  sdsUserId: string;
  name: PersonName;
  /** Such as `General practitioner`. */
  role: string;
  phone?: string;
}

export interface PersonName {
  family: string;
  given: string[];
  prefix?: string;
}

export interface PostalAddress {
  lines: string[];
  postcode?: string;
}

/** One titled part of the notes, such as History, Examination or a question of an online form. */
export interface NoteSection {
  title: string;
  notes: Note[];
  /** Set where the patient wrote these notes (GPC-SD-OC-05). */
  enteredBy?: "patient";
}

export interface Note {
  /** Free text; line breaks are kept. */
  text: string;
  /** The clinical (SNOMED CT) or medicine (dm+d) codes recorded with it: part of the notes as the clinician sees them (CS-001). */
  codes?: NoteCode[];
  /** Left out of the report and replaced by `Confidential item` (CS-009, CS-010). */
  confidential?: boolean;
}

export interface NoteCode {
  system: "SNOMED CT" | "dm+d";
  code: string;
  display: string;
}

/** A file sent with the report, whole in memory: readConsultation bounds its size. */
export interface ConsultationAttachment {
  title: string;
  contentType: AttachmentContentType;
  bytes: Uint8Array;
}

export const attachmentContentTypes = ["application/pdf", "image/png", "image/jpeg", "image/tiff"] as const;

export type AttachmentContentType = (typeof attachmentContentTypes)[number];

/**
 * The attachments that go out with a consultation's report: all of them, or none where it is confidential, because they
 * would tell what took place (GPC-SD08: the message "will contain no information on what took place").
 */
export function attachmentsToSend(consultation: Consultation): ConsultationAttachment[] {
  return consultation.confidential ? [] : consultation.attachments;
}
