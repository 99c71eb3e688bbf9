import type { AcknowledgementLevel, MailboxId, MessageId } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import type { Outgoing } from "../store/outgoing.ts";
import type { Progress } from "../work.ts";

/** One way of sending. */
export interface HandOver {
  /** Carries every message that is due a step further, and looks what became of those on their way. */
  readonly run: (signal?: AbortSignal) => Promise<Progress>;
}

/** The file name that MESH is told, and that a lost send is found by again: unique, and without patient detail. */
export function fileNameOf(headerId: string): string {
  return `${headerId}.xml`;
}

/** Tells that a message has left: a report or a response. */
export function announce(
  { database, organisation, emit }: PracticeContext,
  message: Outgoing,
  via: "directory" | "api",
  messageId?: MessageId,
): void {
  const { odsCode } = organisation;
  const id = messageId === undefined ? {} : { messageId };
  if (message.kind === "report") {
    emit({ event: "report-handed-over", odsCode, headerId: message.headerId, via, ...id });
    return;
  }
  const response = database
    .prepare("SELECT request_header_id, level, code FROM given_response WHERE header_id = ?")
    .get(message.headerId) as { request_header_id: string | null; level: AcknowledgementLevel; code: string };
  emit({
    event: "response-handed-over",
    odsCode,
    requestHeaderId: response.request_header_id ?? "",
    level: response.level,
    code: response.code,
    to: message.toAddress as MailboxId,
    ...id,
  });
}

/** Tells that a message will not leave. Only reports have an event; a response shows it on its task. */
export function announceFailure(
  { organisation, emit }: PracticeContext,
  kind: Outgoing["kind"],
  headerId: string,
  code: string,
  reason: string,
): void {
  if (kind === "report") emit({ event: "report-refused", odsCode: organisation.odsCode, headerId, code, reason });
}
