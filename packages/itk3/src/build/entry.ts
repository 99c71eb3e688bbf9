import type {
  Bundle,
  BundleEntry,
  Coding,
  Extension,
  Identifier,
  MessageHeader,
  Organization,
  Resource,
} from "../stu3/types.ts";
import { events, extensions, profiles, recipientTypes, systems } from "../names.ts";

/** An entry whose resource takes the place that `fullUrl` names (FHIR STU3, Bundle: resources are told apart by it). */
export function entry(resource: Resource): BundleEntry {
  return { fullUrl: `urn:uuid:${resource.id}`, resource };
}

export function referenceTo(resource: Resource): { reference: string } {
  return { reference: `urn:uuid:${resource.id}` };
}

export function uuidIdentifier(value: string): Identifier {
  return { system: systems.rfc4122, value };
}

export function bundle(
  type: "message" | "document",
  id: string,
  identifier: string,
  resources: readonly Resource[],
): Bundle {
  const profile = type === "message" ? profiles.messageBundle : profiles.documentBundle;
  return {
    resourceType: "Bundle",
    id,
    meta: { profile: [profile] },
    identifier: uuidIdentifier(identifier),
    type,
    entry: resources.map(entry),
  };
}

/** The sending organisation as the ITK3 header names it: its ODS code and nothing else (FHIR-HDR profile, ...-Organization-1). */
export function headerOrganization(id: string, odsCode: string): Organization {
  return {
    resourceType: "Organization",
    id,
    meta: { profile: [profiles.headerOrganization] },
    identifier: [{ system: systems.odsOrganisation, value: odsCode }],
  };
}

export interface HandlingInput {
  acknowledge: boolean;
  recipientType: "FA" | "FI";
  messageDefinition: string;
  senderReference: string;
  localExtension: string;
}

/** Extension-ITK-MessageHandling-2, every part of it mandatory. */
export function messageHandling(input: HandlingInput): Extension {
  const recipientType: Coding = {
    system: systems.recipientType,
    code: input.recipientType,
    display: recipientTypes[input.recipientType],
  };
  return {
    url: extensions.messageHandling,
    extension: [
      { url: "BusAckRequested", valueBoolean: input.acknowledge },
      { url: "InfAckRequested", valueBoolean: input.acknowledge },
      { url: "RecipientType", valueCoding: recipientType },
      { url: "MessageDefinition", valueReference: { reference: input.messageDefinition } },
      { url: "SenderReference", valueString: input.senderReference },
      { url: "LocalExtension", valueString: input.localExtension },
    ],
  };
}

export interface HeaderInput {
  id: string;
  handling: HandlingInput;
  event: keyof typeof events;
  now: Date;
  sender: Organization;
  mailbox: string;
}

export function messageHeader(input: HeaderInput): MessageHeader {
  return {
    resourceType: "MessageHeader",
    id: input.id,
    meta: { profile: [profiles.messageHeader] },
    extension: [messageHandling(input.handling)],
    event: { system: systems.messageEvent, ...events[input.event] },
    sender: referenceTo(input.sender),
    timestamp: instant(input.now),
    source: { endpoint: input.mailbox },
  };
}

export function instant(date: Date): string {
  return date.toISOString().replace("Z", "+00:00");
}
