import { CodedError } from "@restante/mesh";

/**
 * - `input-invalid`: what a function was given is not what it takes; of a builder, it cannot make a valid message.
 * - `code-unknown`: not an ITK3 response code, or one of the other level; `problems` lists it with all else that is wrong.
 * - `unanswerable`: no system may give this answer, or the sender did not ask for it.
 */
export type Itk3ErrorCode = "input-invalid" | "code-unknown" | "unanswerable";

/** One thing that is wrong with an input. It names the field and repeats nothing of its value. */
export interface InputProblem {
  /** The field as the caller wrote it, `attachments[1].contentType`; empty for the input as a whole. */
  path: string;
  /** Whether `path` is a path of the input, or, where no field of it can be named, of the message: `Bundle.entry[2]...`. */
  in: "input" | "message";
  /** The requirement that is not met, where it has a name: `GPCM-SD-CS-043`. */
  requirement?: string;
  /** What is wrong, to be read after the path: `must not be blank`. */
  text: string;
}

interface Itk3ErrorOptions extends ErrorOptions {
  problems?: readonly InputProblem[];
  unlisted?: number;
}

/** What this package throws. Reading and checking never throw for what a message holds: they return issues and findings. */
export class Itk3Error extends CodedError {
  readonly code: Itk3ErrorCode;
  /** Everything that was found wrong, at most 100 of them; the message says the same in sentences. */
  readonly problems: readonly InputProblem[];
  /** How many more there are. */
  readonly unlisted: number;

  constructor(code: Itk3ErrorCode, message: string, options: Itk3ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.problems = options.problems ?? [];
    this.unlisted = options.unlisted ?? 0;
  }
}
