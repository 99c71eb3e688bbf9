import { PracticeError, type PracticeErrorCode } from "../errors.ts";

export type ConsultationFileErrorCode = Extract<PracticeErrorCode, `consultation-${string}`>;

/** One thing wrong with a consultation file. */
export interface ConsultationProblem {
  /** JSON Pointer (RFC 6901) to the value that is wrong or missing; empty for the file as a whole. */
  pointer: string;
  /** What is wrong, in words; never the value itself. */
  problem: string;
}

/**
 * A consultation file cannot be sent as it is. `problems` lists everything that is wrong, and so does the message.
 * Neither quotes a value, which may be a patient detail; only the names of attachment files are given.
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
  const lines = problems.map(({ pointer, problem }) => (pointer === "" ? problem : `${pointer} ${problem}`));
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return `The consultation file cannot be used: ${only}`;
  return [`The consultation file has ${lines.length} problems:`, ...lines.map((line) => `  ${line}`)].join("\n");
}
