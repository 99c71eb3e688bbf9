import type { MessageId } from "@restante/mesh";
import { discard } from "./answers.ts";
import { checkMessageId, checkSignal } from "./check-input.ts";
import type { Connection } from "./connection.ts";

/** MESH API, Acknowledge message: the message leaves the inbox for good. Acknowledging twice changes nothing. */
export async function acknowledge(
  connection: Connection,
  messageId: MessageId,
  signal: AbortSignal | undefined,
): Promise<void> {
  checkMessageId("messageId", messageId);
  checkSignal(signal);
  const answer = await connection.request({
    operation: "acknowledge",
    method: "PUT",
    path: `${connection.mailboxPath}/inbox/${encodeURIComponent(messageId)}/status/acknowledged`,
    repeatable: true,
    signal,
  });
  await discard(answer);
}
