import type { FileReport } from "./file-report.ts";
import type { Summary } from "./summary.ts";

/** A report, in pieces: each file's is made and let go before the next is read. */
export interface ReportFormat {
  /** What comes first. Formats that are `live` know nothing of the files then. */
  head(summary: Summary): string;
  /** `index` counts from 0. */
  file(report: FileReport, index: number): string;
  tail(summary: Summary): string;
  /** Written while files are checked; the others are put together at the end. */
  readonly live: boolean;
}
