// What rows of both engines have alike.

import type { MailboxId } from "@restante/mesh";

import type { StoredBody } from "../bodies/bodies.ts";
import type { Closure } from "./store.ts";

type Row = Readonly<Record<string, unknown>>;

/** Of a row of a chunk. */
export function readBody(row: Row): StoredBody {
  const size = row["size"] as number;
  const checked = row["sha256"] === null ? {} : { sha256: row["sha256"] as Uint8Array };
  return row["file_name"] === null
    ? { kind: "inline", size, bytes: row["bytes"] as Uint8Array, ...checked }
    : { kind: "file", size, fileName: row["file_name"] as string, ...checked };
}

/** Of a row of a mailbox that is closed. */
export function readClosure(row: Row): Closure {
  return {
    mailboxId: row["mailbox_id"] as MailboxId,
    closedAt: new Date(row["closed_at"] as number),
    reason: row["reason"] as string,
  };
}
