import { extensions } from "../names.ts";
import type { Extension, MessageHeader } from "../stu3/types.ts";
import type { MessageHandling } from "./model.ts";

export function handlingExtension(header: MessageHeader | undefined): Extension | undefined {
  return header?.extension?.find((extension) => extension.url === extensions.messageHandling);
}

export function readHandling(header: MessageHeader | undefined): MessageHandling {
  const parts = handlingExtension(header)?.extension ?? [];
  const part = (url: string): Extension | undefined => parts.find((extension) => extension.url === url);
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
