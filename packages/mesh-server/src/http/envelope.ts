// What a sender says of a message, read from the headers and checked in the order of the reference, Errors.

import {
  type ChunkRange,
  decodeHeaderText,
  hasControlCharacter,
  headerNames,
  isChecksumText,
  isLatin1HeaderText,
  isRoutingAddress,
  latin1Headers,
  type MailboxId,
  type MexHeaders,
  parseChunkRange,
  parseRoutingAddress,
  readMexHeaders,
} from "@restante/mesh";
import type { IncomingHttpHeaders } from "node:http";

import type { DetailText, MessageDetails } from "../message.ts";
import type { Mailbox, Registry } from "../registry.ts";
import { messageHeaders, requireValid } from "./parameters.ts";
import { type FieldProblem, fieldWrong, Refusal } from "./refusal.ts";

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
  // A header that is not there is the API's validation error; one that says nothing has its own code.
  if (mex.to === "") throw new Refusal("recipient-blank");
  checkLengths(mex, contentType);
  const to = mex.to ?? "";
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
    details: readDetails(headers, mex, contentEncoding),
  };
}

/** Undefined if the body is as it is. @throws {Refusal} `encoding-unsupported` */
export function readContentEncoding(headers: IncomingHttpHeaders): string | undefined {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return undefined;
  // RFC 9110, 8.4.1.3: to be taken as the same.
  if (encoding !== "gzip" && encoding !== "x-gzip") throw new Refusal("encoding-unsupported");
  return "gzip";
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

/** Control characters anywhere, and links where none belongs: every header with one is named. */
function checkText(mex: MexHeaders, contentType: string): void {
  const problems: FieldProblem[] = [];
  for (const name of ["to", "workflowId", "checksum"] as const) {
    if (/https?:\/\//i.test(mex[name] ?? "")) {
      problems.push(fieldWrong("header", headerNames[name], "String should not hold a link"));
    }
  }
  for (const [name, text] of headerTexts(mex, contentType)) {
    if (hasControlCharacter(text)) {
      problems.push(fieldWrong("header", name, "String should not hold control characters"));
    }
  }
  if (problems.length > 0) throw new Refusal("header-malformed", { problems });
}

function checkLengths(mex: MexHeaders, contentType: string): void {
  const texts = new Map(headerTexts(mex, contentType));
  requireValid(messageHeaders, (name) => texts.get(name));
}

function headerTexts(mex: MexHeaders, contentType: string): [string, string][] {
  const texts = (Object.keys(headerNames) as (keyof MexHeaders)[]).map((name): [string, string] => [
    headerNames[name],
    mex[name] ?? "",
  ]);
  return [...texts, ["content-type", contentType]];
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

function readDetails(
  headers: IncomingHttpHeaders,
  mex: MexHeaders,
  contentEncoding: string | undefined,
): MessageDetails {
  const ownContentType = (mex.contentType ?? "") !== "";
  const plainContentType = headers["content-type"] ?? "";
  const texts: Record<DetailText, string | undefined> = {
    subject: mex.subject,
    localId: mex.localId,
    fileName: mex.fileName,
    partnerId: mex.partnerId,
    processId: mex.processId,
    fromSmtp: mex.fromSmtp,
    toSmtp: mex.toSmtp,
    checksum: mex.checksum,
    compress: mex.compress,
    compressed: mex.compressed,
    encrypted: mex.encrypted,
    contentType: ownContentType ? mex.contentType : decodeHeaderText(plainContentType),
  };
  const came = latin1Headers(headers);
  const latin1 = (Object.keys(texts) as DetailText[]).filter((name) =>
    name === "contentType" && !ownContentType ? isLatin1HeaderText(plainContentType) : came.includes(name),
  );
  return {
    // The reference: empty headers are left out of what is delivered.
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined && text !== "")),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(latin1.length > 0 && { latin1 }),
  };
}
