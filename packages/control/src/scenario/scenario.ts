// A scenario as it is run: what was written, with the values of its variables in their places.

import type { OperationName } from "../operations/operation.ts";

export interface Scenario {
  /** The name of its file, without folder and ending. */
  readonly name: string;
  /** A sentence: what a client is shown to do. */
  readonly summary: string;
  readonly variables: readonly ScenarioVariable[];
  readonly steps: readonly Step[];
  /** Done at the end, also where a step failed or the run was interrupted. */
  readonly finally: readonly Step[];
}

export interface ScenarioVariable {
  readonly name: string;
  readonly about: string;
  readonly value: string | number;
}

/** Where a step stands, for whoever tells of it. */
export interface StepPlace {
  /** `4`; inside the step 4, a repetition, `4.1`. Of the steps of `finally`: `finally 1`. */
  readonly number: string;
  readonly line: number;
  /** `messages.wait`, `say`. */
  readonly does: string;
}

interface StepFrame {
  readonly place: StepPlace;
  /** The name under which its answer is kept. */
  readonly as?: string;
  /** What it means where it fails, for the person whose client is under test. */
  readonly otherwise?: string;
}

export type Step = StepFrame &
  (
    | { readonly kind: "verb"; readonly verb: OperationName; readonly input: object }
    | { readonly kind: "say"; readonly words: string }
    | { readonly kind: "answer"; readonly input: AnswerInput }
    | { readonly kind: "repeat"; readonly times: number; readonly steps: readonly Step[] }
  );

/** The input of the step `answer`: an ITK3 response, as the practice that took the message would send it. */
export interface AnswerInput {
  /** The id of the message that is answered, or `latest`. */
  message: string;
  /** Where the latest is looked for. */
  mailbox?: string;
  level: "infrastructure" | "business" | "both";
  verdict?: "positive" | "negative";
  code?: string;
  unreadable?: boolean;
}
