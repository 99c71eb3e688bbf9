import { refuseNothingRead } from "../input/message-input.ts";
import { events, extensions, messageDefinitions } from "../names.ts";
import type { Extension, MessageHeader } from "../stu3/types.ts";
import type { Itk3Message, MessageHandling, ReadResult } from "./model.ts";

export function handlingExtension(header: MessageHeader | undefined): Extension | undefined {
  return header?.extension?.find((extension) => extension.url === extensions.messageHandling);
}

/** The part of it that is named so: the first, where there are several. */
export function handlingPart(header: MessageHeader | undefined, url: string): Extension | undefined {
  return handlingExtension(header)?.extension?.find((extension) => extension.url === url);
}

export function readHandling(header: MessageHeader | undefined): MessageHandling {
  const part = (url: string): Extension | undefined => handlingPart(header, url);
  const recipientType = part("RecipientType")?.valueCoding?.code;
  return {
    busAckRequested: part("BusAckRequested")?.valueBoolean,
    infAckRequested: part("InfAckRequested")?.valueBoolean,
    recipientType: recipientType === "FA" || recipientType === "FI" ? recipientType : undefined,
    messageDefinition: part("MessageDefinition")?.valueReference?.reference,
    senderReference: part("SenderReference")?.valueString,
    localExtension: part("LocalExtension")?.valueString,
  };
}

/**
 * An ITK3 Response, readable or not: it is recorded, and never answered.
 *
 * @throws Itk3Error `input-invalid` where it is given neither a message nor what was read
 */
export function isResponse(input: Itk3Message | ReadResult): boolean {
  refuseNothingRead(input);
  if ("bundle" in input) return isResponseHeader(input.header);
  return input.message === undefined ? input.remains?.isResponse === true : isResponseHeader(input.message.header);
}

/**
 * An ITK008M, or what can only be one: two systems that answered each other's broken responses would never stop. A
 * message that says it is a document is one, whatever else its header holds.
 */
export function isResponseHeader(header: MessageHeader | undefined): boolean {
  const event = header?.event?.code?.trim().toUpperCase();
  if (event === events.response.code) return true;
  if (header === undefined || event === events.sendDocument.code) return false;
  return header.response !== undefined || readHandling(header).messageDefinition === messageDefinitions.response;
}
