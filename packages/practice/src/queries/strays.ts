import type { DatabaseSync } from "node:sqlite";
import type { MailboxId } from "@restante/mesh";
import type { AttachmentContent, Stray, StrayDetail, StrayFilter } from "../worklist.ts";
import { contentOf } from "./content.ts";
import { actsOf, matterColumns, matterIn } from "./matters.ts";
import { number, optionalText, present, type Row, text, time } from "./rows.ts";

const columns = `stray_id, message_id, mailbox_id, received_at, from_mailbox, workflow_id, received.reason AS reason,
  received.kind AS kind, header_id, mesh_report.code AS code, mesh_report.text AS text, unbelieved.code AS said_code,
  unbelieved.text AS said_text, linked_message_id, event, ${matterColumns}`;

const joins = `CROSS JOIN stray ON stray_id = matter.id CROSS JOIN received USING (message_id)
  LEFT JOIN mesh_report USING (message_id) LEFT JOIN unbelieved USING (message_id)`;

/** The newest first: as many rows are read as are listed, however many there are. */
const lists = {
  all: "matter.state <> 'over'",
  attention: "matter.state IN ('new', 'seen')",
  dealtWith: "matter.state = 'dealt-with'",
} as const;

/** What arrived and belongs to nothing sent from here. A MESH report of success that does is no news. */
export function listStrays(database: DatabaseSync, filter: StrayFilter): Stray[] {
  const { limit = 100, before = Number.MAX_SAFE_INTEGER, attention, dealtWith } = filter;
  const list = attention ? lists.attention : dealtWith ? lists.dealtWith : lists.all;
  return database
    .prepare(
      `SELECT ${columns} FROM matter ${joins} WHERE matter.kind = 'stray' AND ${list} AND matter.id < :before
       ORDER BY matter.id DESC LIMIT :limit`,
    )
    .all({ before, limit })
    .map(strayOf);
}

/** Also one that has turned out to belong to something since: a page may still be open on it. */
export function readStray(database: DatabaseSync, strayId: number): StrayDetail | undefined {
  const row = database
    .prepare(`SELECT ${columns} FROM matter ${joins} WHERE matter.kind = 'stray' AND matter.id = ?`)
    .get(strayId);
  if (row === undefined) return undefined;
  return {
    ...strayOf(row),
    mailboxId: text(row, "mailbox_id") as MailboxId,
    acts: actsOf(database, { kind: "stray", id: strayId }),
    ...present({
      headerId: optionalText(row, "header_id"),
      linkedMessageId: optionalText(row, "linked_message_id"),
      event: optionalText(row, "event"),
    }),
  };
}

export function strayOriginal(database: DatabaseSync, strayId: number): AttachmentContent | undefined {
  const row = database
    .prepare("SELECT message_id, content FROM stray CROSS JOIN received USING (message_id) WHERE stray_id = ?")
    .get(strayId);
  const bytes = row?.["content"] as Uint8Array | null | undefined;
  return row && bytes ? contentOf(`${text(row, "message_id")}.dat`, "application/octet-stream", bytes) : undefined;
}

/** Why it belongs to nothing, in a sentence. */
export function strayReason(database: DatabaseSync, messageId: string): string {
  const row = database
    .prepare(
      "SELECT received.reason AS reason, linked_message_id FROM received LEFT JOIN mesh_report USING (message_id) WHERE message_id = ?",
    )
    .get(messageId);
  return row === undefined ? "" : (optionalText(row, "reason") ?? reasonOf(row));
}

function strayOf(row: Row): Stray {
  const isReport = text(row, "kind") === "mesh-report";
  return {
    strayId: number(row, "stray_id"),
    messageId: text(row, "message_id"),
    receivedAt: time(row, "received_at"),
    kind: isReport ? "mesh-report" : "response",
    workflowId: text(row, "workflow_id"),
    reason: optionalText(row, "reason") ?? reasonOf(row),
    ...present({ from: optionalText(row, "from_mailbox") as MailboxId | undefined, matter: matterIn(row)?.matter }),
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
