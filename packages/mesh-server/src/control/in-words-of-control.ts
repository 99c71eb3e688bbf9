import { ControlError, type ControlErrorCode } from "@restante/control";
import { CodedError } from "@restante/mesh";

import { OperatorError, type OperatorErrorCode } from "../operator-error.ts";

/** What an operator, the store or the disk refuses, as control says it. Their messages may be shown. */
export async function inWordsOfControl<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ControlError || !(error instanceof CodedError)) throw error;
    const code = error instanceof OperatorError ? (ofOperator[error.code] ?? "not-possible") : "failed";
    throw new ControlError(code, error.message, { cause: error });
  }
}

/** Every other one says that a state does not allow it. */
const ofOperator: Readonly<Partial<Record<OperatorErrorCode, ControlErrorCode>>> = {
  "message-unknown": "message-unknown",
  "mailbox-unknown": "mailbox-unknown",
  "reason-unusable": "input-invalid",
};
