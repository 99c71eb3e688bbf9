// MESH API, Check an inbox, Check an inbox count, Acknowledge message.

import { isProductionMessageId, type MailboxId, type MessageId, newMessageId } from "@restante/mesh";
import type { FastifyInstance } from "fastify";

import type { Context } from "../context.ts";
import { askedTwice, faultOf } from "./faults/taken-of.ts";
import { acknowledge } from "../message.ts";
import type { WorkflowFilter } from "../store/store.ts";
import { readContinuation, writeContinuation } from "./continuation.ts";
import { findForRecipient } from "./find-message.ts";
import { inboxQuery, requireValid } from "./parameters.ts";
import { fieldWrong, Refusal } from "./refusal.ts";
import { withMailbox } from "./session.ts";
import { sendJson, sendNothing } from "./version.ts";

const DEFAULT_RESULTS = 500;

interface Query {
  max_results?: string;
  continue_from?: string;
  workflow_filter?: string;
}

export function addInbox(app: FastifyInstance, context: Context): void {
  app.get(
    "/messageexchange/:mailboxId/inbox",
    withMailbox(context, async (request, reply, { mailbox, version }) => {
      const query = request.query as Query;
      const { limit, filter } = readQuery(query);
      const after = await findPlace(context, mailbox.mailboxId, query.continue_from, version);
      const entries = await context.store.listAfter(mailbox.mailboxId, after, limit + 1, filter);
      const page = entries.slice(0, limit);
      const messages = askedTwice(context, request, page).map(({ messageId }) => messageId);
      if (version === 1) return sendJson(reply, 200, { messages });
      const last = entries.length > limit ? page.at(-1) : undefined;
      const link = linkTo(mailbox.mailboxId, { limit, filter: query.workflow_filter });
      return sendJson(
        reply,
        200,
        {
          messages,
          links: {
            self: link(),
            ...(last !== undefined && { next: link(writeContinuation("inbox", mailbox.mailboxId, last.sequence)) }),
          },
          approx_inbox_count: await context.store.countInbox(mailbox.mailboxId),
        },
        2,
      );
    }),
  );

  app.get(
    "/messageexchange/:mailboxId/count",
    withMailbox(context, async (_request, reply, { mailbox, version }) => {
      const count = await context.store.countInbox(mailbox.mailboxId);
      if (version === 2) return sendJson(reply, 200, { count }, 2);
      // To help who looks into an error, in the form of MESH's own: a time and a few digits. It stands for nothing.
      return sendJson(reply, 200, { count, internalID: newMessageId(context.clock.now()), allResultsIncluded: true });
    }),
  );

  app.put(
    "/messageexchange/:mailboxId/inbox/:messageId/status/acknowledged",
    withMailbox(context, async (request, reply, session) => {
      const message = await findForRecipient(context, session, request);
      // Acknowledging again, or what is not (or no longer) there to acknowledge, is a 200 without effect.
      if (message.state === "accepted" && faultOf(context, request, "deliver-twice") === undefined) {
        const change = acknowledge(message, context.clock.now(), context.periods);
        const outcome = await context.store.apply(change, session.token);
        session.recorded = outcome !== "not-in-state";
        if (outcome === "token-used") throw new Refusal("token-used-before");
        const { messageId } = message;
        if (outcome === "done") {
          context.emit({ event: "message-acknowledged", messageId, mailboxId: session.mailbox.mailboxId });
        }
      }
      return session.version === 1 ? sendJson(reply, 200, { messageId: message.messageId }) : sendNothing(reply);
    }),
  );
}

function readQuery(query: Query): { limit: number; filter: WorkflowFilter | undefined } {
  requireValid(inboxQuery, (name) => query[name as keyof Query]);
  const { max_results: most, workflow_filter: filter } = query;
  return {
    limit: most === undefined ? DEFAULT_RESULTS : Number(most),
    filter: filter === undefined ? undefined : readFilter(filter),
  };
}

function readFilter(written: string): WorkflowFilter {
  const negated = written.startsWith("!");
  const text = negated ? written.slice(1) : written;
  if (text.length > 1 && text.startsWith("*") && text.endsWith("*")) {
    return { match: "contains", text: text.slice(1, -1), negated };
  }
  return text.endsWith("*")
    ? { match: "begins", text: text.slice(0, -1), negated }
    : { match: "equals", text, negated };
}

/** Version 1 continues from a message id, version 2 from what `links.next` says. Both are a place in the order. */
async function findPlace(
  context: Context,
  mailboxId: MailboxId,
  from: string | undefined,
  version: 1 | 2,
): Promise<number> {
  if (from === undefined) return 0;
  const place =
    version === 1
      ? await context.store.sequenceOf(mailboxId, from.toUpperCase() as MessageId)
      : isProductionMessageId(from)
        ? undefined
        : readContinuation("inbox", mailboxId, from);
  if (typeof place === "number") return place;
  throw new Refusal("request-invalid", {
    problems: [fieldWrong("query", "continue_from", "Input is not a place in this inbox")],
  });
}

function linkTo(
  mailboxId: MailboxId,
  { limit, filter }: { limit: number; filter: string | undefined },
): (from?: string) => string {
  return (from) => {
    const query = new URLSearchParams();
    if (limit !== DEFAULT_RESULTS) query.set("max_results", String(limit));
    if (filter !== undefined) query.set("workflow_filter", filter);
    if (from !== undefined) query.set("continue_from", from);
    const written = query.toString();
    return `/messageexchange/${mailboxId}/inbox${written === "" ? "" : `?${written}`}`;
  };
}
