import { ControlError } from "@restante/control";
import { CodedError } from "@restante/mesh";

/** What the store or the disk refuses, as control says it. Their messages may be shown. */
export async function inWordsOfControl<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ControlError || !(error instanceof CodedError)) throw error;
    throw new ControlError("failed", error.message, { cause: error });
  }
}
