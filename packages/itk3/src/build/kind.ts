// What differs between the three documents and the two generations: one table, so that the builder has no branches.
import type { Coding } from "../stu3/types.ts";
import { systems } from "../names.ts";
import type { Generation } from "./input.ts";

/** What goes into a subject line or a summary. `practice` is left out of a confidential consultation. */
export interface Wording {
  patientName: string;
  nhsNumber: string;
  version: number;
  practice: { name: string; odsCode: string } | undefined;
}

export interface DocumentKind {
  title: string;
  type: Coding;
  localExtension: (generation: Generation) => string;
  workflowId: (generation: Generation) => string;
  subject: (generation: Generation, wording: Wording) => string;
  /** Composition.text, one sentence. */
  summary: (wording: Wording) => string;
  encounterType: Coding | undefined;
}

const snomed = (code: string, display: string): Coding => ({ system: systems.snomed, code, display });

const seenAt = ({ practice }: Wording): string =>
  practice === undefined ? "" : `, seen at ${practice.name}, ODS Code ${practice.odsCode}`;

const odsCode = ({ practice }: Wording): string => (practice === undefined ? "" : `, ODS Code ${practice.odsCode}`);

// Send Document 2, SCAL GPCM-SD-061.
const secondSubject = (title: string, wording: Wording): string => {
  const { patientName, nhsNumber, practice, version } = wording;
  const place = practice === undefined ? "" : `, seen at ${practice.name}, ${practice.odsCode}`;
  return `${title} for ${patientName}, NHS Number: ${nhsNumber}${place}, Version: ${version}`;
};

/** GPCM-SD-CS-019, 022, 023, 048, 061, 065. */
export const consultation: DocumentKind = {
  title: "Consultation report",
  type: snomed("371531000", "Report of clinical encounter"),
  localExtension: (generation) => (generation === 1 ? "SendDocument-ConsultationReport" : "None"),
  workflowId: (generation) => (generation === 1 ? "GPFED_CONSULT_REPORT" : "GPCONNECT_SEND_DOCUMENT"),
  subject: (generation, wording) =>
    generation === 1 ? consultationText(wording) : secondSubject("Consultation report", wording),
  summary: consultationText,
  encounterType: undefined,
};

function consultationText(wording: Wording): string {
  const { patientName, nhsNumber, version } = wording;
  return `Consultation report for ${patientName}, NHS Number ${nhsNumber}${seenAt(wording)}, Version ${version}`;
}

/** GPCM-SD-OC-003, 006, 007, 034, 147, 160, 164. */
export const online: DocumentKind = {
  title: "Online consultation report",
  type: snomed(
    "149951000000107",
    "Patient information received using general practice online consultation system (finding)",
  ),
  localExtension: (generation) => (generation === 1 ? "SendDocument-OnlineConsultationReport" : "None"),
  workflowId: (generation) => (generation === 1 ? "GPFED_CONSULT_REPORT" : "DF_ONLINE_CONSULTATION"),
  subject: (generation, wording) =>
    generation === 1
      ? `Online consultation report for ${wording.patientName}, NHS Number ${wording.nhsNumber}${odsCode(wording)}`
      : secondSubject("Online consultation report", wording),
  summary: ({ patientName, nhsNumber, version }) =>
    `Online consultation report for ${patientName}, NHS Number ${nhsNumber}, Version ${version}`,
  encounterType: snomed("149971000000103", "Encounter using general practice online consultation system (procedure)"),
};

/** GPCM-SD-GE-003, 006, 007, 274, 287, 291. */
export function generic(name: string, type: { code: string; display: string }): DocumentKind {
  const title = `${name} report`;
  return {
    title,
    type: snomed(type.code, type.display),
    localExtension: (generation) => (generation === 1 ? "SendDocument-Generic" : "None"),
    workflowId: (generation) => (generation === 1 ? "GPFED_CONSULT_REPORT" : "GPCONNECT_SEND_DOCUMENT"),
    subject: (generation, wording) =>
      generation === 1
        ? `${title} for ${wording.patientName}, NHS Number ${wording.nhsNumber}${odsCode(wording)}`
        : secondSubject(title, wording),
    summary: ({ patientName, nhsNumber, version }) =>
      `${title} for ${patientName}, NHS Number ${nhsNumber}, Version ${version}`,
    encounterType: undefined,
  };
}
