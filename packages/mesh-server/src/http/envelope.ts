// What a sender says of a message, read from the headers and checked in the order of the reference, Errors.

import {
  type ChunkRange,
  decodeHeaderText,
  hasControlCharacter,
  headerLimits,
  headerNames,
  isChecksumText,
  isRoutingAddress,
  type MailboxId,
  type MexHeaders,
  parseChunkRange,
  parseRoutingAddress,
  readMexHeaders,
} from "@restante/mesh";
import type { IncomingHttpHeaders } from "node:http";

import type { MessageDetails } from "../message.ts";
import type { Mailbox, Registry } from "../registry.ts";
import { fieldMissing, fieldTooLong, Refusal } from "./refusal.ts";

export interface Envelope {
  /** A mailbox, or an address that is to be routed: a patient detail. */
  to: { recipientId: MailboxId } | { routingAddress: string };
  workflowId: string;
  totalChunks: number;
  details: MessageDetails;
}

/** @throws {Refusal} */
export function readEnvelope(headers: IncomingHttpHeaders, sender: Mailbox, registry: Registry): Envelope {
  const mex = readMexHeaders(headers);
  const contentType = decodeHeaderText(headers["content-type"] ?? "");
  checkText(mex, contentType);
  const to = mex.to ?? "";
  if (to === "") throw new Refusal("recipient-blank");
  checkLengths(mex);
  const contentEncoding = readContentEncoding(headers);
  if (!isChecksumText(mex.checksum ?? "")) throw new Refusal("checksum-wrong");
  if ((mex.from ?? "") !== "" && mex.from?.toUpperCase() !== sender.mailboxId) throw new Refusal("from-mismatch");
  if ((mex.messageType ?? "") !== "" && mex.messageType?.toUpperCase() !== "DATA") {
    throw new Refusal("message-type-wrong");
  }
  const totalChunks = readFirstRange(mex.chunkRange);
  const workflowId = mex.workflowId ?? "";
  return {
    to: readRecipient(to, workflowId, sender, registry),
    workflowId,
    totalChunks,
    details: readDetails(mex, contentType, contentEncoding),
  };
}

/** Undefined if the body is as it is. @throws {Refusal} `encoding-unsupported` */
export function readContentEncoding(headers: IncomingHttpHeaders): string | undefined {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return undefined;
  if (encoding !== "gzip") throw new Refusal("encoding-unsupported");
  return encoding;
}

/** What a header says of a chunk, if it says anything. @throws {Refusal} `chunk-range-wrong` */
export function readRange(text: string | undefined): ChunkRange | undefined {
  if (text === undefined || text === "") return undefined;
  const range = parseChunkRange(text);
  if (range === undefined || range.chunk > range.total) throw new Refusal("chunk-range-wrong");
  return range;
}

function readFirstRange(text: string | undefined): number {
  const range = readRange(text);
  if (range === undefined) return 1;
  if (range.chunk !== 1) throw new Refusal("chunk-range-wrong");
  return range.total;
}

function checkText(mex: MexHeaders, contentType: string): void {
  const linked = [mex.to, mex.workflowId, mex.checksum].some((value) => /https?:\/\//i.test(value ?? ""));
  const controlled = [...Object.values(mex), contentType].some(
    (value: unknown) => typeof value === "string" && hasControlCharacter(value),
  );
  if (linked || controlled) throw new Refusal("header-malformed");
}

function checkLengths(mex: MexHeaders): void {
  const problems = [];
  if ((mex.workflowId ?? "") === "") problems.push(fieldMissing("header", headerNames.workflowId));
  for (const [name, limit] of Object.entries(headerLimits) as [keyof MexHeaders, number][]) {
    if ((mex[name]?.length ?? 0) > limit) problems.push(fieldTooLong(headerNames[name], limit));
  }
  if (problems.length > 0) throw new Refusal("request-invalid", { problems });
}

function readRecipient(to: string, workflowId: string, sender: Mailbox, registry: Registry): Envelope["to"] {
  if (isRoutingAddress(to)) {
    // Reference, Errors: fewer than four parts, or a workflow that may not use it, is refused at once.
    if (parseRoutingAddress(to) === undefined || !registry.mayRoute(workflowId)) throw new Refusal("unknown-recipient");
    checkSender(sender, workflowId, registry);
    return { routingAddress: to };
  }
  const recipient = registry.find(to);
  if (recipient === undefined) throw new Refusal("unknown-recipient");
  checkSender(sender, workflowId, registry);
  if (!registry.mayReceive(recipient, workflowId)) throw new Refusal("workflow-not-registered");
  return { recipientId: recipient.mailboxId };
}

function checkSender(sender: Mailbox, workflowId: string, registry: Registry): void {
  if (!registry.hasWorkflow(workflowId)) throw new Refusal("workflow-not-registered");
  if (!registry.maySend(sender, workflowId)) throw new Refusal("sender-not-allowed");
}

function readDetails(mex: MexHeaders, contentType: string, contentEncoding: string | undefined): MessageDetails {
  const details: Record<keyof MessageDetails, string | undefined> = {
    subject: mex.subject,
    localId: mex.localId,
    fileName: mex.fileName,
    partnerId: mex.partnerId,
    checksum: mex.checksum,
    compressed: mex.compressed,
    encrypted: mex.encrypted,
    contentType: mex.contentType ?? contentType,
    contentEncoding,
  };
  // The reference: empty headers are left out of what is delivered.
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined && value !== ""));
}
