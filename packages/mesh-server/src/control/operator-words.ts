import { ControlError } from "@restante/control";

import { OperatorError } from "../operator-error.ts";

/** What an operator is refused, in control's words. */
export async function asControlError<Result>(doing: Promise<Result>): Promise<Result> {
  try {
    return await doing;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { code, message } = error;
    switch (code) {
      case "message-unknown":
      case "mailbox-unknown":
        throw new ControlError(code, message, { cause: error });
      case "reason-unusable":
        throw new ControlError("input-invalid", message, { cause: error });
      default:
        throw new ControlError("not-possible", message, { cause: error });
    }
  }
}
