import { readMessage, readResponse, type ResponseContent, type ToldAnswer } from "@restante/itk3";

/** How a practice answers each message, in the order of sending. */
export type AnswersTold =
  | "both"
  | "infrastructure-only"
  | "business-only"
  | "neither"
  /** Each acknowledgement twice. */
  | "twice"
  /** The business acknowledgement first. */
  | "out-of-order"
  /** The infrastructure acknowledgement, cut off in the middle. */
  | "unreadable"
  /** A negative infrastructure acknowledgement. */
  | "refused"
  | readonly ToldAnswer[];

const infrastructure: ToldAnswer = { level: "infrastructure" };
const business: ToldAnswer = { level: "business" };

const named: Readonly<Record<Extract<AnswersTold, string>, readonly ToldAnswer[]>> = {
  both: [infrastructure, business],
  "infrastructure-only": [infrastructure],
  "business-only": [business],
  neither: [],
  twice: [infrastructure, infrastructure, business, business],
  "out-of-order": [business, infrastructure],
  unreadable: [{ level: "infrastructure", unreadable: true }],
  refused: [{ level: "infrastructure", verdict: "negative" }],
};

export function answersOf(told: AnswersTold): readonly ToldAnswer[] {
  return typeof told === "string" ? named[told] : told;
}

/** What an answer says: which message it is about, at which level, with which code. Undefined where it is no readable answer. */
export function readAnswer(body: Uint8Array | string): ResponseContent | undefined {
  const { message } = readMessage(typeof body === "string" ? Buffer.from(body) : body);
  return message === undefined ? undefined : readResponse(message);
}
