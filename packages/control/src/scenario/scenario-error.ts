import { CodedError } from "@restante/mesh";
import type { StepPlace } from "./scenario.ts";

export type ScenarioErrorCode =
  /** No shipped scenario has that name. */
  | "scenario-unknown"
  /** A variable that the scenario does not have, that needs a value, or that was given the wrong kind of one. */
  | "variable-wrong"
  /** A step did not come to pass: the client, or the server, did something else. */
  | "step-failed"
  /** All went well but what was to be done at the end. */
  | "cleaning-failed"
  | "interrupted";

/** Why a scenario was not run to its good end. The message says at which step, and what it means. */
export class ScenarioError extends CodedError {
  readonly code: ScenarioErrorCode;
  /** Of `step-failed`, `interrupted` and `cleaning-failed`. */
  readonly place?: StepPlace;

  constructor(
    code: ScenarioErrorCode,
    message: string,
    options: ErrorOptions & { place?: StepPlace | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    if (options.place !== undefined) this.place = options.place;
  }
}
