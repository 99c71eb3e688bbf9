// What a sender says of a message, read from the headers and checked in the order of the reference, Errors.

import {
  type ChunkRange,
  decodeHeaderText,
  hasControlCharacter,
  headerNames,
  isAscii,
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

const detailTexts: readonly DetailText[] = [
  "subject",
  "localId",
  "fileName",
  "partnerId",
  "processId",
  "fromSmtp",
  "toSmtp",
  "checksum",
  "compress",
  "compressed",
  "encrypted",
  "contentType",
];

/** @throws {Refusal} */
export function readEnvelope(headers: IncomingHttpHeaders, sender: Mailbox, registry: Registry): Envelope {
  const mex = readMexHeaders(headers);
  const texts = headerTexts(mex, decodeHeaderText(headers["content-type"] ?? ""));
  checkText(mex, texts);
  // A header that is not there is the API's validation error; one that says nothing has its own code.
  if (mex.to === "") throw new Refusal("recipient-blank");
  requireValid(messageHeaders, (name) => texts.get(name));
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
function checkText(mex: MexHeaders, texts: ReadonlyMap<string, string>): void {
  const problems: FieldProblem[] = [];
  for (const name of ["to", "workflowId", "checksum"] as const) {
    if (/https?:\/\//i.test(mex[name] ?? "")) {
      problems.push(fieldWrong("header", headerNames[name], "String should not hold a link"));
    }
  }
  for (const [name, text] of texts) {
    if (hasControlCharacter(text)) {
      problems.push(fieldWrong("header", name, "String should not hold control characters"));
    }
  }
  if (problems.length > 0) throw new Refusal("header-malformed", { problems });
}

/** Those that came, by their names on the wire. */
function headerTexts(mex: MexHeaders, contentType: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const name of Object.keys(mex) as (keyof MexHeaders)[]) texts.set(headerNames[name], mex[name] ?? "");
  return texts.set("content-type", contentType);
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
  const plainContentType = ownContentType ? "" : (headers["content-type"] ?? "");
  const details: { -readonly [Name in DetailText]?: string } = {};
  let isPlain = true;
  for (const name of detailTexts) {
    const text = name === "contentType" && !ownContentType ? decodeHeaderText(plainContentType) : mex[name];
    // The reference: empty headers are left out of what is delivered.
    if (text === undefined || text === "") continue;
    details[name] = text;
    isPlain &&= isAscii(text);
  }
  const latin1 = isPlain ? [] : latin1Texts(headers, plainContentType);
  return {
    ...details,
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(latin1.length > 0 && { latin1 }),
  };
}

function latin1Texts(headers: IncomingHttpHeaders, plainContentType: string): DetailText[] {
  const came = latin1Headers(headers);
  const isContentType = isLatin1HeaderText(plainContentType);
  return detailTexts.filter((name) => came.includes(name) || (name === "contentType" && isContentType));
}
