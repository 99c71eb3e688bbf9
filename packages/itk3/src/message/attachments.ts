import { primitiveFault } from "../stu3/primitives.ts";
import type {
  Attachment as StoredAttachment,
  Binary,
  Bundle,
  Composition,
  CompositionSection,
  Resource,
} from "../stu3/types.ts";
import type { Attachment } from "./model.ts";
import type { References } from "./references.ts";
import { sectionsOf } from "./sections.ts";
import { addressLength, type FileDescription, wholeFile } from "./whole-file.ts";

/** What holds the content of an attachment, and that content as it came. */
export interface AttachmentHolder {
  element: object;
  path: "content" | "data";
  content: string;
}

const holders = new WeakMap<Attachment, AttachmentHolder>();

export function holderOf(attachment: Attachment): AttachmentHolder | undefined {
  return holders.get(attachment);
}

/**
 * The documents that the sections of a composition lead to: Binary resources, and the contents of DocumentReferences.
 * Where several resources share an id (a published example does this), each reference to it takes the next of them.
 */
export function readAttachments(
  composition: Composition | undefined,
  references: References,
  document?: Bundle,
): Attachment[] {
  const found: Attachment[] = [];
  const descriptionsOf = describedIn(document, references);
  const used = new Set<Resource>();
  for (const section of sectionsOf(composition)) {
    for (const reference of section.entry ?? []) {
      const candidates = references.candidates(reference);
      const resource = candidates.find((candidate) => !used.has(candidate)) ?? candidates[0];
      if (resource === undefined || used.has(resource)) continue;
      used.add(resource);
      // One by one: a call takes only so many arguments, and a DocumentReference has as many contents as its sender likes.
      for (const content of contentsOf(resource, section, references, used, descriptionsOf)) found.push(content);
    }
  }
  const [first] = found;
  if (first !== undefined) first.primary = true;
  return found;
}

function contentsOf(
  resource: Resource,
  section: CompositionSection,
  references: References,
  used: Set<Resource>,
  descriptionsOf: DescriptionsOf,
): Attachment[] {
  const { title } = section;
  if (resource.resourceType === "Binary") return [ofBinary(resource, title, descriptionsOf, [section])];
  if (resource.resourceType !== "DocumentReference") return [];
  return (resource.content ?? []).flatMap((content) => {
    const { attachment } = content;
    if (attachment?.data !== undefined) return [inline(resource.id, title, attachment, [section, content])];
    const target = attachment?.url === undefined ? undefined : references.resolve({ reference: attachment.url });
    if (target?.resourceType !== "Binary" || used.has(target)) return [];
    used.add(target);
    return [ofBinary(target, attachment?.title ?? title, descriptionsOf, [section, content])];
  });
}

type DescriptionsOf = (binary: Binary) => readonly FileDescription[];

/** What the DocumentReferences of a document say of its Binaries: gathered when it is first asked for, which is rare. */
function describedIn(document: Bundle | undefined, references: References): DescriptionsOf {
  let known: Map<Resource, FileDescription[]> | undefined;
  const gather = (): Map<Resource, FileDescription[]> => {
    const descriptions = new Map<Resource, FileDescription[]>();
    for (const { resource } of document?.entry ?? []) {
      if (resource?.resourceType !== "DocumentReference") continue;
      for (const { attachment } of resource.content ?? []) {
        if (attachment?.url === undefined) continue;
        for (const target of references.candidates({ reference: attachment.url })) {
          const held = descriptions.get(target);
          if (held === undefined) descriptions.set(target, [attachment]);
          else held.push(attachment);
        }
      }
    }
    return descriptions;
  };
  return (binary) => (known ??= gather()).get(binary) ?? [];
}

function ofBinary(
  binary: Binary,
  title: string | undefined,
  descriptionsOf: DescriptionsOf,
  ways: readonly object[],
): Attachment {
  const { id, contentType, content } = binary;
  const holder = { element: binary, path: "content" } as const;
  const sources = [...ways, binary];
  return stored({ id, title, contentType, content, holder, sources, descriptions: () => descriptionsOf(binary) });
}

function inline(
  id: string | undefined,
  title: string | undefined,
  attachment: StoredAttachment,
  sources: readonly object[],
): Attachment {
  return stored({
    id,
    title: attachment.title ?? title,
    contentType: attachment.contentType,
    content: attachment.data,
    holder: { element: attachment, path: "data" },
    sources,
    descriptions: () => [attachment],
  });
}

interface Stored {
  id: string | undefined;
  title: string | undefined;
  contentType: string | undefined;
  content: string | undefined;
  holder: Omit<AttachmentHolder, "content">;
  sources: readonly object[];
  descriptions: () => readonly FileDescription[];
}

function stored({ id, title, contentType = "application/octet-stream", content = "", ...rest }: Stored): Attachment {
  let state: "whole" | "repaired" | "damaged" | undefined;
  const repair = (): Uint8Array | undefined => wholeFile(content, contentType, rest.descriptions());
  const stateNow = (): typeof state => {
    if (primitiveFault("base64Binary", content) === undefined) return "whole";
    return repair() === undefined ? "damaged" : "repaired";
  };
  const attachment: Attachment = {
    id,
    title,
    contentType,
    // What lacks its padding alone is decoded to the same without a repair.
    bytes: () => (addressLength(content) > 0 ? repair() : undefined) ?? Buffer.from(content, "base64"),
    get intact() {
      return (state ??= stateNow()) !== "damaged";
    },
    get repaired() {
      return (state ??= stateNow()) === "repaired";
    },
    primary: false,
    sources: rest.sources,
  };
  holders.set(attachment, { ...rest.holder, content });
  return attachment;
}
