// By what a message is known again: a digest of each header that says something of it, so that no note names a patient.

import { createHash } from "node:crypto";
import type { MexHeaders } from "@restante/mesh";

/** By the name of the header. */
export type MessageMarks = Readonly<Record<string, string>>;

const marking: readonly (keyof MexHeaders)[] = [
  "messageId",
  "from",
  "to",
  "workflowId",
  "localId",
  "subject",
  "fileName",
  "checksum",
  "statusTimestamp",
  "totalChunks",
];

export function marksOf(headers: MexHeaders): MessageMarks {
  return Object.fromEntries(
    marking.flatMap((header) => {
      const text = headers[header];
      return text === undefined ? [] : [[header, shortDigest(text)]];
    }),
  );
}

/** Whether nothing that both say differs. Not every server says with each chunk what it says with the first. */
export function isSame(one: MessageMarks, other: MessageMarks): boolean {
  return Object.entries(one).every(([header, mark]) => other[header] === undefined || other[header] === mark);
}

/** As `isSame`, and something besides the id shows it: an id alone may have come to stand for another message. */
export function isKnownAgain(one: MessageMarks, other: MessageMarks): boolean {
  return isSame(one, other) && Object.keys(one).some((header) => header !== "messageId" && header in other);
}

/** SHA-256, in 32 hexadecimal digits. */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
