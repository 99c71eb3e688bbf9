import type { ControlErrorCode } from "./control-error.ts";

// How a refusal travels: the status says it to who reads no bodies, the body to everybody else.

/** What the listener answers instead of what was asked for. */
export interface ErrorAnswer {
  readonly error: { readonly code: SentErrorCode; readonly message: string };
}

/** What a listener can say. That it cannot be reached is for the client to say. */
export type SentErrorCode = Exclude<ControlErrorCode, "unreachable">;

/** The HTTP status of each. */
export const errorStatuses: Readonly<Record<SentErrorCode, number>> = {
  "input-invalid": 400,
  "not-allowed": 401,
  "message-unknown": 404,
  "mailbox-unknown": 404,
  "fault-unknown": 404,
  "snapshot-unknown": 404,
  "patient-unknown": 404,
  "not-in-time": 408,
  "not-possible": 409,
  // RFC 9110, 15.5.18, means another expectation; but no two outcomes of a wait share a status with anything else.
  "not-expected": 417,
  failed: 500,
};

/** What each says of itself, for people. */
export const errorMeanings: Readonly<Record<SentErrorCode, string>> = {
  "input-invalid": "The input is not what the verb takes; every problem at once.",
  "not-allowed": "No token, or not the right one.",
  "message-unknown": "There is no such message.",
  "mailbox-unknown": "There is no such mailbox.",
  "fault-unknown": "There is no such fault: it was cleared or used up.",
  "snapshot-unknown": "There is no snapshot of that name.",
  "patient-unknown": "The demographics do not know this patient.",
  "not-in-time": "The wait came to its end: how many came, and what came instead.",
  "not-possible": "It is not in the state that the verb starts from.",
  "not-expected": "What should not have come, came.",
  failed: "The server could not do it: its log says why.",
};

/** The refusal in an answer, or undefined where what answered is no listener of ours. */
export function readErrorAnswer(body: unknown): ErrorAnswer["error"] | undefined {
  const error = propertyOf(body, "error");
  const code = propertyOf(error, "code");
  const message = propertyOf(error, "message");
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  return isSentCode(code) ? { code, message } : { code: "failed", message };
}

function isSentCode(code: string): code is SentErrorCode {
  return Object.hasOwn(errorStatuses, code);
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
