import { CodedError } from "@restante/mesh";
import type { PracticeErrorCode } from "@restante/practice";

/** The code with which the practice refused an act; undefined for any other failure. */
export function refusedWith<Code extends PracticeErrorCode>(error: unknown, codes: readonly Code[]): Code | undefined {
  return error instanceof CodedError ? codes.find((code) => code === error.code) : undefined;
}
