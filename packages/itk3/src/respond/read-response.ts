import { refuseNoMessage } from "../input/message-input.ts";
import { isResponse } from "../message/handling.ts";
import type { Itk3Message } from "../message/model.ts";
import { modifiersOf } from "../message/modifiers.ts";
import { referencesOf } from "../message/references.ts";
import { resourcesOf } from "../message/message-of.ts";
import { type ResponseCode, responseCodes } from "./response-codes.ts";

/** What an ITK3 Response says. */
export interface ResponseContent {
  /** MessageHeader.id of the message answered, as the response has it (compare by `idKey`), or `UNREADABLE-IN-ORIGINAL-MESSAGE`. */
  requestHeaderId: string;
  level: ResponseCode["level"];
  /** Usually one of ITK-ResponseCodes-1; a code that is not is believed by its first digit and response.code. */
  code: string;
  positive: boolean;
  diagnostics?: string;
  /** Something that is not known here may change what it says, or turn it into the opposite: for a person to look at. */
  modified?: true;
}

/**
 * Undefined where the message is no ITK008M, or names no request or no code.
 *
 * @throws Itk3Error `input-invalid` where it is given no message
 */
export function readResponse(message: Itk3Message): ResponseContent | undefined {
  refuseNoMessage(message);
  if (!isResponse(message)) return undefined;
  const { response } = message.header;
  const details = referencesOf(message.bundle).candidates(response?.details);
  const all = details.length > 0 ? details : resourcesOf(message.bundle);
  const outcome = all.find((resource) => resource.resourceType === "OperationOutcome");
  const issue = outcome?.issue?.[0];
  const code = issue?.details?.coding?.[0]?.code;
  const requestHeaderId = response?.identifier;
  if (requestHeaderId === undefined || code === undefined) return undefined;
  const known = responseCodes.get(code);
  const { touch } = modifiersOf(message.bundle, message.issues);
  const parts = [message.header, response, outcome, issue, issue?.details, issue?.details?.coding?.[0]];
  const modified = parts.some((part) => part !== undefined && touch(part));
  return {
    requestHeaderId: requestHeaderId.replace(/^urn:uuid:/, ""),
    level: known?.level ?? (code.startsWith("3") ? "business" : "infrastructure"),
    code,
    positive: known?.positive ?? response?.code === "ok",
    ...(issue?.diagnostics === undefined ? {} : { diagnostics: issue.diagnostics }),
    ...(modified && { modified }),
  };
}
