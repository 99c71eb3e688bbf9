import type { Clock } from "@restante/mesh";
import type { Consultation } from "../consultation/consultation.ts";
import { reportPdf } from "../consultation/report-pdf.ts";
import type { PracticeOrganisation } from "../options.ts";
import { createThread, ThreadFailure } from "../thread.ts";

/** Writes the PDF reports of consultations: a long one in a thread of its own. */
export interface ReportWriter extends AsyncDisposable {
  /** Throws what `reportPdf` does. */
  write(consultation: Consultation, signal?: AbortSignal): Promise<Uint8Array>;
}

export interface ReportToWrite {
  consultation: Consultation;
  organisation: PracticeOrganisation;
  now: Date;
}

/** In characters. More takes long enough to be felt: 1 MB of notes takes seconds. */
export const mostWrittenOnLoop = 10_000;

export function createReportWriter(organisation: PracticeOrganisation, clock: Clock): ReportWriter {
  // Undefined: it threw, and the loop says what.
  const thread = createThread<ReportToWrite, Uint8Array | undefined>("#report-writer");
  return {
    async write(consultation, signal) {
      if (lengthOf(consultation) > mostWrittenOnLoop) {
        const question = { consultation, organisation: { ...organisation }, now: clock.now() };
        const written = await thread.ask(question, signal).catch((error: unknown) => {
          if (error instanceof ThreadFailure) return undefined;
          throw error;
        });
        if (written !== undefined) return written;
      }
      return reportPdf(consultation, { organisation, clock, ...(signal && { signal }) });
    },
    [Symbol.asyncDispose]: async () => thread[Symbol.asyncDispose](),
  };
}

/** Of its text, whatever it is attached to. */
function lengthOf(consultation: Consultation): number {
  return JSON.stringify({ ...consultation, attachments: [] }).length;
}
