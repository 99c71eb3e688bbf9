import { inTransaction } from "@restante/durable";
import type { DatabaseSync } from "node:sqlite";
import { longestWaitMs, retryAt } from "../hand-over/retry.ts";
import { number, text } from "../queries/rows.ts";
import type { EmailOptions, NoticeEvent, NoticeOptions, WebhookOptions } from "../unread.ts";
import { isDueAt } from "../work.ts";
import { forgetUnknown } from "./held-notices.ts";

/** Who is told, with what is needed for it. */
export type Receiver = { receiver: number; place: number } & (
  | { kind: "email"; address: string; email: EmailOptions }
  | { kind: "webhook"; address: string; webhook: WebhookOptions }
);

const allEvents: readonly NoticeEvent[] = ["task-new", "task-unread", "task-overdue"];
/** A person reads them: that there is a new task they see in the worklist. */
const emailEvents: readonly NoticeEvent[] = ["task-unread", "task-overdue"];

/**
 * Writes down who is to be told by the settings, from now on; what waits for others can be sent to nobody any more, and a person is
 * told so. Only by the system at work: see store/migrations/notices.ts.
 */
export function noteReceivers(database: DatabaseSync, { email, webhooks = [] }: NoticeOptions = {}): Receiver[] {
  const put = (kind: Receiver["kind"], address: string, place: number, events: readonly NoticeEvent[]): number => {
    const row = database
      .prepare(
        `INSERT INTO notice_receiver (kind, address, place, events) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET place = excluded.place, events = excluded.events, due_at = '' RETURNING receiver`,
      )
      .get(kind, address, place, ` ${events.join(" ")} `);
    return number(row ?? {}, "receiver");
  };
  return inTransaction(database, () => {
    const receivers: Receiver[] = [];
    for (const [index, address] of (email?.to ?? []).entries()) {
      const place = index + 1;
      const receiver = put("email", address, place, emailEvents);
      receivers.push({ kind: "email", receiver, place, address, email: email as EmailOptions });
    }
    for (const [index, webhook] of webhooks.entries()) {
      const place = index + 1;
      const { url, events = allEvents } = webhook;
      receivers.push({ kind: "webhook", receiver: put("webhook", url, place, events), place, address: url, webhook });
    }
    const named = new Set(receivers.map(({ receiver }) => receiver));
    for (const row of database.prepare("SELECT receiver FROM notice_receiver").all()) {
      const receiver = number(row, "receiver");
      if (!named.has(receiver)) noteUnknown(database, receiver);
    }
    forgetUnknown(database);
    return receivers;
  });
}

function noteUnknown(database: DatabaseSync, receiver: number): void {
  database.prepare("UPDATE notice SET state = 'failed' WHERE receiver = ? AND state = 'waiting'").run(receiver);
  database
    .prepare("UPDATE notice_receiver SET place = 0, events = '', problem = ? WHERE receiver = ?")
    .run("It is not in the settings any more.", receiver);
}

/** What is sent at once: one notice by a webhook, all of one event by email. */
export interface Batch {
  event: NoticeEvent;
  notices: readonly Notice[];
}

export interface Notice {
  noticeId: number;
  id: string;
  taskId: number;
  at: string;
}

const hour = 3_600_000;
const triedForMs = 3 * 24 * hour;

/**
 * What is to be sent now; undefined: nothing is. New ones come before those that were tried: none that is refused again and again
 * holds up another.
 */
export function nextBatch(database: DatabaseSync, { kind, receiver }: Receiver, now: Date): Batch | undefined {
  const row = database.prepare("SELECT due_at, mailed FROM notice_receiver WHERE receiver = ?").get(receiver);
  if (row === undefined || !hasCome(text(row, "due_at"), now)) return undefined;
  if (kind === "webhook") {
    const first = database.prepare(
      `SELECT notice_id, id, event, task_id, at FROM notice INDEXED BY notice_due
       WHERE receiver = ? AND state = 'waiting' AND due_at >= ? AND due_at <= ? ORDER BY due_at, notice_id LIMIT 1`,
    );
    const wrong = new Date(now.getTime() + longestWaitMs).toISOString();
    const found = first.get(receiver, "", now.toISOString()) ?? first.get(receiver, `${wrong}+`, "9");
    return found && { event: text(found, "event") as NoticeEvent, notices: [noticeIn(found)] };
  }
  const mailed = JSON.parse(text(row, "mailed")) as Partial<Record<NoticeEvent, string>>;
  const waiting = database
    .prepare(
      `SELECT notice_id, id, event, task_id, at FROM notice INDEXED BY notice_due WHERE receiver = ? AND state = 'waiting'`,
    )
    .all(receiver);
  for (const event of emailEvents) {
    const last = mailed[event];
    const notices = waiting.filter((each) => each["event"] === event).map(noticeIn);
    const mayGo = last === undefined || hasCome(new Date(new Date(last).getTime() + hour).toISOString(), now);
    if (notices.length > 0 && mayGo) return { event, notices };
  }
  return undefined;
}

function noticeIn(row: Parameters<typeof text>[0]): Notice {
  return {
    noticeId: number(row, "notice_id"),
    id: text(row, "id"),
    taskId: number(row, "task_id"),
    at: text(row, "at"),
  };
}

function hasCome(dueAt: string, now: Date): boolean {
  return isDueAt(dueAt === "" ? undefined : new Date(dueAt), now);
}

/** It has them: what was sent is kept no more. */
export function noteSent(database: DatabaseSync, { kind, receiver }: Receiver, batch: Batch, now: Date): void {
  inTransaction(database, () => {
    const gone = database.prepare("DELETE FROM notice WHERE notice_id = ?");
    for (const { noticeId } of batch.notices) gone.run(noticeId);
    database
      .prepare(
        "UPDATE notice_receiver SET attempts = 0, due_at = '' WHERE receiver = ? AND (attempts > 0 OR due_at <> '')",
      )
      .run(receiver);
    if (kind === "webhook") return;
    database
      .prepare("UPDATE notice_receiver SET mailed = json_set(mailed, '$.\"' || ? || '\"', ?) WHERE receiver = ?")
      .run(batch.event, now.toISOString(), receiver);
  });
}

/**
 * It was tried for nothing. `ofNotice`: it takes others, but not this one. What has been tried for days is given up, and counted:
 * where nothing at all can be sent, all that has waited so long. The days begin with the first try that fails: while the system
 * was not at work nothing was tried.
 */
export function noteFailed(
  database: DatabaseSync,
  { receiver }: Receiver,
  { notices: [notice] }: Batch,
  { reason, ofNotice, now, firstWaitMs }: { reason: string; ofNotice: boolean; now: Date; firstWaitMs: number },
): number {
  return inTransaction(database, () => {
    const put = (table: string, id: string, of: number): void => {
      const { attempts } = database.prepare(`SELECT attempts FROM ${table} WHERE ${id} = ?`).get(of) ?? {};
      if (typeof attempts !== "number") return;
      const dueAt = retryAt(now, attempts, firstWaitMs).toISOString();
      database.prepare(`UPDATE ${table} SET attempts = attempts + 1, due_at = ? WHERE ${id} = ?`).run(dueAt, of);
    };
    database
      .prepare(
        `UPDATE notice SET since = :now WHERE receiver = :receiver AND state = 'waiting' AND attempts = 0
           AND iif(:ofNotice, notice_id = :notice, 0 = (SELECT attempts FROM notice_receiver WHERE receiver = :receiver))`,
      )
      .run({ now: now.toISOString(), receiver, notice: notice?.noticeId ?? 0, ofNotice: ofNotice ? 1 : 0 });
    if (notice !== undefined) put("notice", "notice_id", notice.noticeId);
    if (!ofNotice) put("notice_receiver", "receiver", receiver);
    database.prepare("UPDATE notice_receiver SET problem = ? WHERE receiver = ?").run(reason, receiver);
    const { changes } = database
      .prepare(
        `UPDATE notice SET state = 'failed' WHERE receiver = ? AND state = 'waiting' AND since <= ? AND (notice_id = ? OR ?)`,
      )
      .run(receiver, new Date(now.getTime() - triedForMs).toISOString(), notice?.noticeId ?? 0, ofNotice ? 0 : 1);
    return Number(changes);
  });
}

/** When there is something to send next; undefined: nothing waits. */
export function nextDueAt(database: DatabaseSync, receiver: number): Date | undefined {
  const own = database.prepare("SELECT due_at FROM notice_receiver WHERE receiver = ?").get(receiver);
  const first = database
    .prepare(
      "SELECT due_at FROM notice INDEXED BY notice_due WHERE receiver = ? AND state = 'waiting' ORDER BY due_at LIMIT 1",
    )
    .get(receiver);
  if (own === undefined || first === undefined) return undefined;
  const [a, b] = [text(own, "due_at"), text(first, "due_at")];
  const due = a > b ? a : b;
  return due === "" ? undefined : new Date(due);
}

/** As many came to it while too many waited, and were not kept. */
export function notKept(database: DatabaseSync, receiver: number): number {
  const row = database.prepare("SELECT not_kept FROM notice_receiver WHERE receiver = ?").get(receiver);
  return row === undefined ? 0 : number(row, "not_kept");
}
