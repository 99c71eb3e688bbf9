import type { DatabaseSync } from "node:sqlite";
import type { MailboxId } from "@restante/mesh";
import type { Listing, StrayList } from "../lists.ts";
import type { AttachmentContent, Stray, StrayDetail, StrayReason } from "../worklist.ts";
import { contentOf } from "./content.ts";
import { listIds, readListed } from "./listing.ts";
import { actsOf, matterColumns, matterIn, mattersOf } from "./matters.ts";
import { number, optionalText, present, type Row, text, time } from "./rows.ts";
import { aboutWhat } from "./sent-by-us.ts";

const columns = `stray_id, message_id, mailbox_id, received_at, from_mailbox, workflow_id, received.reason AS reason,
  received.kind AS kind, header_id, mesh_report.code AS code, mesh_report.text AS text, unbelieved.code AS said_code,
  unbelieved.text AS said_text, why, answers, linked_message_id, event,
  coalesce(thing_version.version, 1) AS version, ${matterColumns}`;

const joins = `CROSS JOIN stray ON stray_id = matter.id CROSS JOIN received USING (message_id)
  LEFT JOIN mesh_report USING (message_id) LEFT JOIN unbelieved USING (message_id)
  LEFT JOIN thing_version ON thing_version.kind = 'stray' AND thing_version.id = matter.id`;

const id = "matter.kind = 'stray' AND matter.id";
const one = `SELECT ${columns} FROM matter ${joins} WHERE ${id} = ?`;

/** What arrived and belongs to nothing sent from here. A MESH report of success that does is no news. */
export function listStrays(database: DatabaseSync, list: StrayList): Listing<Stray> {
  const plan = mattersOf("stray", list.query?.show ?? "all");
  const { ids, ...listing } = listIds(database, plan, "stray_words", list);
  const rows = readListed(database, ids, { columns, from: `matter ${joins}`, id });
  return { items: rows.map(strayOf), ...listing };
}

/** Also one that has turned out to belong to something since: a page may still be open on it. */
export function readStray(database: DatabaseSync, strayId: number): StrayDetail | undefined {
  const row = database.prepare(one).get(strayId);
  if (row === undefined) return undefined;
  return {
    ...strayOf(row),
    mailboxId: text(row, "mailbox_id") as MailboxId,
    acts: actsOf(database, { kind: "stray", id: strayId }),
    ...present({
      headerId: optionalText(row, "header_id"),
      linkedMessageId: optionalText(row, "linked_message_id"),
      event: optionalText(row, "event"),
      about: aboutOurs(database, optionalText(row, "answers")),
    }),
  };
}

/** Where what it names has a page. */
function aboutOurs(database: DatabaseSync, headerId: string | undefined): StrayDetail["about"] {
  const about = headerId === undefined ? undefined : aboutWhat(database, headerId);
  if (headerId === undefined || about === undefined) return undefined;
  return about.kind === "task" ? { kind: "task", taskId: about.id } : { kind: "report", headerId };
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
    version: number(row, "version"),
    messageId: text(row, "message_id"),
    receivedAt: time(row, "received_at"),
    kind: isReport ? "mesh-report" : "response",
    workflowId: text(row, "workflow_id"),
    reason: optionalText(row, "reason") ?? reasonOf(row),
    why: isReport ? whyOf(row) : ((optionalText(row, "why") ?? "unreadable") as StrayReason),
    ...present({ from: optionalText(row, "from_mailbox") as MailboxId | undefined, matter: matterIn(row)?.matter }),
    ...(isReport
      ? { code: text(row, "code"), text: text(row, "text") }
      : present({ code: optionalText(row, "said_code"), text: optionalText(row, "said_text") })),
  };
}

function whyOf(row: Row): StrayReason {
  return row["linked_message_id"] === null ? "names-no-message" : "about-nothing-sent";
}

function reasonOf(row: Row): string {
  return whyOf(row) === "names-no-message"
    ? "It does not say which message it is about."
    : "It is about a message that was not sent from here.";
}
