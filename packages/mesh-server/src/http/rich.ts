// The rich inbox and outbox, which the API's description leaves out and the NHS's stand-in has: whole pages of what a
// mailbox received or sent, newest first, always in version 2. The inbox has what was acknowledged, too.

import { isProductionMessageId, type MessageId } from "@restante/mesh";
import type { FastifyInstance, FastifyRequest } from "fastify";

import type { Context } from "../context.ts";
import { askedTwice } from "./faults/taken-of.ts";
import type { Message } from "../message.ts";
import type { NewestPage } from "../store/store.ts";
import { type ListName, readContinuation, writeContinuation } from "./continuation.ts";
import { problemsOf, richInboxQuery, richOutboxQuery } from "./parameters.ts";
import { fieldWrong, Refusal } from "./refusal.ts";
import { type Session, withMailbox } from "./session.ts";
import { expiryTime, statuses } from "./tracking.ts";
import { sendJson } from "./version.ts";

const DEFAULT_RESULTS = 100;
/** A page is never longer, whatever was asked for: `links.next` goes on. */
const LONGEST_PAGE = 1000;
const DEFAULT_SINCE_MS = 30 * 24 * 60 * 60 * 1000;
const queries = { "inbox/rich": richInboxQuery, "outbox/rich": richOutboxQuery };

type RichList = keyof typeof queries;

export function addRich(app: FastifyInstance, context: Context): void {
  app.get(
    "/messageexchange/:mailboxId/inbox/rich",
    withMailbox(context, async (request, reply, session) => {
      const page = readPage(context, request, "inbox/rich");
      const before = readPlace(request, session, "inbox/rich", isNumber);
      const found = await context.store.listReceived(session.mailbox.mailboxId, oneMore(page), before);
      const { shown, last } = firstOf(found, page);
      const next = last?.sequence;
      const messages = askedTwice(context, request, shown).map(({ message }) => receivedEntry(context, message));
      return sendJson(reply, 200, { ...view(context, session, "inbox/rich", page, next), messages }, 2);
    }),
  );

  app.get(
    "/messageexchange/:mailboxId/outbox/rich",
    withMailbox(context, async (request, reply, session) => {
      const page = readPage(context, request, "outbox/rich");
      const before = readPlace(request, session, "outbox/rich", isId);
      const found = await context.store.listSent(session.mailbox.mailboxId, oneMore(page), before);
      const { shown, last } = firstOf(found, page);
      const next = last?.messageId;
      const messages = shown.map((message) => sentEntry(context, message));
      return sendJson(reply, 200, { ...view(context, session, "outbox/rich", page, next), messages }, 2);
    }),
  );
}

function receivedEntry(context: Context, message: Message): object {
  return {
    ...commonEntry(context, message),
    local_id: message.details.localId,
    // A report has no sender.
    ...(message.type === "DATA" && senderOf(context, message)),
    sent_date: (message.acceptedAt ?? message.createdAt).toISOString(),
    status_code: message.status?.code,
    total_chunks: message.totalChunks,
  };
}

/** In the outbox of the stand-in these are empty rather than absent. */
function sentEntry(context: Context, message: Message): object {
  return {
    ...commonEntry(context, message),
    local_id: message.details.localId ?? "",
    ...senderOf(context, message),
    sent_date: message.createdAt.toISOString(),
    status_code: message.status?.code ?? "",
  };
}

function commonEntry(context: Context, message: Message): object {
  return {
    message_id: message.messageId,
    message_type: message.type,
    workflow_id: message.workflowId,
    expiry_timestamp: expiryTime(context, message).toISOString(),
    // Never a routing address: see `Message.to`.
    recipient: message.to,
    recipient_name: context.registry.find(message.to)?.name ?? "",
    status: statuses[message.state],
  };
}

function senderOf({ registry }: Context, { mailboxId }: Message): object {
  return { sender: mailboxId, sender_name: registry.find(mailboxId)?.name ?? "" };
}

function view(
  { clock }: Context,
  { mailbox: { mailboxId } }: Session,
  list: RichList,
  { since, limit }: NewestPage,
  next: number | string | undefined,
): object {
  const link = (from?: number | string): string => {
    const query = new URLSearchParams({ start_time: since.toISOString(), max_results: String(limit) });
    if (from !== undefined) query.set("continue_from", writeContinuation(list, mailboxId, from));
    return `/messageexchange/${mailboxId}/${list}?${query.toString()}`;
  };
  return {
    valid_at: clock.now().toISOString(),
    links: { self: link(), ...(next !== undefined && { next: link(next) }) },
  };
}

function oneMore(page: NewestPage): NewestPage {
  return { ...page, limit: page.limit + 1 };
}

/** What is shown of one more than a page; `last`: the one that the next page goes on from, if there is a next. */
function firstOf<Found>(found: readonly Found[], { limit }: NewestPage): { shown: Found[]; last: Found | undefined } {
  const shown = found.slice(0, limit);
  return { shown, last: found.length > shown.length ? shown.at(-1) : undefined };
}

function readPage({ clock }: Context, request: FastifyRequest, list: RichList): NewestPage {
  const query = request.query as Record<string, string | undefined>;
  const { max_results: asked, start_time: start } = query;
  const problems = problemsOf(queries[list], (name) => query[name]);
  const since = start === undefined ? new Date(clock.now().getTime() - DEFAULT_SINCE_MS) : readTime(start);
  if (since === undefined) {
    problems.push(fieldWrong("query", "start_time", "Input should be a date and time, such as 2026-03-02T10:20:30Z"));
  }
  if (since === undefined || problems.length > 0) throw new Refusal("request-invalid", { problems });
  return { since, limit: Math.min(Number(asked ?? DEFAULT_RESULTS), LONGEST_PAGE) };
}

/** ISO 8601; without a zone it is UTC. A plus sign that was not encoded has come as a blank. */
function readTime(text: string): Date | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+ -]\d\d:\d\d)?)?$/i.exec(text);
  if (parts === null) return undefined;
  const [, day = "", time = "00:00", zone = "Z"] = parts;
  const at = new Date(`${day}T${time}${zone.toUpperCase().replace(" ", "+")}`);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1970 || at.getUTCFullYear() > 9999 ? undefined : at;
}

function isNumber(place: number | string): place is number {
  return typeof place === "number";
}

function isId(place: number | string): place is MessageId {
  return typeof place === "string" && isProductionMessageId(place);
}

function readPlace<Place extends number | string>(
  request: FastifyRequest,
  { mailbox }: Session,
  list: ListName,
  isPlace: (place: number | string) => place is Place,
): Place | undefined {
  const { continue_from: from } = request.query as { continue_from?: string };
  if (from === undefined) return undefined;
  const place = readContinuation(list, mailbox.mailboxId, from);
  if (place !== undefined && isPlace(place)) return place;
  throw new Refusal("request-invalid", {
    problems: [fieldWrong("query", "continue_from", "Input is not a place in this list")],
  });
}
