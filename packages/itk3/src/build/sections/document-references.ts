import { Buffer } from "node:buffer";
import { profiles } from "../../names.ts";
import type { Attachment, DocumentReference, Reference } from "../../stu3/types.ts";
import { fields, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { bytes, instant, mediaType, oneOf, primitive, text, uri } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Concept, concept, given, maybe, period, type PeriodInput } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** Where the document is: here, in an attachment of the message (`parts.attachments`), or at an address. */
export type DocumentContent = { title?: string } & (
  | { contentType: string; bytes: Uint8Array }
  | { contentType?: string; attachment: Reference }
  | { contentType?: string; url: string }
);

export interface DocumentReferenceInput {
  status: "current" | "superseded" | "entered-in-error";
  /** SHOULD be of SNOMED CT reference set 1127551000000109; others as text (GPCM-SD-OC-083). */
  type: Concept;
  /** An instant: when it was filed (FHIR STU3, DocumentReference.indexed). */
  indexed: string;
  /** At least one (GPCM-SD-OC-086). */
  contents: readonly DocumentContent[];
  /** GPCM-SD-OC-085. */
  authors?: readonly Reference[];
  description?: string;
  /** When what it tells of took place (GPCM-SD-OC-087, with the encounter of the document). */
  period?: PeriodInput;
}

/**
 * Documents, described (GPCM-SD-OC-082 to 087).
 *
 * @throws Itk3Error `input-invalid`
 */
export function documentReferenceSection(
  parts: DocumentParts,
  inputs: readonly DocumentReferenceInput[],
): StructuredSection {
  return sectionOf({ title: "Documents", name: "documents", entry }, parts, inputs, (input) =>
    documentReference(parts, input),
  );
}

const title = optional(text);
const contentType = optional(primitive("code"));
const inMessage = fields<{ title?: string; contentType: string; bytes: Uint8Array }>({
  title,
  contentType: mediaType,
  bytes,
});
const asAttachment = fields<{ title?: string; contentType?: string; attachment: Reference }>({
  title,
  contentType,
  attachment: reference(),
});
const elsewhere = fields<{ title?: string; contentType?: string; url: string }>({ title, contentType, url: uri });

const contentShape: Shape = (value, at) => {
  if (!isRecord(value)) return at.tell(value === undefined ? "must be given" : "must be an object");
  if ("url" in value) return elsewhere(value, at);
  if ("attachment" in value) return asAttachment(value, at);
  return inMessage(value, at);
};

const entry = fields<DocumentReferenceInput>({
  status: oneOf("current", "superseded", "entered-in-error"),
  type: shapes.concept,
  indexed: instant,
  contents: list(contentShape, { least: 1 }),
  authors: optional(list(reference())),
  description: optional(text),
  period: optional(shapes.period),
});

function documentReference(parts: DocumentParts, input: DocumentReferenceInput): DocumentReference {
  const context = given({ encounter: parts.encounter, period: maybe(input.period, period) });
  return {
    resourceType: "DocumentReference",
    ...identity(parts, profiles.documentReference),
    status: input.status,
    type: concept(input.type),
    subject: parts.patient,
    indexed: input.indexed,
    content: input.contents.map((content) => ({ attachment: attachment(content) })),
    ...given({ author: input.authors?.slice(), description: input.description }),
    ...(Object.keys(context).length === 0 ? {} : { context }),
  };
}

function attachment(content: DocumentContent): Attachment {
  const named = given({ contentType: content.contentType, title: content.title });
  if ("url" in content) return { ...named, url: content.url };
  if ("attachment" in content) return { ...named, ...given({ url: content.attachment.reference }) };
  const { buffer, byteOffset, byteLength } = content.bytes;
  return { ...named, data: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
}
