import type { TaskAttachment } from "@restante/practice";
import { type DocumentLink, documentLink } from "./file-response.ts";

/** A message may carry thousands: a page shows so many of them at a time. */
export const documentsPerPage = 50;
/** Pictures of so many bytes are drawn in one page; those that follow are opened by themselves. */
const mostDrawn = 40_000_000;

/** What a page shows of the documents of a message. */
export interface DocumentsShown {
  /** The report itself, shown in the page. */
  report?: DocumentLink;
  others: ListedDocument[];
  /** How many others there are, of which the page begins with this one, from 0. */
  total: number;
  from: number;
  earlier?: number;
  later?: number;
}

/** `apart`: a picture that is not drawn in the list, since those before it are as much as a page draws. */
export type ListedDocument = DocumentLink & { apart?: true };

function drawnWithin(list: readonly DocumentLink[], most: number): ListedDocument[] {
  let drawn = 0;
  return list.map((document) => {
    if (document.shown !== "image") return document;
    if (drawn + document.bytes > most) return { ...document, apart: true };
    drawn += document.bytes;
    return document;
  });
}

export function documentsShown(base: string, attachments: readonly TaskAttachment[], asked = 0): DocumentsShown {
  const link = (index: number): DocumentLink | undefined => {
    const attachment = attachments[index];
    return attachment && documentLink(base, attachment, index);
  };
  const primary = link(attachments.findIndex((attachment) => attachment.primary));
  const report = primary?.shown === "pdf" ? primary : undefined;
  const indexes = [...attachments.keys()].filter((index) => report === undefined || !attachments[index]?.primary);
  const from = asked < indexes.length ? asked - (asked % documentsPerPage) : 0;
  const to = from + documentsPerPage;
  return {
    ...(report && { report }),
    others: drawnWithin(
      indexes.slice(from, to).flatMap((index) => link(index) ?? []),
      mostDrawn,
    ),
    total: indexes.length,
    from,
    ...(from > 0 && { earlier: from - documentsPerPage }),
    ...(to < indexes.length && { later: to }),
  };
}
