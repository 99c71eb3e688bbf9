import { randomUUID } from "node:crypto";
import { Itk3Error } from "../errors.ts";
import { recipientTypes } from "../names.ts";
import type { Extension, MessageHeader } from "../stu3/types.ts";
import { writeXml } from "../xml/write-resource.ts";
import type { BuiltMessage } from "./build-document.ts";
import { bundle, instant, referenceTo } from "./entry.ts";
import { addressFor, type Recipient, refuseRecipient } from "./recipient.ts";
import { refuseNonconforming } from "./refuse-nonconforming.ts";
import { refuseHeaderId, refuseNow } from "./refuse-invalid.ts";

export interface CopyInput extends Recipient {
  now: Date;
  ids?: () => string;
  headerId?: string;
}

/**
 * The same document in a message of its own, for another recipient: new message Bundle and MessageHeader ids, the
 * identical document Bundle (ITK3 FHIR-MR-01). An escalation is no copy: it is a new document with the composition
 * identifier of the old.
 *
 * @throws Itk3Error `input-invalid` where `original` is no document, or not one that may be copied for this recipient
 */
export function copyFor(original: BuiltMessage, input: CopyInput): BuiltMessage {
  refuseRecipient(original.useCase, original.generation, input);
  refuseNow(input.now);
  if (input.headerId !== undefined) refuseHeaderId(input.headerId);
  const ids = input.ids ?? randomUUID;
  const [header, sender, document] = (original.bundle.entry ?? []).map(({ resource }) => resource);
  if (
    header?.resourceType !== "MessageHeader" ||
    sender?.resourceType !== "Organization" ||
    document?.resourceType !== "Bundle"
  ) {
    throw new Itk3Error("input-invalid", "Only a document that was built here can be copied.");
  }
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
  const { useCase, generation, envelope: first } = original;
  const envelope = { ...first, to: addressFor(input, first.registeredPractice), fileName: `${id}.xml` };
  refuseNonconforming(message, { envelope, generation, useCase });
  return { ...original, xml: writeXml(message), bundle: message, headerId: id, envelope };
}

function withRecipient(handling: Extension, code: CopyInput["recipientType"]): Extension {
  const parts = (handling.extension ?? []).map((part) => {
    if (part.url !== "RecipientType" || part.valueCoding === undefined) return part;
    return { url: part.url, valueCoding: Object.assign({}, part.valueCoding, { code, display: recipientTypes[code] }) };
  });
  return Object.assign({}, handling, { extension: parts });
}
