import type { AttachmentContentType, Consultation, ConsultationPatient, Note, NoteSection } from "./consultation.ts";

/** A consultation file that keeps to consultation.schema.json. Ids are plain texts and times ISO 8601 here. */
export interface ConsultationJson {
  kind: Consultation["kind"];
  id: string;
  version: number;
  patient: Omit<ConsultationPatient, "nhsNumber" | "phones" | "registeredPractice"> & {
    nhsNumber: string;
    phones?: ConsultationPatient["phones"];
    registeredPractice?: { odsCode: string; name?: string };
  };
  practitioner: Consultation["practitioner"];
  organisation: { odsCode: string; branch?: string };
  provider?: { odsCode: string; name?: string };
  start: string;
  end?: string;
  confidential?: boolean;
  sections: (Omit<NoteSection, "notes"> & { notes: NoteJson[] })[];
  followUpActions?: NoteJson[];
  attachments?: { file: string; title: string; contentType?: AttachmentContentType }[];
}

export type NoteJson = string | Note;
