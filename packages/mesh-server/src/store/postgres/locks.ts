// The locks of a group: of mailboxes, then of messages, each in the order of their ids. Whoever holds one does so for as long as a commit
// takes. Where one is held for longer (by a node that was stopped, or somebody's own transaction) the group goes on without what needs it,
// and so do those that follow, until it is free. So it is with a table, or the part of a day, that somebody has locked as a whole, or waits
// to: as for VACUUM FULL, REINDEX, or most of ALTER TABLE.

import type { MailboxId, MessageId } from "@restante/mesh";

import type { Transaction } from "./database.ts";
import { type Keyed, keyOf } from "./decide.ts";
import { OUR_SCHEMA } from "./schema.ts";

export interface Locks {
  /** In the order of their ids. */
  mailboxes: readonly MailboxId[];
  messages: readonly Keyed[];
}

/** Of arrays, whose length the planner knows, where JSON would be a hundred rows to it. */
export const KEYS = "unnest($1::text[], $2::text[]) AS keys (mailbox_id, message_id)";

export function asKeys(keyed: readonly Keyed[]): [MailboxId[], MessageId[]] {
  return [keyed.map(({ mailboxId }) => mailboxId), keyed.map(({ messageId }) => messageId)];
}

/** Beside the join by keys: so that no more than the parts of their days are planned for, and their rows are found by an index. */
export function amongKeys(table: string): string {
  return `${table}.mailbox_id = ANY($1) AND ${table}.message_id = ANY($2)`;
}

/** Asks for all at once. */
export async function lock(ask: Transaction["ask"], { mailboxes, messages }: Locks): Promise<void> {
  const [locked] = await Promise.all([
    mailboxes.length === 0
      ? []
      : ask("SELECT mailbox_id FROM mailbox WHERE mailbox_id = ANY($1::text[]) ORDER BY mailbox_id FOR NO KEY UPDATE", [
          mailboxes,
        ]),
    messages.length === 0
      ? []
      : ask(
          `SELECT FROM ${KEYS} JOIN message_state AS held USING (mailbox_id, message_id)
           WHERE ${amongKeys("held")}
           ORDER BY held.mailbox_id, held.message_id FOR NO KEY UPDATE OF held`,
          asKeys(messages),
        ),
  ]);
  if (locked.length !== mailboxes.length) throw new Error("The row of a mailbox is gone.");
}

/** Those of them that another transaction has locked, by `keyOf` and mailbox id. Waits for none, but for tables. */
export async function findHeld(ask: Transaction["ask"], { mailboxes, messages }: Locks): Promise<string[]> {
  const heldMailboxes =
    mailboxes.length === 0
      ? []
      : await ask(
          `WITH free AS MATERIALIZED (
             SELECT mailbox_id FROM mailbox WHERE mailbox_id = ANY($1::text[]) FOR NO KEY UPDATE SKIP LOCKED)
           SELECT mailbox_id FROM mailbox WHERE mailbox_id = ANY($1::text[]) AND mailbox_id NOT IN (SELECT mailbox_id FROM free)`,
          [mailboxes],
        );
  const heldMessages =
    messages.length === 0
      ? []
      : await ask(
          `WITH free AS MATERIALIZED (
             SELECT held.mailbox_id, held.message_id FROM ${KEYS} JOIN message_state AS held USING (mailbox_id, message_id)
             WHERE ${amongKeys("held")} FOR NO KEY UPDATE OF held SKIP LOCKED)
           SELECT mailbox_id, message_id FROM ${KEYS} JOIN message_state USING (mailbox_id, message_id)
           WHERE ${amongKeys("message_state")} AND (mailbox_id, message_id) NOT IN (SELECT mailbox_id, message_id FROM free)`,
          asKeys(messages),
        );
  return [
    ...heldMailboxes.map((row) => row["mailbox_id"] as string),
    ...heldMessages.map((row) => keyOf({ mailboxId: row["mailbox_id"], messageId: row["message_id"] } as Keyed)),
  ];
}

/** Tables and parts that others have locked, or wait to lock, so that nothing is written to them meanwhile. Waits for none. */
export async function findLockedTables(ask: Transaction["ask"]): Promise<string[]> {
  const rows = await ask(
    `SELECT DISTINCT relname AS name FROM pg_locks JOIN pg_class ON pg_class.oid = relation
     WHERE locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND relnamespace = ${OUR_SCHEMA} AND pid IS DISTINCT FROM pg_backend_pid()
       AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`,
  );
  return rows.map((row) => row["name"] as string);
}
