import type { DatabaseSync } from "node:sqlite";
import type { MailboxId } from "@restante/mesh";
import type { Stray } from "../worklist.ts";
import { optionalText, present, type Row, text, time } from "./rows.ts";

const strayRows = `
  SELECT message_id, received_at, from_mailbox, workflow_id, reason, received.kind AS kind, mesh_report.code AS code,
    mesh_report.text AS text, linked_message_id, unbelieved.code AS said_code, unbelieved.text AS said_text
  FROM received LEFT JOIN mesh_report USING (message_id) LEFT JOIN unbelieved USING (message_id)
  WHERE received.kind IN ('stray-response', 'mesh-report')
    AND (received.kind = 'stray-response' OR (success = 0
         AND NOT EXISTS (SELECT 1 FROM outgoing WHERE outgoing.message_id = linked_message_id)
         AND NOT (linked_message_id IS NULL AND EXISTS (
           SELECT 1 FROM outgoing WHERE step = 'failed' AND outgoing.to_address = mesh_report.to_address
             AND outgoing.workflow_id = received.workflow_id AND outgoing.subject = received.subject))))`;

/** What arrived and belongs to nothing sent from here. A MESH report of success that does is no news. */
export function listStrays(database: DatabaseSync, limit: number): Stray[] {
  return database.prepare(`${strayRows} ORDER BY received_at DESC, message_id DESC LIMIT ?`).all(limit).map(strayOf);
}

export function countStrays(database: DatabaseSync): number {
  return Number(database.prepare(`SELECT count(*) AS strays FROM (${strayRows})`).get()?.["strays"]);
}

function strayOf(row: Row): Stray {
  const isReport = text(row, "kind") === "mesh-report";
  return {
    messageId: text(row, "message_id"),
    receivedAt: time(row, "received_at"),
    kind: isReport ? "mesh-report" : "response",
    workflowId: text(row, "workflow_id"),
    reason: optionalText(row, "reason") ?? reasonOf(row),
    ...present({ from: optionalText(row, "from_mailbox") as MailboxId | undefined }),
    ...(isReport
      ? { code: text(row, "code"), text: text(row, "text") }
      : present({ code: optionalText(row, "said_code"), text: optionalText(row, "said_text") })),
  };
}

function reasonOf(row: Row): string {
  return row["linked_message_id"] === null
    ? "It does not say which message it is about."
    : "It is about a message that was not sent from here.";
}
