import { ControlError, type ControlErrorCode } from "@restante/control";

import { OperatorError, type OperatorErrorCode } from "../operator-error.ts";

/** What an operator is refused, in control's words. */
export async function asControlError<Result>(doing: Promise<Result>): Promise<Result> {
  try {
    return await doing;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new ControlError(codes[error.code] ?? "not-possible", error.message, { cause: error });
  }
}

/** Every other one says that a state does not allow it. */
const codes: Readonly<Partial<Record<OperatorErrorCode, ControlErrorCode>>> = {
  "message-unknown": "message-unknown",
  "mailbox-unknown": "mailbox-unknown",
  "reason-unusable": "input-invalid",
};
