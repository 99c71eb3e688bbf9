export { type ActBy, type ActOutcome, type Actor, thisComputer } from "./actor.ts";
export {
  ConsultationFileError,
  type ConsultationFileErrorCode,
  type ConsultationProblem,
} from "./consultation/consultation-file-error.ts";
export { readConsultation, type ReadConsultationOptions } from "./consultation/read-consultation.ts";
export { reportPdf, type ReportOptions } from "./consultation/report-pdf.ts";
export type * from "./consultation/consultation.ts";
export { PracticeError, type PracticeErrorCode } from "./errors.ts";
export type * from "./options.ts";
export { practiceDefaults } from "./defaults.ts";
export { createPractice } from "./practice.ts";
export type * from "./document-view.ts";
export type * from "./filing.ts";
export type * from "./kept.ts";
export type * from "./lists.ts";
export type * from "./matching.ts";
export type * from "./task-facts.ts";
export type * from "./task-work.ts";
export type * from "./unread.ts";
export type * from "./worklist.ts";
export { type ConsultationPair, consultationPair } from "./outbound/consultation-pair.ts";
