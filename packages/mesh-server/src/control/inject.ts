// What control puts into a mailbox itself. It is accepted as anything else is: synced before it is told, numbered in its
// mailbox, listed, expiring. Only that no token is used for it, and no rule of workflows asked.

import { Readable } from "node:stream";

import { ControlError, type InjectedReport, type Injection } from "@restante/control";
import {
  isChecksumText,
  type MessageId,
  newMessageId,
  reportStatuses,
  serverCodes,
  type StatusEvent,
  statusEventOf,
} from "@restante/mesh";

import { keeping } from "../bodies/keeping.ts";
import type { Context } from "../context.ts";
import { dueAfter, type Message, type MessageDetails } from "../message.ts";
import { announceReport } from "../routing.ts";
import { knownMailbox } from "./known-mailbox.ts";

type Stored = Pick<Context, "registry" | "store" | "bodies" | "clock" | "emit" | "periods" | "maxRequestBytes">;

export async function injectMessage(context: Stored, input: Injection): Promise<{ messageId: string }> {
  const mailbox = knownMailbox(context.registry, input.mailbox);
  const from = input.from === undefined ? mailbox : knownMailbox(context.registry, input.from);
  if (!isChecksumText(input.checksum ?? "")) throw invalid("checksum: letters, digits, spaces, `:`, `-` and `/` alone");
  const bytes = bodyOf(input);
  if (bytes.length > context.maxRequestBytes) {
    throw invalid(`body: it holds more than the ${context.maxRequestBytes} bytes of one request`);
  }
  const at = context.clock.now();
  const messageId = newMessageId(at);
  const message: Message = {
    ...accepted(context, messageId, at),
    mailboxId: from.mailboxId,
    type: "DATA",
    recipientId: mailbox.mailboxId,
    to: mailbox.mailboxId,
    workflowId: needed("workflowId", input.workflowId),
    details: detailsOf(input),
    totalChunks: 1,
    bytes: bytes.length,
  };
  const body = await context.bodies.receive(Readable.from([bytes]), `${messageId}-1`, { maxBytes: bytes.length });
  const outcome = await keeping(context.bodies, body, () => context.store.accept({ message, body }));
  if (outcome !== "done") {
    await context.bodies.discard(body);
    throw new ControlError(
      "not-possible",
      outcome === "mailbox-closed" ? "The mailbox is closed." : "The mailbox is full.",
    );
  }
  const { mailboxId } = mailbox;
  context.emit({
    event: "message-accepted",
    messageId,
    from: from.mailboxId,
    to: mailboxId,
    workflowId: message.workflowId,
    bytes: message.bytes,
  });
  context.emit({ event: "message-placed", messageId, mailboxId });
  return { messageId };
}

/** As the server's own, of any code. Every mailbox takes reports, one that is closed too (message.ts). */
export async function injectReport(
  context: Omit<Stored, "bodies" | "maxRequestBytes">,
  input: InjectedReport,
): Promise<{ messageId: string }> {
  const { mailboxId } = knownMailbox(context.registry, input.mailbox);
  const event = input.event === undefined ? eventOf(input.code) : statusEventOf(input.event);
  if (event === undefined) throw invalid("event: it is one of COLLECT, TRANSFER, SEND and RECEIVE");
  const at = context.clock.now();
  const messageId = newMessageId(at);
  const linkedMessageId = input.linkedMessageId?.trim().toUpperCase() as MessageId | undefined;
  const about = linkedMessageId === undefined ? undefined : await context.store.findAnywhere(linkedMessageId);
  const message: Message = {
    ...accepted(context, messageId, at),
    mailboxId,
    type: "REPORT",
    recipientId: mailboxId,
    // A report says who the message that it is about was for.
    to: about?.to ?? mailboxId,
    workflowId: needed("workflowId", input.workflowId),
    details: { ...wordsOf(about?.details ?? {}, input), ...detailsOf(input) },
    totalChunks: 0,
    bytes: 0,
    status: {
      event,
      code: needed("code", input.code),
      description: needed("description", input.description),
    },
    ...(linkedMessageId !== undefined && { linkedMessageId }),
  };
  await context.store.accept({ message });
  if (linkedMessageId === undefined) context.emit({ event: "message-placed", messageId, mailboxId });
  else announceReport(context, message);
  return { messageId };
}

/** The words of a message by which its sender knows it again are also its report's, but for those that are given. */
function wordsOf({ subject, localId, latin1 }: MessageDetails, given: InjectedReport): MessageDetails {
  const own = latin1
    ?.filter((name) => name === "subject" || name === "localId")
    .filter((name) => given[name] === undefined);
  return {
    ...(subject !== undefined && { subject }),
    ...(localId !== undefined && { localId }),
    ...(own !== undefined && { latin1: own }),
  };
}

function eventOf(code: string): StatusEvent {
  if (Object.hasOwn(reportStatuses, code) || Object.hasOwn(serverCodes, code)) return "SEND";
  return "TRANSFER";
}

function accepted(
  { periods }: Pick<Stored, "periods">,
  messageId: MessageId,
  at: Date,
): Pick<Message, "messageId" | "state" | "createdAt" | "acceptedAt" | "changedAt" | "dueAt"> {
  const dueAt = dueAfter("accepted", { at, createdAt: at }, periods);
  return {
    messageId,
    state: "accepted",
    createdAt: at,
    acceptedAt: at,
    changedAt: at,
    ...(dueAt !== undefined && { dueAt }),
  };
}

type Texts = Omit<Injection, "mailbox" | "workflowId" | "body" | "text">;

const texts = [
  "subject",
  "localId",
  "fileName",
  "partnerId",
  "checksum",
  "contentType",
  "encrypted",
  "compressed",
] as const;

function detailsOf(input: Texts): MessageDetails {
  const given = texts.map((name) => [name, asSent(input[name] ?? "")]).filter(([, text]) => text !== "");
  return {
    ...Object.fromEntries(given),
    ...(input.contentEncoding !== undefined && { contentEncoding: input.contentEncoding }),
  };
}

/** Spaces at the ends of a header are none of its text (RFC 9110, 5.5): no recipient would see them. */
function asSent(text: string): string {
  return text.replaceAll(/^ +| +$/g, "");
}

function needed(name: string, text: string): string {
  const sent = asSent(text);
  if (sent === "") throw invalid(`${name}: it is blank`);
  return sent;
}

function bodyOf({ body, text }: Injection): Buffer {
  return text === undefined ? Buffer.from(body ?? "", "base64") : Buffer.from(text, "utf8");
}

function invalid(problem: string): ControlError {
  return new ControlError("input-invalid", problem);
}
