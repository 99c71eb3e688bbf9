import { CodedError, type Retry } from "@restante/mesh";
import { listed } from "@restante/settings";

export type DemographicsErrorCode = "unavailable" | "directory-invalid";

/** Demographics could not answer. The message holds no patient detail. */
export class DemographicsError extends CodedError {
  readonly code: DemographicsErrorCode;

  constructor(code: DemographicsErrorCode, message: string, options?: ErrorOptions & { retry?: Retry }) {
    super(message, options);
    this.code = code;
  }
}

/** Files of patients or organisations that cannot be used. */
export class DirectoryError extends DemographicsError {
  /** All of them, each with its file and place. None repeats what is in the file. The message has the first 50. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super("directory-invalid", listed("The patients and organisations", problems));
    this.problems = problems;
  }
}
