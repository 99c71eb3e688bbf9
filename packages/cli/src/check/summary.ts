import type { Finding } from "@restante/itk3";
import type { FileReport, Status } from "./file-report.ts";

/** One requirement that at least one file departs from. */
export interface Departure {
  readonly id: string;
  readonly severity: Finding["severity"];
  /** What is asked, in each of its parts that is not met. */
  readonly requirements: Set<string>;
  files: number;
  places: number;
}

/** What became known over all files. Grows with the number of files by a line each, never with what is in them. */
export interface Summary {
  readonly files: SummaryLine[];
  readonly status: Record<Status, number>;
  acceptable: number;
  notAcceptable: number;
  readonly findings: Record<Finding["severity"], number>;
  /** By severity and id. */
  readonly departures: Map<string, Departure>;
}

export interface SummaryLine {
  readonly file: string;
  readonly status: Status;
  readonly acceptable: boolean;
  readonly isResponse: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly looks: number;
}

export function emptySummary(): Summary {
  return {
    files: [],
    status: { conforms: 0, departs: 0, unreadable: 0, "passed-over": 0 },
    acceptable: 0,
    notAcceptable: 0,
    findings: { error: 0, warning: 0, look: 0 },
    departures: new Map(),
  };
}

export function addToSummary(summary: Summary, { file, status, acceptable, isResponse, findings }: FileReport): void {
  const seen = new Set<Departure>();
  const counts = { error: 0, warning: 0, look: 0 };
  for (const { id, severity, requirement } of findings) {
    counts[severity] += 1;
    summary.findings[severity] += 1;
    const key = `${severity} ${id}`;
    const departure = summary.departures.get(key) ?? {
      id,
      severity,
      requirements: new Set(),
      files: 0,
      places: 0,
    };
    summary.departures.set(key, departure);
    departure.requirements.add(requirement);
    departure.places += 1;
    if (!seen.has(departure)) departure.files += 1;
    seen.add(departure);
  }
  summary.status[status] += 1;
  if (acceptable) summary.acceptable += 1;
  else if (status !== "passed-over") summary.notAcceptable += 1;
  const { error: errors, warning: warnings, look: looks } = counts;
  summary.files.push({ file, status, acceptable, isResponse, errors, warnings, looks });
}

/** Whether nothing that was found was a message. */
export function isEmpty({ files, status }: Summary): boolean {
  return status["passed-over"] === files.length;
}

/** 0: every message conforms; 1: one does not, or is not acceptable; 2: one could not be read, or there was none. */
export function exitStatus(summary: Summary): number {
  const { status, notAcceptable } = summary;
  if (status.unreadable > 0 || isEmpty(summary)) return 2;
  return status.departs > 0 || notAcceptable > 0 ? 1 : 0;
}
