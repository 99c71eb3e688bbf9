import { isMessageId, type MessageId, type MexHeaders } from "@restante/mesh";
import { readTime } from "./read-time.ts";

/**
 * What a report says (MESH API, Asynchronous error reporting): a message that this mailbox sent, and that was accepted, did
 * not come to its end. It has no body, and is in the inbox like any message, to be acknowledged like one; it comes later
 * than the answer to the send, by days where nobody collected the message.
 */
export interface MeshReport {
  /** The message it is about: the id that `send` gave. Undefined where the server does not say. */
  readonly linkedMessageId: MessageId | undefined;
  /** The step that failed, such as SEND. A code means nothing without it. */
  readonly event: string | undefined;
  /** Such as `14`: not collected within 5 days. */
  readonly code: string | undefined;
  /** The server's words: they may quote what was sent. */
  readonly description: string | undefined;
  readonly at: Date | undefined;
  /** Of the message it is about, as are the others. */
  readonly workflowId: string | undefined;
  /** The intended receiver: a mailbox id, or a bare `GPPROVIDER`. */
  readonly to: string | undefined;
  /** Given by the sender; may name a patient, as may subject and file name. */
  readonly localId: string | undefined;
  readonly subject: string | undefined;
  readonly fileName: string | undefined;
}

/** Undefined if the headers are not those of a report. */
export function readReport(headers: MexHeaders): MeshReport | undefined {
  if (headers.messageType?.toUpperCase() !== "REPORT") return undefined;
  const { linkedMessageId: linked = "" } = headers;
  return {
    linkedMessageId: isMessageId(linked) ? linked : undefined,
    event: headers.statusEvent?.toUpperCase(),
    code: headers.statusCode,
    description: headers.statusDescription,
    at: readTime(headers.statusTimestamp),
    workflowId: headers.workflowId,
    to: headers.to,
    localId: headers.localId,
    subject: headers.subject,
    fileName: headers.fileName,
  };
}
