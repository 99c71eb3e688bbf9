import type { DatabaseSync } from "node:sqlite";
import type { ReadDocument } from "../inbound/reading.ts";

/** Part of the transaction that stores the message. */
export function addDocumentView(database: DatabaseSync, messageId: string, { view }: Pick<ReadDocument, "view">): void {
  if (view === undefined) return;
  database.prepare("INSERT OR REPLACE INTO document_view (message_id, view) VALUES (?, ?)").run(messageId, view);
}
