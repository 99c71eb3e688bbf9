import { reportStatuses, statusEventOf } from "@restante/mesh";
import { object, oneOf, optional, type Schema, text } from "@restante/settings";

import type { Context } from "../../context.ts";
import { partWrong, Refusal } from "../../http/refusal.ts";
import { type Message, type MessageState, type MessageStatus, put } from "../../message.ts";

/** A state that a message is to have from now on, in the words of the stand-in. */
export interface MessageEvent {
  status: "uploading" | "accepted" | "acknowledged" | "undeliverable" | "error";
  code?: string;
  event?: string;
  description?: string;
  linked_message_id?: string;
}

const words = (description: string) => optional(text({ description }));

export const messageEventSchema: Schema<MessageEvent> = object<MessageEvent>(
  {
    status: oneOf(["uploading", "accepted", "acknowledged", "undeliverable", "error"], {
      description: "The state that the message is to have.",
    }),
    code: words("What tracking says of it."),
    event: words("COLLECT, TRANSFER, SEND or RECEIVE."),
    description: words("What tracking says of it."),
    linked_message_id: words("Not kept: only a report is linked."),
  },
  { description: "An event of a message." },
);

/** No message can be put back into its upload. */
const states: Readonly<Record<Exclude<MessageEvent["status"], "uploading">, MessageState>> = {
  accepted: "accepted",
  acknowledged: "acknowledged",
  undeliverable: "undelivered",
  error: "failed",
};

/**
 * Puts a message into the state. It is then as if it had come there by itself, but that nobody is told: no report is made.
 * @throws {Refusal} `message-unknown`, `event-not-possible`
 */
export async function putEvent(
  context: Pick<Context, "store" | "clock" | "periods" | "emit">,
  message: Message,
  event: MessageEvent,
): Promise<void> {
  if (event.status === "uploading") {
    if (message.state === "uploading") return;
    throw new Refusal("event-not-possible");
  }
  const to = states[event.status];
  // Said again, it is so already: but an error may be said with another code.
  if (message.state === to && (to === "accepted" || to === "acknowledged")) return;
  const change = put(message, to, context.clock.now(), context.periods, statusOf(event));
  if (change === undefined || (await context.store.put(change)) !== "done") throw new Refusal("event-not-possible");
  context.emit({ event: "message-state-put", messageId: message.messageId, state: to });
}

function statusOf({ status, code, event, description }: MessageEvent): MessageStatus | undefined {
  if (status !== "undeliverable" && status !== "error") return undefined;
  const known = status === "undeliverable" ? reportStatuses["14"] : undefined;
  const named = event === undefined ? (known?.event ?? "SEND") : statusEventOf(event);
  if (named === undefined) {
    const problem = partWrong("body", "event must be one of COLLECT, TRANSFER, SEND and RECEIVE");
    throw new Refusal("request-invalid", { problems: [problem] });
  }
  return {
    event: named,
    code: code ?? known?.code ?? "",
    description: description ?? known?.description ?? "",
  };
}
