import type { MailboxId, MessageId } from "@restante/mesh";
import type { DatabaseSync } from "node:sqlite";

import type { StoredBody } from "../../bodies/bodies.ts";
import type { Removed, Wipe } from "../rewindable.ts";
import type { Numbers } from "./numbers.ts";

/** Of a message with all that belongs to it: which body files are no longer named. */
type Remove = (mailboxId: MailboxId, messageId: MessageId) => readonly StoredBody[];

/** Deletes messages, inside a transaction that it neither begins nor ends. */
export function wipeStore(db: DatabaseSync, numbers: Numbers, remove: Remove, wipe: Wipe): Removed {
  const removed = wipe.mailboxId === undefined ? wipeAll(db, numbers) : wipeMailbox(db, remove, wipe.mailboxId);
  if (wipe.closures) deleteOf(db, "closed_mailbox", wipe.mailboxId);
  if (wipe.tokens) deleteOf(db, "token", wipe.mailboxId);
  return removed;
}

function wipeAll(db: DatabaseSync, numbers: Numbers): Removed {
  const bodyFiles = db.prepare("SELECT file_name FROM chunk WHERE file_name IS NOT NULL").all();
  const messages = db.prepare("SELECT count(*) AS messages FROM message").get()?.["messages"] as number;
  for (const { recipient_id: recipientId } of db.prepare("SELECT DISTINCT recipient_id FROM delivery").all()) {
    numbers.empty(recipientId as MailboxId);
  }
  for (const table of ["message", "delivery", "chunk", "given_chunk", "routing"]) db.exec(`DELETE FROM ${table}`);
  return { messages, bodyFiles: bodyFiles.map((row) => row["file_name"] as string) };
}

/** What it sent to others stays in their inboxes: they are not wiped. */
function wipeMailbox(db: DatabaseSync, remove: Remove, mailboxId: MailboxId): Removed {
  const found = db
    .prepare(
      `SELECT mailbox_id, message_id FROM message WHERE mailbox_id = ? AND coalesce(recipient_id, mailbox_id) = mailbox_id
       UNION SELECT mailbox_id, message_id FROM delivery WHERE recipient_id = ?`,
    )
    .all(mailboxId, mailboxId);
  const bodyFiles = found.flatMap((row) => {
    const files = remove(row["mailbox_id"] as MailboxId, row["message_id"] as MessageId);
    return files.flatMap((body) => (body.kind === "file" ? [body.fileName] : []));
  });
  return { messages: found.length, bodyFiles };
}

function deleteOf(db: DatabaseSync, table: "closed_mailbox" | "token", mailboxId: MailboxId | undefined): void {
  if (mailboxId === undefined) db.exec(`DELETE FROM ${table}`);
  else db.prepare(`DELETE FROM ${table} WHERE mailbox_id = ?`).run(mailboxId);
}
