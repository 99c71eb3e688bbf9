/**
 * The lines of the conformance list of Send Document 2 (SCAL) whose use case is Consultation Summary. That of all others
 * is All. What is asked of a consultation summary alone is no fault in another document.
 */
export const ofConsultationSummaries: ReadonlySet<string> = new Set([
  "GPCM-SD-083",
  "GPCM-SD-084",
  "GPCM-SD-086",
  "GPCM-SD-087",
  "GPCM-SD-088",
  "GPCM-SD-090",
  "GPCM-SD-091",
  "GPCM-SD-094",
  "GPCM-SD-095",
  "GPCM-SD-096",
]);
