/** Why a receiver did not take what was sent to it, in words of ours: those of others may quote a secret. */
export class NoticeFailure extends Error {
  readonly code: string;
  /** It takes others, but not this one. */
  readonly ofNotice: boolean;

  constructor(
    code: string,
    message: string,
    { ofNotice = false, cause }: { ofNotice?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.ofNotice = ofNotice;
  }
}

/** Of a connection that could not be made, or was cut. */
export function failureOfConnection(failure: unknown): NoticeFailure {
  const error = failure instanceof Error && failure.name === "AbortError" ? (failure.cause ?? failure) : failure;
  if (error instanceof NoticeFailure) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unexpected";
  if (isTimeOut(error, code)) return new NoticeFailure("no-answer", "It did not answer in time.", { cause: error });
  if (/CERT|SELF_SIGNED|ISSUER|VERIFY/.test(code)) {
    return new NoticeFailure("certificate", `Its certificate is not trusted (${code}).`, { cause: error });
  }
  return new NoticeFailure("unreachable", `It cannot be reached (${code}).`, { cause: error });
}

function isTimeOut(error: unknown, code: string): boolean {
  const name = error instanceof Error ? error.name : "";
  return name === "TimeoutError" || code === "ETIMEDOUT" || code === "ESOCKETTIMEDOUT";
}
