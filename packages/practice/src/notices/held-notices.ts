import { inTransaction } from "@restante/durable";
import type { DatabaseSync } from "node:sqlite";
import type { PracticeContext } from "../context.ts";
import { number, optionalText, present, type Row, text, time } from "../queries/rows.ts";
import type { HeldNotices } from "../unread.ts";

// As many receivers as the settings have, and those that they had before for as long as a notice to them is to be decided on.

/** To whom notices were given up, or not kept. */
export function readHeldNotices(database: DatabaseSync): HeldNotices[] {
  const first = database.prepare(
    "SELECT since FROM notice WHERE receiver = ? AND state = 'failed' ORDER BY due_at LIMIT 1",
  );
  const last = database.prepare("SELECT max(notice_id) AS last FROM notice WHERE receiver = ? AND state = 'failed'");
  return held(database).map((row) => {
    const receiver = number(row, "receiver");
    const since = first.get(receiver);
    return present({
      receiver,
      kind: text(row, "kind") as HeldNotices["kind"],
      to: shownAddress(text(row, "kind"), text(row, "address")),
      notices: number(row, "failed"),
      upTo: (last.get(receiver)?.["last"] as number | null | undefined) ?? 0,
      reason: optionalText(row, "problem") ?? "",
      notKept: number(row, "not_kept"),
      since: since && time(since, "since"),
      unknown: number(row, "place") === 0 ? (true as const) : undefined,
    });
  });
}

export function countHeld(database: DatabaseSync): number {
  return held(database).length;
}

function held(database: DatabaseSync): Row[] {
  return database
    .prepare(
      "SELECT receiver, kind, address, place, failed, not_kept, problem FROM notice_receiver WHERE failed > 0 OR not_kept > 0",
    )
    .all();
}

/** Nothing of what the person has not seen; nothing twice. */
export function sendNoticesAgain({ database, clock }: PracticeContext, receiver: number, upTo: number): void {
  const now = clock.now().toISOString();
  inTransaction(database, () => {
    const { changes } = database
      .prepare(
        `UPDATE notice SET state = 'waiting', attempts = 0, due_at = '', since = ?
         WHERE receiver = ? AND state = 'failed' AND notice_id <= ?
           AND receiver IN (SELECT receiver FROM notice_receiver WHERE place > 0)`,
      )
      .run(now, receiver, upTo);
    if (changes === 0) return;
    database.prepare("UPDATE notice_receiver SET attempts = 0, due_at = '' WHERE receiver = ?").run(receiver);
  });
}

export function endNotices({ database }: PracticeContext, receiver: number, upTo: number): void {
  inTransaction(database, () => {
    database
      .prepare("DELETE FROM notice WHERE receiver = ? AND state = 'failed' AND notice_id <= ?")
      .run(receiver, upTo);
    database.prepare("UPDATE notice_receiver SET not_kept = 0 WHERE receiver = ? AND failed = 0").run(receiver);
    forgetUnknown(database);
  });
}

/** Those that are in the settings no more, where nothing is left to decide. Part of a transaction. */
export function forgetUnknown(database: DatabaseSync): void {
  database.prepare("DELETE FROM notice_receiver WHERE place = 0 AND queued = 0 AND not_kept = 0").run();
}

/** The rest of the address of a webhook may be a secret. */
function shownAddress(kind: string, address: string): string {
  return kind === "webhook" ? new URL(address).origin : address;
}
