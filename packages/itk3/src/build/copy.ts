import { placeOf, problemList } from "../input/problems.ts";
import { all, between, fields, isRecord, optional, type Shape } from "../input/shapes.ts";
import { callable, oneOf, primitive, text, time } from "../input/values.ts";
import { recipientTypes } from "../names.ts";
import { resourceDefinition } from "../stu3/element-table.ts";
import type { Extension, MessageHeader, Resource } from "../stu3/types.ts";
import { writeXml } from "../xml/write-resource.ts";
import type { BuiltMessage, Envelope } from "./build-document.ts";
import { idsOf } from "./allotted.ts";
import { bundle, instant, referenceTo } from "./entry.ts";
import { addressFor, type Recipient, recipientShapes, tellUnsuited } from "./recipient.ts";
import { refuseNonconforming } from "./refuse-nonconforming.ts";
import { tellUnfit } from "./tell-unfit.ts";

export interface CopyInput extends Recipient {
  now: Date;
  ids?: () => string;
  headerId?: string;
}

const inputShape = fields<CopyInput>({
  ...recipientShapes,
  now: time,
  ids: optional(callable),
  headerId: optional(primitive("id")),
});

const envelopeShape = fields<Envelope>({
  workflowId: text,
  ackWorkflowId: text,
  subject: text,
  apiSubject: text,
  localId: text,
  to: text,
  registeredPractice: text,
  fileName: text,
});

/** The three entries of a message that a builder made. */
const entryTypes = ["MessageHeader", "Organization", "Bundle"] as const;

const builtBundle: Shape = (value, at) => {
  const definition = resourceDefinition("Bundle");
  const entries = isRecord(value) && value["resourceType"] === "Bundle" ? value["entry"] : undefined;
  const types = Array.isArray(entries) ? entries.slice(0, entryTypes.length).map(typeOf) : [];
  if (!isRecord(value) || definition === undefined || entryTypes.some((type, index) => types[index] !== type)) {
    return at.tell("is none that was built here: only such a document can be copied");
  }
  tellUnfit(definition, value, at);
};

function typeOf(entry: unknown): unknown {
  const resource = isRecord(entry) ? entry["resource"] : undefined;
  return isRecord(resource) ? resource["resourceType"] : undefined;
}

const originalShape = fields<Pick<BuiltMessage, "useCase" | "generation" | "bundle" | "envelope">>({
  useCase: oneOf("consultation-summary", "online-consultation", "generic"),
  generation: oneOf(1, 2),
  bundle: builtBundle,
  envelope: envelopeShape,
});

function copyShape({ useCase, generation }: Partial<BuiltMessage>): Shape {
  const suits = between<CopyInput>(["recipientType", "recipientMailbox"], (input, at) => {
    if (useCase !== undefined && generation !== undefined) tellUnsuited(useCase, generation, input, at);
  });
  return all(inputShape, suits);
}

/**
 * The same document in a message of its own, for another recipient: new message Bundle and MessageHeader ids, the
 * identical document Bundle (ITK3 FHIR-MR-01). An escalation is no copy: it is a new document with the composition
 * identifier of the old.
 *
 * @throws Itk3Error `input-invalid` where `original` is no document, or not one that may be copied for this recipient
 */
export function copyFor(original: BuiltMessage, input: CopyInput): BuiltMessage {
  const problems = problemList();
  originalShape(original, placeOf(problems, "original"));
  const at = placeOf(problems);
  copyShape(problems.listed.length === 0 ? original : {})(input, at);
  problems.refuse();
  const ids = idsOf(input.ids, at);
  const [header, sender, document] = (original.bundle.entry ?? []).map(({ resource }) => resource) as [
    Extract<Resource, { resourceType: "MessageHeader" }>,
    Extract<Resource, { resourceType: "Organization" }>,
    Extract<Resource, { resourceType: "Bundle" }>,
  ];
  const id = input.headerId ?? ids();
  const organisation = { ...sender, id: ids() };
  const copied: MessageHeader = {
    ...header,
    id,
    extension: (header.extension ?? []).map((extension) => withRecipient(extension, input.recipientType)),
    sender: referenceTo(organisation),
    timestamp: instant(input.now),
  };
  const message = bundle("message", ids(), ids(), [copied, organisation, document]);
  problems.refuse();
  const { useCase, generation, envelope: first } = original;
  const envelope = { ...first, to: addressFor(input, first.registeredPractice), fileName: `${id}.xml` };
  refuseNonconforming(message, { envelope, generation, useCase }, new Map());
  return { ...original, xml: writeXml(message), bundle: message, headerId: id, envelope };
}

function withRecipient(handling: Extension, code: CopyInput["recipientType"]): Extension {
  const parts = (handling.extension ?? []).map((part) => {
    if (part.url !== "RecipientType" || part.valueCoding === undefined) return part;
    return { url: part.url, valueCoding: Object.assign({}, part.valueCoding, { code, display: recipientTypes[code] }) };
  });
  return Object.assign({}, handling, { extension: parts });
}
