// The MessageHeader of a Send Document message: GP Connect's ITK3 pages and the SCAL.
import { events, messageDefinitions, profiles, systems } from "../../names.ts";
import { mayFollow } from "../claimed-profiles.ts";
import { isText, mailboxIn, unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ofDocuments, ruleMaker } from "../rule-maker.ts";
import { goesToMailbox } from "./envelope.ts";
import { unlessInHandling } from "./handling.ts";

/** Rules about the header of a document. */
const rule = ruleMaker({ responseCode: "20006", issueCode: "invalid" }, ofDocuments);

function handlingBreach(part: string, { message }: CheckContext, holds: boolean): readonly Breach[] {
  return unlessInHandling(message.header, part, holds);
}

const localExtensions: Readonly<Record<string, string>> = {
  "consultation-summary": "SendDocument-ConsultationReport",
  "online-consultation": "SendDocument-OnlineConsultationReport",
  generic: "SendDocument-Generic",
};

const processing = { issueCode: "processing" } as const;

export const headerRules: readonly Rule[] = [
  rule(
    { cs: "043", oc: "141", ge: "268", itk: "FHIR-SR-01" },
    "RecipientType must be FA (For Action) for whoever is to act on the document, FI (For Information) for a copy. A consultation summary of 1.x is always For Action.",
    "RecipientType is neither FA (For Action) nor, for a copy, FI (For Information).",
    (context) => {
      const { recipientType } = context.message.handling;
      const copyAllowed = context.generation === 2 || context.useCase !== "consultation-summary";
      return handlingBreach(
        "RecipientType",
        context,
        recipientType === "FA" || (copyAllowed && recipientType === "FI"),
      );
    },
    { responseCode: "10010", ...processing, alsoShows: ["GPCM-SD-OC-142", "GPCM-SD-GE-269", "FHIR-SR-02"] },
  ),
  rule(
    { cs: "044", oc: "143", ge: "270", scal: "GPCM-SD-040" },
    "BusAckRequested must be true: the sender waits for the business response.",
    "BusAckRequested is not true.",
    (context) => handlingBreach("BusAckRequested", context, context.message.handling.busAckRequested === true),
    { responseCode: "10008", ...processing },
  ),
  rule(
    { cs: "045", oc: "144", ge: "271", scal: "GPCM-SD-041" },
    "InfAckRequested must be true: the sender waits for the infrastructure response.",
    "InfAckRequested is not true.",
    (context) => handlingBreach("InfAckRequested", context, context.message.handling.infAckRequested === true),
    { responseCode: "10008", ...processing },
  ),
  rule(
    { cs: "046", oc: "145", ge: "272", scal: "GPCM-SD-042" },
    "SenderReference must identify the encounter at the sending organisation.",
    "SenderReference does not identify the encounter.",
    (context) => {
      const reference = context.message.handling.senderReference;
      return handlingBreach("SenderReference", context, isText(reference) && !/^none$/i.test(reference ?? ""));
    },
    { responseCode: "10007", ...processing },
  ),
  rule(
    { cs: "047", oc: "146", ge: "273", scal: "GPCM-SD-043" },
    "MessageDefinition must be that of GP Connect Send Document.",
    "MessageDefinition is not that of GP Connect Send Document.",
    (context) => {
      const name = context.message.handling.messageDefinition;
      // Only the conformance list of Send Document 2 gives the second name.
      const second = context.generation === 2 && name === messageDefinitions.sendDocumentInstance;
      return handlingBreach("MessageDefinition", context, name === messageDefinitions.sendDocument || second);
    },
    { responseCode: "10004", ...processing, leads: true, alsoShows: ["FHIR-SR-05"] },
  ),
  rule(
    { cs: "048", oc: "147", ge: "274", scal: "GPCM-SD-044" },
    "LocalExtension must name the use case in 1.x (SendDocument-ConsultationReport, -OnlineConsultationReport or -Generic), and be None in Send Document 2.",
    "LocalExtension is not that of the use case.",
    (context) => {
      const found = context.message.handling.localExtension ?? "";
      const holds = context.generation === 2 ? /^none$/i.test(found) : found === localExtensions[context.useCase];
      return handlingBreach("LocalExtension", context, holds);
    },
    { responseCode: "10001", ...processing, alsoShows: ["FHIR-SR-06"] },
  ),
  rule(
    { cs: "049", oc: "148", ge: "275" },
    "MessageHeader.sender must lead to an Organization of the ITK3 header profile in the message Bundle.",
    "MessageHeader.sender does not lead to an Organization of the ITK3 header profile in the message Bundle.",
    ({ message }) => {
      const { sender } = message;
      const holds = sender?.resourceType === "Organization" && mayFollow(sender, profiles.headerOrganization);
      return unless(holds, message.header, "sender");
    },
    { leads: true },
  ),
  rule(
    { scal: "GPCM-SD-045" },
    "The message Bundle must hold an Organization of the ITK3 header profile.",
    "The message Bundle holds no Organization of the ITK3 header profile.",
    ({ message, outer }) => {
      const holds = outer.all.some(
        (resource) => resource.resourceType === "Organization" && mayFollow(resource, profiles.headerOrganization),
      );
      return unless(holds, message.bundle);
    },
  ),
  rule(
    { cs: "050", oc: "149", ge: "276", scal: "GPCM-SD-046" },
    "MessageHeader.source.endpoint must hold the sender's MESH mailbox id.",
    "MessageHeader.source.endpoint holds no mailbox id.",
    ({ message }) => unless(mailboxIn(message.sourceMailbox) !== undefined, message.header, "source"),
  ),
  rule(
    { cs: "051", oc: "150", ge: "277", scal: "GPCM-SD-047" },
    "MessageHeader.event must be ITK007C of ITK-MessageEvent-2.",
    "MessageHeader.event is not ITK007C of ITK-MessageEvent-2.",
    ({ message: { header } }) => {
      const { event } = header;
      const holds = event?.code === events.sendDocument.code && event.system === systems.messageEvent;
      return unless(holds, header, "event");
    },
    { issueCode: "code-invalid" },
  ),
  rule(
    { cs: "052", oc: "151", ge: "278", scal: "GPCM-SD-048" },
    "MessageHeader.timestamp must say when the message was made.",
    "MessageHeader.timestamp is missing.",
    ({ message }) => unless(isText(message.header.timestamp), message.header, "timestamp"),
    { issueCode: "required" },
  ),
  rule(
    { cs: "053", oc: "152", ge: "279" },
    "MessageHeader must name neither a destination nor a receiver: MESH finds the practice by the patient.",
    "MessageHeader names a destination or receiver.",
    ({ message: { header } }) => [
      ...unless(header.destination === undefined, header, "destination"),
      ...unless(header.receiver === undefined, header, "receiver"),
    ],
    { issueCode: "structure" },
  ),
  rule(
    { scal: "GPCM-SD-049" },
    "MessageHeader should name no receiver where MESH finds the practice by the patient.",
    "MessageHeader names a receiver.",
    (context) => {
      const { header } = context.message;
      return unless(header.receiver === undefined || goesToMailbox(context), header, "receiver");
    },
    { severity: "warning", issueCode: "structure" },
  ),
  rule(
    { core: "001", scal: "GPCM-SD-103" },
    "MessageHeader.focus must lead to a Bundle of the ITK3 document profile.",
    "MessageHeader.focus does not lead to a Bundle of the ITK3 document profile.",
    ({ message, outerReferences }) => {
      const focused = outerReferences.candidates(message.header.focus?.[0]);
      const holds = focused.some(
        (resource) => resource.resourceType === "Bundle" && mayFollow(resource, profiles.documentBundle),
      );
      return unless(holds, message.header, "focus");
    },
    { issueCode: "structure", leads: true },
  ),
];
