// The MessageHeader of a Send Document message: GP Connect's ITK3 pages, the SCAL, and Extension-ITK-MessageHandling-2.
import { events, messageDefinitions, profiles, recipientTypes, systems } from "../../names.ts";
import { handlingExtension } from "../../message/handling.ts";
import { referencesOf } from "../../message/references.ts";
import { hasProfile, isText, none, unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";

const isDocument = ({ useCase }: CheckContext): boolean => useCase !== "response";

/** A rule about the header of a document, answered by 20006 unless said otherwise. */
function rule(
  numbers: Rule["numbers"],
  text: string,
  breaches: Rule["breaches"],
  rest: Partial<Omit<Rule, "numbers" | "text" | "breaches">> = {},
): Rule {
  return {
    numbers,
    severity: "error",
    responseCode: "20006",
    issueCode: "invalid",
    text,
    breaches: (context) => (isDocument(context) ? breaches(context) : none),
    ...rest,
  };
}

function handlingBreach(context: CheckContext, holds: boolean): readonly Breach[] {
  const { header } = context.message;
  return unless(holds, handlingExtension(header) ?? header);
}

const localExtensions: Readonly<Record<string, string>> = {
  "consultation-summary": "SendDocument-ConsultationReport",
  "online-consultation": "SendDocument-OnlineConsultationReport",
  generic: "SendDocument-Generic",
};

const handling = { responseCode: "10001", issueCode: "processing" } as const;

export const headerRules: readonly Rule[] = [
  rule(
    { cs: "043", oc: "141", ge: "268", itk: "FHIR-SR-01" },
    "RecipientType is neither FA (For Action) nor, for a copy, FI (For Information).",
    (context) => {
      const { recipientType } = context.message.handling;
      const copyAllowed = context.useCase !== "consultation-summary";
      return handlingBreach(context, recipientType === "FA" || (copyAllowed && recipientType === "FI"));
    },
    {
      responseCode: "10010",
      issueCode: "processing",
      alsoShows: ["GPCM-SD-OC-142", "GPCM-SD-GE-269", "FHIR-SR-02"],
    },
  ),
  rule(
    { cs: "044", oc: "143", ge: "270", scal: "GPCM-SD-040" },
    "BusAckRequested is not true.",
    (context) => handlingBreach(context, context.message.handling.busAckRequested === true),
    { responseCode: "10008", issueCode: "processing" },
  ),
  rule(
    { cs: "045", oc: "144", ge: "271", scal: "GPCM-SD-041" },
    "InfAckRequested is not true.",
    (context) => handlingBreach(context, context.message.handling.infAckRequested === true),
    { responseCode: "10008", issueCode: "processing" },
  ),
  rule(
    { cs: "046", oc: "145", ge: "272", scal: "GPCM-SD-042" },
    "SenderReference does not identify the encounter.",
    (context) => {
      const reference = context.message.handling.senderReference;
      return handlingBreach(context, isText(reference) && !/^none$/i.test(reference ?? ""));
    },
    { responseCode: "10007", issueCode: "processing" },
  ),
  rule(
    { itk: "FHIR-SR-03" },
    "SenderReference is missing or longer than 255 characters.",
    (context) => {
      const reference = context.message.handling.senderReference;
      return handlingBreach(context, reference !== undefined && reference.length <= 255);
    },
    { responseCode: "10007", issueCode: "processing" },
  ),
  rule(
    { cs: "047", oc: "146", ge: "273", scal: "GPCM-SD-043" },
    "MessageDefinition is not that of GP Connect Send Document.",
    (context) => {
      const name = context.message.handling.messageDefinition;
      return handlingBreach(
        context,
        name === messageDefinitions.sendDocument || name === messageDefinitions.sendDocumentInstance,
      );
    },
    { responseCode: "10004", issueCode: "processing", alsoShows: ["FHIR-SR-05"] },
  ),
  rule(
    { cs: "048", oc: "147", ge: "274", scal: "GPCM-SD-044" },
    "LocalExtension is not that of the use case.",
    (context) => {
      const found = context.message.handling.localExtension ?? "";
      const holds = context.generation === 2 ? /^none$/i.test(found) : found === localExtensions[context.useCase];
      return handlingBreach(context, holds);
    },
    { ...handling, alsoShows: ["FHIR-SR-06"] },
  ),
  rule(
    { cs: "049", oc: "148", ge: "275", scal: "GPCM-SD-045" },
    "MessageHeader.sender does not lead to an Organization of the ITK3 header profile in the message bundle.",
    ({ message }) => {
      const { sender } = message;
      const holds = sender?.resourceType === "Organization" && hasProfile(sender, profiles.headerOrganization);
      return unless(holds, message.header, "sender");
    },
  ),
  rule(
    { cs: "050", oc: "149", ge: "276", scal: "GPCM-SD-046" },
    "MessageHeader.source.endpoint holds no mailbox id.",
    ({ message }) => {
      const endpoint = message.sourceMailbox?.replace(/^urn:nhs-uk:addressing:mesh:/, "") ?? "";
      return unless(/^[A-Za-z0-9_-]{1,100}$/.test(endpoint), message.header, "source");
    },
  ),
  rule(
    { cs: "051", oc: "150", ge: "277", scal: "GPCM-SD-047" },
    "MessageHeader.event is not ITK007C of ITK-MessageEvent-2.",
    ({ message }) => {
      const { event } = message.header;
      return unless(
        event?.code === events.sendDocument.code && event.system === systems.messageEvent,
        message.header,
        "event",
      );
    },
    { issueCode: "code-invalid" },
  ),
  rule(
    { cs: "052", oc: "151", ge: "278", scal: "GPCM-SD-048" },
    "MessageHeader.timestamp is missing.",
    ({ message }) => unless(isText(message.header.timestamp), message.header, "timestamp"),
    { issueCode: "required" },
  ),
  rule(
    { cs: "053", oc: "152", ge: "279" },
    "MessageHeader names a destination or receiver.",
    ({ message: { header } }) => [
      ...unless(header.destination === undefined, header, "destination"),
      ...unless(header.receiver === undefined, header, "receiver"),
    ],
    { issueCode: "structure" },
  ),
  rule(
    { scal: "GPCM-SD-049" },
    "MessageHeader names a receiver.",
    ({ message: { header } }) => unless(header.receiver === undefined, header, "receiver"),
    { severity: "warning", issueCode: "structure" },
  ),
  rule(
    { core: "001", scal: "GPCM-SD-103" },
    "MessageHeader.focus does not lead to a Bundle of the ITK3 document profile.",
    ({ message }) => {
      const focused = referencesOf(message.bundle).candidates(message.header.focus?.[0]);
      const holds = focused.some(
        (resource) => resource.resourceType === "Bundle" && hasProfile(resource, profiles.documentBundle),
      );
      return unless(holds, message.header, "focus");
    },
    { issueCode: "structure" },
  ),
];

/** Extension-ITK-MessageHandling-2: every part exactly once, of its own type (both of a document and of a response). */
const parts: readonly (readonly [url: string, value: string, responseCode: string])[] = [
  ["BusAckRequested", "valueBoolean", "10003"],
  ["InfAckRequested", "valueBoolean", "10002"],
  ["RecipientType", "valueCoding", "10010"],
  ["MessageDefinition", "valueReference", "10004"],
  ["SenderReference", "valueString", "10007"],
];

export const handlingRules: readonly Rule[] = [
  {
    numbers: { own: "ITK-MessageHeader-2:extension" },
    severity: "error",
    ...handling,
    text: "MessageHeader does not hold the ITK3 message handling extension exactly once.",
    breaches: ({ message: { header } }) => {
      const first = handlingExtension(header);
      const count = (header.extension ?? []).filter((extension) => extension.url === first?.url).length;
      return unless(first !== undefined && count === 1, header, "extension");
    },
  },
  ...parts.map(([url, value, responseCode]): Rule => ({
    numbers: { own: `Extension-ITK-MessageHandling-2:${url}` },
    severity: "error",
    responseCode,
    issueCode: "processing",
    text: `The message handling extension does not hold ${url} exactly once, as ${value}.`,
    breaches: ({ message: { header } }) => {
      const extension = handlingExtension(header);
      if (extension === undefined) return none;
      const found = (extension.extension ?? []).filter((part) => part.url === url);
      return unless(found.length === 1 && found[0] !== undefined && value in found[0], extension);
    },
  })),
  {
    numbers: { own: "Extension-ITK-MessageHandling-2:LocalExtension" },
    severity: "error",
    ...handling,
    text: "The message handling extension does not hold LocalExtension exactly once, with a value.",
    breaches: ({ message: { header } }) => {
      const extension = handlingExtension(header);
      if (extension === undefined) return none;
      const found = (extension.extension ?? []).filter((part) => part.url === "LocalExtension");
      const holds = found.length === 1 && Object.keys(found[0] ?? {}).some((name) => /^value|^extension$/.test(name));
      return unless(holds, extension);
    },
  },
  {
    numbers: { own: "Extension-ITK-MessageHandling-2:RecipientType.coding" },
    severity: "error",
    responseCode: "10010",
    issueCode: "processing",
    text: "RecipientType is not a coding of ITK-RecipientType-1 with its display.",
    breaches: ({ message: { header, handling: found } }) => {
      const part = handlingExtension(header)?.extension?.find((extension) => extension.url === "RecipientType");
      const coding = part?.valueCoding;
      if (part === undefined || coding === undefined || found.recipientType === undefined) return none;
      const holds = coding.system === systems.recipientType && coding.display === recipientTypes[found.recipientType];
      return unless(holds, coding);
    },
  },
];
