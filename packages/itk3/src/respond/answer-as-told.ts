import { ackWorkflow } from "@restante/mesh";
import { Itk3Error } from "../errors.ts";
import { isResponse } from "../message/handling.ts";
import { readMessage } from "../message/read-message.ts";
import { whyUnanswered } from "./answer.ts";
import { businessResponse, infrastructureResponse, type ResponseInput } from "./build-response.ts";
import type { ResponseCode } from "./response-codes.ts";

/** The message that is answered. */
export interface AnsweredMessage {
  /** Unpacked. */
  body: Uint8Array;
  workflowId: string;
}

/** How somebody wants it answered, whatever a receiver would find right. */
export interface ToldAnswer {
  level: ResponseCode["level"];
  /** `positive` if absent: 20013, or 30001. `negative`: 20009, or 30002. */
  verdict?: "positive" | "negative" | undefined;
  /** Another code of the level. */
  code?: string | undefined;
  /** Cut off in the middle, as by a system that broke down while it wrote. */
  unreadable?: boolean | undefined;
}

/** An answer with what MESH is told of it. It goes to the mailbox that MESH says sent the message. */
export interface AddressedAnswer {
  body: Uint8Array;
  workflowId: string;
  localId: string;
  subject: string;
}

/** What the mailbox of a response is told in its Subject: never a patient's detail. */
export const responseSubjects: Readonly<Record<ResponseCode["level"], string>> = {
  infrastructure: "Infrastructure acknowledgement",
  business: "Business acknowledgement",
};

const codes = {
  infrastructure: { positive: "20013", negative: "20009" },
  business: { positive: "30001", negative: "30002" },
} as const;

/**
 * Answers a message as a test wants it: by the level and the code that it names, readable or not. What no receiver may
 * answer, and what the sender did not ask for, is refused here too.
 *
 * @throws Itk3Error `unanswerable` where no system may give this answer; `code-unknown`, `input-invalid`
 */
export function answerAsTold(
  { body, workflowId }: AnsweredMessage,
  { level, verdict = "positive", code = codes[level][verdict], unreadable = false }: ToldAnswer,
  { responder, now }: Pick<ResponseInput, "responder" | "now">,
): AddressedAnswer {
  const read = readMessage(body);
  const why = whyUnanswered(read, { workflowId });
  if (why === "ack-workflow" || isResponse(read))
    throw unanswerable("it is an answer itself, and answers are never answered");
  const { headerId, handling } = read.message ?? read.remains ?? {};
  // A flag that cannot be read counts as true (ITK3, message responses).
  const isAsked = level === "infrastructure" ? handling?.infAckRequested : handling?.busAckRequested;
  if (isAsked === false) throw unanswerable(`its header asks for no ${level} acknowledgement`);
  const [issue] = read.issues.slice(-1);
  // The last issue is the reason that it could not be read.
  if (read.message === undefined && code === codes[level].positive) {
    throw unanswerable(`it cannot be read, so no receiver takes it: ${issue?.text ?? "it is no ITK3 message."}`);
  }
  const build = level === "infrastructure" ? infrastructureResponse : businessResponse;
  const { xml } = build({
    now,
    request: { headerId, senderReference: handling?.senderReference },
    code,
    diagnostics: `Answered with ${code}, as a test asked.`,
    responder,
  });
  const whole = new TextEncoder().encode(xml);
  return {
    body: unreadable ? whole.subarray(0, whole.byteLength / 2) : whole,
    workflowId: ackWorkflow(workflowId),
    localId: responder.odsCode,
    subject: responseSubjects[level],
  };
}

function unanswerable(why: string): Itk3Error {
  return new Itk3Error("unanswerable", `The message is not answered: ${why}`);
}
