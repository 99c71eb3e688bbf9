// What the writer does, one function an operation. Each runs inside a transaction that it neither begins nor ends, and
// looks before it writes: an outcome other than done has changed nothing.

import type { MailboxId, MessageId } from "@restante/mesh";
import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { StoredBody } from "../../bodies/bodies.ts";
import { type Change, mayBePut, mayMove, type MessageState } from "../../message.ts";
import type { SeenTime } from "../../time/clock-guard.ts";
import {
  type Acceptance,
  type AcceptOutcome,
  type ApplyOutcome,
  type ChunkArrival,
  type ChunkOutcome,
  type Closure,
  isFull,
  type MailboxLimits,
  type TokenUse,
} from "../store.ts";
import type { Wipe } from "../rewindable.ts";
import { createNumbers, readPlaces } from "./numbers.ts";
import { readBody } from "../rows.ts";
import { INSERT_MESSAGE, type Row, writeMessage } from "./rows.ts";
import { finishRestore } from "./snapshot.ts";
import { wipeStore } from "./wipe.ts";

export type Operation =
  | { kind: "accept"; acceptance: Acceptance }
  | { kind: "chunk"; arrival: ChunkArrival }
  | { kind: "apply"; change: Change; token?: TokenUse }
  | { kind: "put"; change: Change }
  | { kind: "token"; token: TokenUse }
  | { kind: "given"; mailboxId: MailboxId; messageId: MessageId; chunk: number }
  | { kind: "close-mailbox"; closure: Closure }
  | { kind: "open-mailbox"; mailboxId: MailboxId }
  | { kind: "hold"; mailboxId: MailboxId; messageId: MessageId; tries: number; nextTryAt: Date }
  | { kind: "remove"; mailboxId: MailboxId; messageId: MessageId; state: MessageState }
  | { kind: "remove-bodies"; mailboxId: MailboxId; messageId: MessageId }
  | { kind: "forget-tokens"; now: Date; limit: number }
  | { kind: "see-time"; seen: SeenTime }
  | { kind: "wipe"; wipe: Wipe }
  | { kind: "finish-restore" };

/** Whether an operation takes something new in, as opposed to reading, acknowledging, moving on or deleting. */
export function takesNew({ kind }: Operation): boolean {
  return kind === "accept" || kind === "chunk";
}

export interface Operations {
  run(operation: Operation): unknown;
}

export function createOperations(db: DatabaseSync, limits: MailboxLimits = {}): Operations {
  const statements = prepareStatements(db);
  const numbers = createNumbers(db);
  const places = readPlaces(db);

  /** False if the token was used before. */
  function takeToken(token: TokenUse): boolean {
    const { mailboxId, nonce, nonceCount, time, expiresAt } = token;
    const result = statements.takeToken.run(mailboxId, nonce, nonceCount, time.getTime(), expiresAt.getTime());
    return result.changes === 1;
  }

  function insertChunk(
    { mailboxId, messageId }: { mailboxId: MailboxId; messageId: MessageId },
    chunk: number,
    body: StoredBody,
  ): void {
    const bytes = body.kind === "inline" ? body.bytes : null;
    const fileName = body.kind === "file" ? body.fileName : null;
    statements.insertChunk.run(mailboxId, messageId, chunk, body.size, bytes, fileName, body.sha256 ?? null);
  }

  // Closed, a mailbox refuses for good; full, for now. So the former is asked first.

  /** Of a DATA message: reports are taken by every mailbox. */
  function isClosed(recipientId: MailboxId | null | undefined): boolean {
    return typeof recipientId === "string" && statements.isClosed.get(recipientId) !== undefined;
  }

  /** Only of what is sent: reports, and what an operator puts back, have room in every mailbox. */
  function lacksRoom(recipientId: MailboxId | null | undefined): boolean {
    if (limits.messages === undefined && limits.bytes === undefined) return false;
    return typeof recipientId === "string" && isFull(places.waiting(recipientId), limits);
  }

  function accept({ message, routingAddress, body, token }: Acceptance): AcceptOutcome {
    if (message.type === "DATA" && isClosed(message.recipientId)) return "mailbox-closed";
    if (message.type === "DATA" && lacksRoom(message.recipientId)) return "mailbox-full";
    if (token !== undefined && !takeToken(token)) return "token-used";
    statements.insertMessage.run(...writeMessage(message));
    if (body !== undefined) insertChunk(message, 1, body);
    if (message.recipientId === undefined) {
      const tryAt = message.state === "routing" ? message.createdAt.getTime() : null;
      statements.insertRouting.run(message.mailboxId, message.messageId, routingAddress ?? "", tryAt);
    } else if (message.state === "accepted") {
      numbers.arrive(message, message.recipientId);
    } else {
      statements.awaitUpload.run(message.recipientId, message.messageId, message.mailboxId, message.workflowId);
    }
    return "done";
  }

  function addChunk({ mailboxId, messageId, chunk, body, token, finish }: ChunkArrival): ChunkOutcome {
    const message = statements.readState.get(mailboxId, messageId);
    if (message?.["state"] !== "uploading") return "not-uploading";
    if (statements.hasChunk.get(mailboxId, messageId, chunk) !== undefined) return "there-already";
    const recipientId = message["recipient_id"] as MailboxId | null;
    if (isClosed(recipientId)) return "mailbox-closed";
    const before = statements.countChunks.get(mailboxId, messageId)?.["stored"] as number;
    const isLast = before + 1 === message["total_chunks"];
    if (isLast && lacksRoom(recipientId)) return "mailbox-full";
    if (token !== undefined && !takeToken(token)) return "token-used";
    insertChunk({ mailboxId, messageId }, chunk, body);
    statements.sumChunks.run(mailboxId, messageId, mailboxId, messageId);
    if (!isLast) return "stored";
    applyChange(finish);
    return "finished";
  }

  function apply(change: Change, token: TokenUse | undefined): ApplyOutcome {
    const message = statements.readState.get(change.mailboxId, change.messageId);
    if (message?.["state"] !== change.from || !mayMove(change.from, change.to)) return "not-in-state";
    const recipientId = change.recipientId ?? (message["recipient_id"] as MailboxId | null);
    if (change.to === "accepted" && message["type"] === "DATA" && isClosed(recipientId)) return "mailbox-closed";
    if (change.from === "routing" && change.to === "accepted" && lacksRoom(recipientId)) return "mailbox-full";
    if (change.to === "damaged" && isGivenWhole(change, message)) return "given-whole";
    if (token !== undefined && !takeToken(token)) return "token-used";
    applyChange(change);
    return "done";
  }

  function put(change: Change): ApplyOutcome {
    const message = statements.readState.get(change.mailboxId, change.messageId);
    if (message?.["state"] !== change.from || !mayBePut(change.from, change.to)) return "not-in-state";
    const recipientId = message["recipient_id"] as MailboxId | null;
    if (recipientId === null) return "not-in-state";
    if (change.to === "accepted" && message["type"] === "DATA" && isClosed(recipientId)) return "mailbox-closed";
    applyChange(change);
    return "done";
  }

  function isGivenWhole({ mailboxId, messageId }: Change, message: Row): boolean {
    return statements.countGiven.get(mailboxId, messageId)?.["given"] === message["total_chunks"];
  }

  function applyChange(change: Change): void {
    const { mailboxId, messageId, at, to } = change;
    statements.changeState.run(
      to,
      at.getTime(),
      change.dueAt?.getTime() ?? null,
      to === "accepted" ? at.getTime() : null,
      change.recipientId ?? null,
      change.status?.event ?? null,
      change.status?.code ?? null,
      change.status?.description ?? null,
      mailboxId,
      messageId,
    );
    const row = statements.readState.get(mailboxId, messageId) as Row;
    const recipientId = row["recipient_id"] as MailboxId | null;
    if (to === "accepted" && recipientId !== null) {
      const [workflowId, bytes] = [row["workflow_id"] as string, row["bytes"] as number];
      numbers.arrive({ mailboxId, messageId, workflowId, bytes }, recipientId);
    } else if (recipientId !== null) {
      numbers.leave(messageId, recipientId);
    }
    if (to === "routing") statements.beginRouting.run(at.getTime(), mailboxId, messageId);
    else statements.endRouting.run(mailboxId, messageId);
    if (change.report !== undefined) {
      statements.insertMessage.run(...writeMessage(change.report));
      numbers.arrive(change.report, change.report.mailboxId);
    }
  }

  function isIn({ mailboxId, messageId, state }: Extract<Operation, { kind: "remove" }>): boolean {
    return statements.readState.get(mailboxId, messageId)?.["state"] === state;
  }

  function removeBodies(mailboxId: MailboxId, messageId: MessageId): StoredBody[] {
    const files = statements.readFiles.all(mailboxId, messageId).map(readBody);
    statements.deleteChunks.run(mailboxId, messageId);
    statements.deleteGiven.run(mailboxId, messageId);
    return files;
  }

  function remove(mailboxId: MailboxId, messageId: MessageId): StoredBody[] {
    const files = removeBodies(mailboxId, messageId);
    const recipientId = (statements.readState.get(mailboxId, messageId)?.["recipient_id"] ?? null) as MailboxId | null;
    if (recipientId !== null) numbers.delete(messageId, recipientId);
    statements.endRouting.run(mailboxId, messageId);
    statements.deleteMessage.run(mailboxId, messageId);
    return files;
  }

  function run(operation: Operation): unknown {
    switch (operation.kind) {
      case "accept":
        return accept(operation.acceptance);
      case "chunk":
        return addChunk(operation.arrival);
      case "apply":
        return apply(operation.change, operation.token);
      case "put":
        return put(operation.change);
      case "token":
        return takeToken(operation.token);
      case "given":
        return statements.markGiven.run(operation.mailboxId, operation.messageId, operation.chunk).changes;
      case "close-mailbox": {
        const { mailboxId, closedAt, reason } = operation.closure;
        return statements.closeMailbox.run(mailboxId, closedAt.getTime(), reason).changes === 1;
      }
      case "open-mailbox":
        return statements.openMailbox.run(operation.mailboxId).changes === 1;
      case "hold":
        return statements.hold.run(
          operation.tries,
          operation.nextTryAt.getTime(),
          operation.mailboxId,
          operation.messageId,
        ).changes;
      case "remove":
        return isIn(operation) ? remove(operation.mailboxId, operation.messageId) : [];
      case "remove-bodies":
        return removeBodies(operation.mailboxId, operation.messageId);
      case "forget-tokens":
        return statements.forgetTokens.run(operation.now.getTime(), operation.limit).changes;
      case "see-time":
        return statements.seeTime.run({ ...operation.seen, doubt: operation.seen.doubt ?? null }).changes;
      case "wipe":
        return wipeStore(db, numbers, remove, operation.wipe);
      case "finish-restore":
        return finishRestore(db);
    }
  }

  return { run };
}

function prepareStatements(db: DatabaseSync) {
  const prepare = (sql: string): StatementSync => db.prepare(sql);
  return {
    takeToken: prepare(
      `INSERT INTO token (mailbox_id, nonce, nonce_count, time, expires_at) SELECT ?1, ?2, ?3, ?4, ?5
       WHERE NOT EXISTS (SELECT 1 FROM token WHERE mailbox_id = ?1 AND nonce = ?2 AND nonce_count = ?3 AND time = -1)
       ON CONFLICT DO NOTHING`,
    ),
    insertMessage: prepare(INSERT_MESSAGE),
    readState: prepare(
      `SELECT type, state, recipient_id, workflow_id, total_chunks, bytes FROM message
       WHERE mailbox_id = ? AND message_id = ?`,
    ),
    // A message that is put back is no failure any more. A report keeps saying what it reports.
    changeState: prepare(
      `UPDATE message SET state = ?1, changed_at = ?2, due_at = ?3,
         accepted_at = coalesce(?4, accepted_at), recipient_id = coalesce(?5, recipient_id),
         addressed_to = coalesce(?5, addressed_to),
         status_event = iif(type = 'DATA', ?6, status_event),
         status_code = iif(type = 'DATA', ?7, status_code),
         status_description = iif(type = 'DATA', ?8, status_description)
       WHERE mailbox_id = ?9 AND message_id = ?10`,
    ),
    deleteMessage: prepare("DELETE FROM message WHERE mailbox_id = ? AND message_id = ?"),
    awaitUpload: prepare(
      "INSERT INTO delivery (recipient_id, message_id, mailbox_id, workflow_id, listed) VALUES (?, ?, ?, ?, 0)",
    ),
    insertChunk: prepare(
      `INSERT INTO chunk (mailbox_id, message_id, chunk, size, bytes, file_name, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    hasChunk: prepare("SELECT 1 FROM chunk WHERE mailbox_id = ? AND message_id = ? AND chunk = ?"),
    readFiles: prepare(
      `SELECT size, NULL AS bytes, file_name, NULL AS sha256 FROM chunk
       WHERE mailbox_id = ? AND message_id = ? AND file_name IS NOT NULL`,
    ),
    countChunks: prepare("SELECT count(*) AS stored FROM chunk WHERE mailbox_id = ? AND message_id = ?"),
    sumChunks: prepare(
      `UPDATE message SET bytes = (SELECT sum(size) FROM chunk WHERE mailbox_id = ? AND message_id = ?)
       WHERE mailbox_id = ? AND message_id = ?`,
    ),
    deleteChunks: prepare("DELETE FROM chunk WHERE mailbox_id = ? AND message_id = ?"),
    // Only of a chunk that is there: the message may have been deleted meanwhile.
    markGiven: prepare(
      `INSERT INTO given_chunk SELECT mailbox_id, message_id, chunk FROM chunk
       WHERE mailbox_id = ? AND message_id = ? AND chunk = ? ON CONFLICT DO NOTHING`,
    ),
    countGiven: prepare("SELECT count(*) AS given FROM given_chunk WHERE mailbox_id = ? AND message_id = ?"),
    deleteGiven: prepare("DELETE FROM given_chunk WHERE mailbox_id = ? AND message_id = ?"),
    isClosed: prepare("SELECT 1 FROM closed_mailbox WHERE mailbox_id = ?"),
    closeMailbox: prepare(
      "INSERT INTO closed_mailbox (mailbox_id, closed_at, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    openMailbox: prepare("DELETE FROM closed_mailbox WHERE mailbox_id = ?"),
    insertRouting: prepare(
      "INSERT INTO routing (mailbox_id, message_id, address, tries, next_try_at) VALUES (?, ?, ?, 0, ?)",
    ),
    beginRouting: prepare("UPDATE routing SET next_try_at = ? WHERE mailbox_id = ? AND message_id = ?"),
    hold: prepare("UPDATE routing SET tries = ?, next_try_at = ? WHERE mailbox_id = ? AND message_id = ?"),
    endRouting: prepare("DELETE FROM routing WHERE mailbox_id = ? AND message_id = ?"),
    forgetTokens: prepare(
      `DELETE FROM token WHERE (mailbox_id, nonce, nonce_count, time) IN
         (SELECT mailbox_id, nonce, nonce_count, time FROM token WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
    ),
    seeTime: prepare(
      `INSERT OR REPLACE INTO machine_time (one, wall, uptime, boot, reference, steady, lag, doubt)
       VALUES (1, :wall, :uptime, :boot, :reference, :steady, :lag, :doubt)`,
    ),
  };
}
