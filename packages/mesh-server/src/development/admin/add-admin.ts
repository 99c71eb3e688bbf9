// The paths by which tests of mesh-sandbox reset it, put reports and states, and look at what is there: under /admin and
// /messageexchange/admin alike, and its other names for its health. They ask for no token of a mailbox and no certificate;
// who may call them is said in guard.ts. None of them is served by anything but a server for development.

import { type Control, ControlError } from "@restante/control";
import type { FastifyInstance, FastifyRequest } from "fastify";

import type { MailboxConfig } from "../../config.ts";
import type { Context } from "../../context.ts";
import { pathMessageId } from "../../http/find-message.ts";
import { healthAnswer } from "../../http/health.ts";
import { Refusal } from "../../http/refusal.ts";
import { sendJson, sendNothing } from "../../http/version.ts";
import type { Message } from "../../message.ts";
import { admit, type Guard } from "./guard.ts";
import { messageEventSchema, putEvent } from "./message-event.ts";
import { readInput } from "./read-input.ts";
import { reportOf, reportSchema } from "./report.ts";
import { mailboxView, messageView } from "./views.ts";

export interface Admin {
  readonly guard: Guard;
  readonly mailboxes: readonly MailboxConfig[];
  /** What resets and puts reports, once the server is there. */
  readonly control: () => Promise<AdminControl>;
}

export interface AdminControl {
  readonly reset: Control["reset"];
  readonly messages: Pick<Control["messages"], "report">;
}

const roots = ["/admin", "/messageexchange/admin"];

export function addAdmin(app: FastifyInstance, context: Context, { guard, mailboxes, control }: Admin): void {
  const known = new Map(mailboxes.map((mailbox) => [mailbox.mailboxId.trim().toUpperCase(), mailbox]));
  const mailboxOf = (request: FastifyRequest): MailboxConfig => {
    const { mailboxId } = request.params as { mailboxId: string };
    const mailbox = known.get(mailboxId.trim().toUpperCase());
    if (mailbox === undefined) throw new Refusal("mailbox-not-here");
    return mailbox;
  };
  const messageOf = async (request: FastifyRequest): Promise<Message> => {
    const message = await context.store.findAnywhere(pathMessageId(request));
    if (message === undefined) throw new Refusal("message-unknown");
    return message;
  };
  const onRequest = async (request: FastifyRequest): Promise<void> => admit(request, guard);

  for (const url of ["/_status", "/_ping", "/healthcheck", "/messageexchange/deepping"]) {
    app.get(url, async (_request, reply) => sendJson(reply, 200, healthAnswer));
  }
  for (const at of roots) {
    app.delete(`${at}/reset`, { onRequest }, async (_request, reply) => {
      await (await control()).reset({ keep: "mailboxes-and-faults" });
      return sendJson(reply, 200, { message: "all mailboxes reset" });
    });
    app.delete(`${at}/reset/:mailboxId`, { onRequest }, async (request, reply) => {
      const { mailboxId: mailbox } = mailboxOf(request);
      await (await control()).reset({ mailbox });
      return sendJson(reply, 200, { message: `mailbox ${mailbox} reset` });
    });
    app.post(`${at}/report`, { onRequest }, async (request, reply) => {
      const report = reportOf(await readInput(request, reportSchema));
      if (!known.has(report.mailbox.trim().toUpperCase())) throw new Refusal("mailbox-not-here");
      const { messageId } = await asked((await control()).messages.report(report));
      return sendJson(reply, 200, { message_id: messageId });
    });
    app.post(`${at}/message/:messageId/event`, { onRequest }, async (request, reply) => {
      const event = await readInput(request, messageEventSchema);
      await putEvent(context, await messageOf(request), event);
      return sendNothing(reply);
    });
    app.get(`${at}/message/:messageId`, { onRequest }, async (request, reply) => {
      const find = (id: string): MailboxConfig | undefined => known.get(id);
      return sendJson(reply, 200, messageView(context, await messageOf(request), find));
    });
  }
  for (const at of [...roots, "/messageexchange"]) {
    app.get(`${at}/mailbox/:mailboxId`, { onRequest }, async (request, reply) => {
      const mailbox = mailboxOf(request);
      const closure = await context.store.closureOf(context.registry.find(mailbox.mailboxId)!.mailboxId);
      return sendJson(reply, 200, mailboxView(mailbox, closure === undefined));
    });
  }
}

/** What control refuses is wrong with the request. */
async function asked<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof ControlError) || cause.code !== "input-invalid") throw cause;
    const problem = { type: "value_error", loc: ["body"], msg: cause.message };
    throw new Refusal("request-invalid", { problems: [problem], cause });
  }
}
