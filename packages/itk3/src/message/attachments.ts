import { primitiveFault } from "../stu3/primitives.ts";
import type { Attachment as StoredAttachment, Composition, CompositionSection, Resource } from "../stu3/types.ts";
import type { Attachment } from "./model.ts";
import type { References } from "./references.ts";
import { sectionsOf } from "./sections.ts";

/**
 * The documents that the sections of a composition lead to: Binary resources, and the contents of DocumentReferences.
 * Where several resources share an id (a published example does this), each reference to it takes the next of them.
 */
export function readAttachments(composition: Composition | undefined, references: References): Attachment[] {
  const found: Attachment[] = [];
  const used = new Set<Resource>();
  for (const section of sectionsOf(composition)) {
    for (const reference of section.entry ?? []) {
      const candidates = references.candidates(reference);
      const resource = candidates.find((candidate) => !used.has(candidate)) ?? candidates[0];
      if (resource === undefined || used.has(resource)) continue;
      used.add(resource);
      // One by one: a call takes only so many arguments, and a DocumentReference has as many contents as its sender likes.
      for (const content of contentsOf(resource, section, references, used)) found.push(content);
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
): Attachment[] {
  const { title } = section;
  if (resource.resourceType === "Binary") {
    return [stored(resource.id, title, resource.contentType, resource.content, [section, resource])];
  }
  if (resource.resourceType !== "DocumentReference") return [];
  return (resource.content ?? []).flatMap((content) => {
    const { attachment } = content;
    if (attachment?.data !== undefined) return [inline(resource.id, title, attachment, [section, content])];
    const target = attachment?.url === undefined ? undefined : references.resolve({ reference: attachment.url });
    if (target?.resourceType !== "Binary" || used.has(target)) return [];
    used.add(target);
    const sources = [section, content, target];
    return [stored(target.id, attachment?.title ?? title, target.contentType, target.content, sources)];
  });
}

function inline(
  id: string | undefined,
  title: string | undefined,
  attachment: StoredAttachment,
  sources: readonly object[],
): Attachment {
  return stored(id, attachment.title ?? title, attachment.contentType, attachment.data, sources);
}

function stored(
  id: string | undefined,
  title: string | undefined,
  contentType: string | undefined,
  content: string | undefined,
  sources: readonly object[],
): Attachment {
  let intact: boolean | undefined;
  return {
    id,
    title,
    contentType: contentType ?? "application/octet-stream",
    bytes: () => Buffer.from(content ?? "", "base64"),
    get intact() {
      intact ??= primitiveFault("base64Binary", content ?? "") === undefined;
      return intact;
    },
    primary: false,
    sources,
  };
}
