import { CodedError, type Retry } from "@restante/mesh";

export type DemographicsErrorCode = "unavailable" | "directory-invalid";

/** Demographics could not answer. The message holds no patient detail. */
export class DemographicsError extends CodedError {
  readonly code: DemographicsErrorCode;

  constructor(code: DemographicsErrorCode, message: string, options?: ErrorOptions & { retry?: Retry }) {
    super(message, options);
    this.code = code;
  }
}

/** As many as a person reads at once. */
const SHOWN = 50;

/** Files of patients or organisations that cannot be used. */
export class DirectoryError extends DemographicsError {
  /** All of them, each with its file and place. None repeats what is in the file. The message has the first 50. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const left = problems.length - SHOWN;
    const lines = [...problems.slice(0, SHOWN), ...(left > 0 ? [`and ${left} more`] : [])];
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    super(
      "directory-invalid",
      [`The patients and organisations have ${count}:`, ...lines.map((line) => `  ${line}`)].join("\n"),
    );
    this.problems = problems;
  }
}
