export { readConsultation } from "./consultation/read-consultation.ts";
export { reportPdf } from "./consultation/report-pdf.ts";
export type * from "./consultation/consultation.ts";
export { PracticeError, type PracticeErrorCode } from "./errors.ts";
export type * from "./options.ts";
export { createPractice } from "./practice.ts";
export type * from "./worklist.ts";
