import type { TextPlace } from "@restante/mesh";
import { PracticeError, type PracticeErrorCode } from "../errors.ts";

export type ConsultationFileErrorCode = Extract<PracticeErrorCode, `consultation-${string}`>;

/** One thing wrong with a consultation file. */
export interface ConsultationProblem {
  /** JSON Pointer (RFC 6901) to the value that is wrong or missing; empty for the file as a whole. */
  pointer: string;
  /** What is wrong, in words; never the value itself. */
  problem: string;
  /** Where in the file it is, if it was read from one. */
  place?: TextPlace;
}

/** As many problems as a person reads at once. */
const SHOWN = 50;

/**
 * A consultation file cannot be sent as it is. `problems` lists everything that is wrong, and so does the message up to
 * the 50th. Neither quotes a value, which may be a patient detail; only the names of attachment files are given.
 */
export class ConsultationFileError extends PracticeError {
  declare readonly code: ConsultationFileErrorCode;
  readonly problems: readonly ConsultationProblem[];

  constructor(code: ConsultationFileErrorCode, problems: readonly ConsultationProblem[], options: ErrorOptions = {}) {
    super(code, describe(problems), options);
    this.problems = problems;
  }
}

function describe(problems: readonly ConsultationProblem[]): string {
  const lines = problems.slice(0, SHOWN).map(describeOne);
  const [only] = lines;
  if (problems.length === 1 && only !== undefined) return `The consultation file cannot be used: ${only}`;
  if (problems.length > SHOWN) lines.push(`and ${problems.length - SHOWN} more`);
  return [`The consultation file has ${problems.length} problems:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function describeOne({ pointer, problem, place }: ConsultationProblem): string {
  if (pointer === "") return problem;
  return `${pointer}${place === undefined ? "" : ` (line ${place.line} column ${place.column})`} ${problem}`;
}
