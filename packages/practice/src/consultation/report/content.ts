import { formatNhsNumber } from "@restante/mesh";
import type { PracticeOrganisation } from "../../options.ts";
import { attachmentsToSend, type Consultation, type Note, type NoteSection } from "../consultation.ts";
import { isolated } from "./direction.ts";
import { addressWords, clinicianWords, dateTimeWords, dateWords, nameWords, phoneWords } from "./words.ts";

/** Everything that a report says, and nothing that it leaves out: what is confidential is gone before a page is drawn. */
export interface ReportContent {
  title: "CONSULTATION REPORT" | "ONLINE CONSULTATION REPORT";
  version: number;
  relatedDocuments: number;
  patientName: string;
  dateOfBirth: string;
  nhsNumber: string;
  /** On the left below the name; on the right the telephone numbers. */
  addresses: Field[];
  phones: Field[];
  /** Absent for a confidential consultation. */
  organisation?: OrganisationContent;
  /** Side by side, in pairs. */
  encounter: Field[];
  notesHeading: string;
  sections: ReportSection[];
}

export interface OrganisationContent {
  heading: string;
  left: Field[];
  right: Field[];
  /** Below both, over the whole width. */
  below: Field[];
}

export interface Field {
  label: string;
  value: string;
}

export interface ReportSection {
  title: string;
  paragraphs: Paragraph[];
}

export interface Paragraph {
  text: string;
  /** `remark`: said by the report rather than by the clinician or patient. `code`: a code of the note above it. */
  kind: "note" | "code" | "remark";
}

/** Who made the report, and who keeps the patient's record. */
export interface ReportParties {
  organisation: Pick<PracticeOrganisation, "name" | "phone" | "email" | "address">;
  /** Name of the patient's registered practice. Absent: as the consultation has it. */
  receivingPractice?: string;
}

/** CS-016, word for word. */
const summaryReason =
  "A patient recently consulted with a clinician at an organisation different to the GP practice that they are " +
  "registered with. The notes contained in this document are a summary of the consultation";

/** pdf-fields, [notes]. */
const allConfidential = "The details of this consultation have been set as confidential";
const itemConfidential = "Confidential item";

/** Says what the report's template asks for (gp-connect/pdf-layout, pdf-fields; CS-001 to CS-016). */
export function reportContent(consultation: Consultation, parties: ReportParties): ReportContent {
  const { patient, confidential } = consultation;
  const online = consultation.kind === "online-consultation";
  return {
    title: online ? "ONLINE CONSULTATION REPORT" : "CONSULTATION REPORT",
    version: consultation.version,
    relatedDocuments: attachmentsToSend(consultation).length,
    patientName: nameWords(patient.name),
    dateOfBirth: dateWords(patient.dateOfBirth),
    nhsNumber: formatNhsNumber(patient.nhsNumber),
    addresses: fields([
      ["Home/Registered Address", patient.address && addressWords(patient.address)],
      ["Current Address", patient.temporary?.address && addressWords(patient.temporary.address)],
    ]),
    phones: fields([
      ["Tel No", patient.phones.home && phoneWords(patient.phones.home)],
      ["Mobile No", patient.phones.mobile && phoneWords(patient.phones.mobile)],
      ["Current Tel No", patient.temporary?.phone && phoneWords(patient.temporary.phone)],
    ]),
    ...(!confidential && { organisation: organisationOf(consultation, parties.organisation) }),
    encounter: encounterFields(consultation, parties),
    notesHeading: online ? "ONLINE CONSULTATION" : "CLINICAL NOTES",
    sections: confidential ? [redacted] : sectionsOf(consultation),
  };
}

const redacted: ReportSection = {
  title: "Clinical Notes",
  paragraphs: [{ text: allConfidential, kind: "remark" }],
};

function organisationOf(
  { kind, practitioner, organisation }: Consultation,
  { name, phone, email, address }: ReportParties["organisation"],
): OrganisationContent {
  return {
    heading: kind === "online-consultation" ? "Originating Organisation" : "Consulting Organisation",
    left: fields([["Clinician", `${isolated(clinicianWords(practitioner.name))}, ${isolated(practitioner.role)}`]]),
    below: fields([
      ["Branch Location", organisation.branch],
      ["Organisation", [isolated(name), address && addressWords(address)].filter(Boolean).join(", ")],
    ]),
    right: fields([
      ["Tel No", phoneWords(phone)],
      ["Email", email],
    ]),
  };
}

function encounterFields(consultation: Consultation, { receivingPractice }: ReportParties): Field[] {
  const when = dateTimeWords(consultation.start);
  const practice = receivingPractice ?? consultation.patient.registeredPractice?.name;
  if (consultation.kind === "consultation-summary") {
    return fields([
      ["Consultation Date", when],
      ["Receiving GP Practice", practice],
    ]);
  }
  const provider = consultation.provider && (consultation.provider.name ?? consultation.provider.odsCode);
  return fields([
    ["Submitted", when],
    ["Sent to", provider],
    [provider === undefined ? "Receiving GP Practice" : "Registered GP Practice", practice],
  ]);
}

function sectionsOf(consultation: Consultation): ReportSection[] {
  const { kind, sections, followUpActions } = consultation;
  return [
    // The reason speaks of a clinician at another organisation: it is the consultation summary's alone.
    ...(kind === "consultation-summary"
      ? [{ title: "Summary Reason", paragraphs: [{ text: `${summaryReason}.`, kind: "note" as const }] }]
      : []),
    ...sections.map(sectionOf),
    ...(followUpActions.length > 0
      ? [{ title: "Follow-up Actions", paragraphs: followUpActions.flatMap(paragraphsOf) }]
      : []),
  ];
}

function sectionOf({ title, notes, enteredBy }: NoteSection): ReportSection {
  const who: Paragraph[] = enteredBy === "patient" ? [{ text: "Entered by the patient", kind: "remark" }] : [];
  return { title, paragraphs: [...who, ...notes.flatMap(paragraphsOf)] };
}

/** One text for each confidential item (CS-009, CS-010); its codes would tell as much as its words. */
function paragraphsOf({ text, codes = [], confidential = false }: Note): Paragraph[] {
  if (confidential) return [{ text: itemConfidential, kind: "remark" }];
  return [
    { text, kind: "note" },
    ...codes.map(({ display, system, code }) => ({
      text: `${isolated(display)} (${system} ${code})`,
      kind: "code" as const,
    })),
  ];
}

/** A field without a value is not shown, its label neither. */
function fields(entries: readonly (readonly [label: string, value: string | undefined])[]): Field[] {
  return entries.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [{ label, value }]));
}
