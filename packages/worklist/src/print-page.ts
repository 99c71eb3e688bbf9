import type { TaskAttachment } from "@restante/practice";
import { numberIn, refusal, type Reply } from "@restante/web";
import { documentLink } from "./file-response.ts";
import type { WorklistSite } from "./site.ts";
import { refusals } from "./words/refusals.ts";

interface PrintedOf {
  /** Whose document it is, in a sentence. */
  of: "task" | "report";
  number: number;
  /** Of its page. */
  address: string;
}

/**
 * Shows the document that an address names by its number, alone on a page that is there to be printed. A browser offers the
 * page's title as the name of a file, so that is made of ids, like the names of downloaded files.
 */
export function showToPrint(
  site: WorklistSite,
  reply: Reply,
  attachments: readonly TaskAttachment[],
  { of, number, address }: PrintedOf,
): Promise<void> {
  const index = numberIn(reply.request.params as Readonly<Record<string, unknown>>, "index");
  const attachment = index === undefined ? undefined : attachments[index];
  if (index === undefined || attachment === undefined) throw refusal(404, refusals[`no-attachment-of-${of}`]);
  const document = documentLink(address, attachment, index);
  if (document.shown === undefined) throw refusal(404, refusals["not-printed-here"]);
  return site.show(reply, "print", { document, name: `Document ${index + 1} of ${of} ${number}` });
}
