import { isAckWorkflow } from "@restante/mesh";
import { check } from "../check/check.ts";
import type { CheckOptions } from "../check/check-options.ts";
import type { Negative } from "../check/finding.ts";
import type { EnvelopeToCheck } from "../check/rule.ts";
import { refuseUnanswerable, refuseUnasked } from "../input/message-input.ts";
import { isResponse } from "../message/handling.ts";
import type { ReadResult } from "../message/model.ts";
import { type BuiltResponse, infrastructureResponse, type ResponseInput } from "./build-response.ts";

export type InfrastructureAnswerInput = Pick<ResponseInput, "now" | "ids" | "responder"> & {
  check?: CheckOptions;
};

/**
 * Why nothing is answered: it came on a workflow of acknowledgements, readable or not; it is a response itself, or the
 * remains of one; or InfAckRequested is false.
 */
export type Unanswered = "ack-workflow" | "response" | "not-asked";

/**
 * Undefined where an infrastructure response is due, positive or negative. A flag that cannot be read counts as true
 * (ITK3, message responses). Whatever the strictness `refuse` refuses (`negative`) is answered without being asked: it may
 * be refused for that very flag (10008), and GPCM-SD-041 lets nothing be refused in silence.
 *
 * @throws Itk3Error `input-invalid` where it is not given what was read
 */
export function whyUnanswered(
  read: ReadResult,
  envelope?: EnvelopeToCheck,
  negative?: Pick<Negative, "because">,
): Unanswered | undefined {
  refuseUnasked(read, envelope);
  if (isAckWorkflow(envelope?.workflowId ?? "")) return "ack-workflow";
  if (isResponse(read)) return "response";
  const { handling } = read.message ?? read.remains ?? {};
  return handling?.infAckRequested === false && negative?.because !== "strictness" ? "not-asked" : undefined;
}

/**
 * The infrastructure response that the check calls for: 20013, or the negative code with its diagnostics. Undefined where
 * none is due (`whyUnanswered`). Repeats (20007, 20008) and what only the receiver knows are the caller's to answer.
 *
 * @throws Itk3Error `input-invalid` where it is not given what was read, or who answers and when
 */
export function infrastructureAnswer(read: ReadResult, input: InfrastructureAnswerInput): BuiltResponse | undefined {
  refuseUnanswerable(read, input);
  const { negative } = check(read, input.check);
  if (whyUnanswered(read, input.check?.envelope, negative) !== undefined) return undefined;
  const { headerId, handling } = read.message ?? read.remains ?? {};
  const { check: _, ...rest } = input;
  return infrastructureResponse({
    ...rest,
    request: { headerId, senderReference: handling?.senderReference },
    code: negative?.code ?? "20013",
    ...(negative === undefined ? {} : { issueCode: negative.issueCode }),
    diagnostics: negative?.diagnostics ?? "The message was received and can be handed on.",
  });
}
