import { isAckWorkflow } from "@restante/mesh";
import { check, type CheckOptions } from "../check/check.ts";
import { isResponse } from "../message/handling.ts";
import type { ReadResult } from "../message/model.ts";
import { type BuiltResponse, infrastructureResponse, type ResponseInput } from "./build-response.ts";

export type InfrastructureAnswerInput = Pick<ResponseInput, "now" | "ids" | "responder"> & {
  check?: CheckOptions;
};

/**
 * The infrastructure response that the check calls for: 20013, or the negative code with its diagnostics. Undefined where
 * none is due: to a response or anything on a workflow of acknowledgements, readable or not, and where InfAckRequested is false. A flag that cannot be read counts as true (ITK3,
 * message responses). Repeats (20007, 20008) and what only the receiver knows are the caller's to answer.
 */
export function infrastructureAnswer(read: ReadResult, input: InfrastructureAnswerInput): BuiltResponse | undefined {
  const { message, remains } = read;
  const { headerId, handling } = message ?? remains ?? {};
  const onAckWorkflow = isAckWorkflow(input.check?.envelope?.workflowId ?? "");
  if (onAckWorkflow || isResponse(read) || handling?.infAckRequested === false) return undefined;
  const { negative } = check(read, input.check);
  const { check: _, ...rest } = input;
  return infrastructureResponse({
    ...rest,
    request: { headerId, senderReference: handling?.senderReference },
    code: negative?.code ?? "20013",
    ...(negative === undefined ? {} : { issueCode: negative.issueCode }),
    diagnostics: negative?.diagnostics ?? "The message was received and can be handed on.",
  });
}
