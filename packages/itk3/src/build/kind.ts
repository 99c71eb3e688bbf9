// What differs between the three documents and the two generations: one table, so that the builder has no branches.
import type { Coding } from "../stu3/types.ts";
import { systems } from "../names.ts";
import type { GenericDocumentInput } from "./input.ts";
import type { Generation } from "./generation.ts";

/** What goes into a subject line or a summary. `practice` is left out of a confidential consultation. */
export interface Wording {
  patientName: string;
  nhsNumber: string;
  version: number;
  practice: { name: string; odsCode: string } | undefined;
}

export interface DocumentKind {
  useCase: "consultation-summary" | "online-consultation" | "generic";
  title: string;
  type: Coding;
  localExtension: (generation: Generation) => string;
  workflowId: (generation: Generation) => string;
  subject: (generation: Generation, wording: Wording) => string;
  apiSubject: (generation: Generation, wording: Wording) => string;
  /** Composition.text, one sentence. */
  summary: (wording: Wording) => string;
  /** A generic document speaks of an encounter only if its type is told (GPCM-SD-GE-034). */
  hasEncounter: boolean;
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

const secondApiSubject = (title: string, wording: Wording): string => {
  const { patientName, nhsNumber, practice, version } = wording;
  const place = practice === undefined ? "" : `, seen at ${practice.name}, ODS code: ${practice.odsCode}`;
  return `${title} for ${patientName}, NHS Number: ${nhsNumber}${place}, version ${version}`;
};

/** GPCM-SD-CS-019, 022, 023, 048, 061, 065. */
export const consultation: DocumentKind = {
  useCase: "consultation-summary",
  title: "Consultation report",
  type: snomed("371531000", "Report of clinical encounter"),
  localExtension: (generation) => (generation === 1 ? "SendDocument-ConsultationReport" : "None"),
  workflowId: (generation) => (generation === 1 ? "GPFED_CONSULT_REPORT" : "GPCONNECT_SEND_DOCUMENT"),
  subject: (generation, wording) =>
    generation === 1 ? consultationText(wording) : secondSubject("Consultation report", wording),
  apiSubject: (generation, wording) =>
    generation === 1 ? consultationText(wording) : secondApiSubject("Consultation report", wording),
  summary: consultationText,
  hasEncounter: true,
  encounterType: undefined,
};

function consultationText(wording: Wording): string {
  const { patientName, nhsNumber, version } = wording;
  return `Consultation report for ${patientName}, NHS Number ${nhsNumber}${seenAt(wording)}, Version ${version}`;
}

/** GPCM-SD-OC-003, 006, 007, 034, 147, 160, 164. */
export const online: DocumentKind = {
  useCase: "online-consultation",
  ...report("Online consultation report"),
  type: snomed(
    "149951000000107",
    "Patient information received using general practice online consultation system (finding)",
  ),
  localExtension: (generation) => (generation === 1 ? "SendDocument-OnlineConsultationReport" : "None"),
  workflowId: (generation) => (generation === 1 ? "GPFED_CONSULT_REPORT" : "DF_ONLINE_CONSULTATION"),
  hasEncounter: true,
  encounterType: snomed("149971000000103", "Encounter using general practice online consultation system (procedure)"),
};

/** GPCM-SD-GE-003, 006, 007, 274, 287, 291. */
export function generic({ name, type, encounterType }: GenericDocumentInput["document"]): DocumentKind {
  return {
    useCase: "generic",
    ...report(`${name} report`),
    type: snomed(type.code, type.display),
    localExtension: (generation) => (generation === 1 ? "SendDocument-Generic" : "None"),
    workflowId: (generation) => (generation === 1 ? "GPFED_CONSULT_REPORT" : "GPCONNECT_SEND_DOCUMENT"),
    hasEncounter: encounterType !== undefined,
    encounterType: encounterType === undefined ? undefined : snomed(encounterType.code, encounterType.display),
  };
}

/** The words that an online consultation and a generic document share. */
function report(title: string): Pick<DocumentKind, "title" | "subject" | "apiSubject" | "summary"> {
  const first = (wording: Wording): string =>
    `${title} for ${wording.patientName}, NHS Number ${wording.nhsNumber}${odsCode(wording)}`;
  return {
    title,
    subject: (generation, wording) => (generation === 1 ? first(wording) : secondSubject(title, wording)),
    apiSubject: (generation, wording) => (generation === 1 ? first(wording) : secondApiSubject(title, wording)),
    summary: ({ patientName, nhsNumber, version }) =>
      `${title} for ${patientName}, NHS Number ${nhsNumber}, Version ${version}`,
  };
}
