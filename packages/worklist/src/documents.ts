import type { TaskAttachment } from "@restante/practice";
import { type DocumentLink, documentLink } from "./file-response.ts";

/** A message may carry thousands: a page shows so many of them at a time. */
export const documentsPerPage = 50;

/** What a page shows of the documents of a message. */
export interface DocumentsShown {
  /** The report itself, shown in the page. */
  report?: DocumentLink;
  others: DocumentLink[];
  /** How many others there are, of which the page begins with this one, from 0. */
  total: number;
  from: number;
  earlier?: number;
  later?: number;
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
    others: indexes.slice(from, to).flatMap((index) => link(index) ?? []),
    total: indexes.length,
    from,
    ...(from > 0 && { earlier: from - documentsPerPage }),
    ...(to < indexes.length && { later: to }),
  };
}
