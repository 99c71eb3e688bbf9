// What a message is in rows: how its tables are joined, of all days or of one, and what is made of what they have.

import type { MailboxId, MessageId, Recipient, StatusEvent } from "@restante/mesh";

import type { Message, MessageDetails, MessageState } from "../../message.ts";
import type { RoutingTask } from "../store.ts";
import type { Row } from "./database.ts";
import { type Extent, WHOLE } from "./parts.ts";

export const MESSAGE: string = `message.mailbox_id, message.message_id, type, message.workflow_id, details, total_chunks, created_at, linked_message_id,
  state, state.recipient_id, addressed_to, state.bytes, accepted_at, changed_at, due_at, status_event, status_code, status_description`;
export const fromMessage = ({ called }: Extent): string =>
  `${called("message")} AS message JOIN ${called("message_state")} AS state USING (mailbox_id, message_id)`;
export const FROM_MESSAGE: string = fromMessage(WHOLE);
/** Of each row that has keys, one by one: left to choose, the planner may read all of what it would join. */
export const rowOf = (table: string, as: string, keys: string): string =>
  `JOIN LATERAL (SELECT * FROM ${table} WHERE (mailbox_id, message_id) = (${keys}.mailbox_id, ${keys}.message_id) OFFSET 0)
    AS ${as} USING (mailbox_id, message_id)`;
export const stateOf = (keys: string, { called }: Extent = WHOLE): string =>
  rowOf(called("message_state"), "state", keys);
export const messageOf = (keys: string, extent: Extent = WHOLE): string =>
  `${rowOf(extent.called("message"), "message", keys)} ${stateOf(keys, extent)}`;

/** Of a row of a message and of what is known of its routing. */
export function readTask(row: Row): RoutingTask {
  return {
    message: readMessage(row),
    routingAddress: row["address"] as string,
    tries: row["tries"] as number,
    dueAt: new Date(row["next_try_at"] as number),
  };
}

/** Of a row with the columns of both tables of a message. */
export function readMessage(row: Row): Message {
  const date = (name: string): Date => new Date(row[name] as number);
  return {
    messageId: row["message_id"] as MessageId,
    mailboxId: row["mailbox_id"] as MailboxId,
    type: row["type"] as Message["type"],
    state: row["state"] as MessageState,
    to: row["addressed_to"] as Recipient,
    workflowId: row["workflow_id"] as string,
    details: row["details"] as MessageDetails,
    totalChunks: row["total_chunks"] as number,
    bytes: row["bytes"] as number,
    createdAt: date("created_at"),
    changedAt: date("changed_at"),
    ...(row["recipient_id"] !== null && { recipientId: row["recipient_id"] as MailboxId }),
    ...(row["accepted_at"] !== null && { acceptedAt: date("accepted_at") }),
    ...(row["due_at"] !== null && { dueAt: date("due_at") }),
    ...(row["status_code"] !== null && {
      status: {
        event: row["status_event"] as StatusEvent,
        code: row["status_code"] as string,
        description: row["status_description"] as string,
      },
    }),
    ...(row["linked_message_id"] !== null && { linkedMessageId: row["linked_message_id"] as MessageId }),
  };
}
