import { Buffer } from "node:buffer";
import { profiles } from "../../names.ts";
import type { Attachment, DocumentReference, Reference } from "../../stu3/types.ts";
import { refuseFile } from "../refuse-file.ts";
import { type Concept, concept, given, maybe, period, type PeriodInput } from "./pieces.ts";
import { type DocumentParts, identity, section, type StructuredSection } from "./parts.ts";

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
  return section(
    "Documents",
    inputs.map((input) => documentReference(parts, input)),
  );
}

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
  const { title, contentType } = content;
  const named = given({ contentType, title });
  if ("url" in content) return { ...named, url: content.url };
  if ("attachment" in content) return { ...named, ...given({ url: content.attachment.reference }) };
  const { bytes } = content;
  refuseFile("contents", content);
  return { ...named, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") };
}
