// A group of operations in one transaction: mailboxes are locked, then messages, each in the order of their ids, so that no two nodes
// wait for each other; then what is decided on is read, by statements of their own (a statement sees nothing that was committed
// while it waited for a lock); then it is decided, and written by one statement.
//
//   another try   two transactions were in each other's way, a connection was an old one, or a token turned out to be used on
//                 another node: the whole group again, from the beginning.
//   a mistake     one operation is refused by PostgreSQL: each operation by itself.
//   unknown       the connection failed while it committed: those of the group are told so, and the node goes on.

import type { MailboxId, MessageId } from "@restante/mesh";

import type { Message } from "../../message.ts";
import type { MailboxLimits, TokenUse } from "../store.ts";
import { asStoreError, type Database, isMistake, isWorthAnotherTry, type Row, type Transaction } from "./database.ts";
import {
  type Answer,
  decide,
  type GroupOperation,
  type Keyed,
  keyOf,
  MailboxNotLocked,
  type MailboxView,
  type MessageView,
  type StateRow,
  tokenKeyOf,
  type View,
  type Writes,
} from "./decide.ts";
import type { Partitions } from "./partitions.ts";
import { write } from "./write.ts";

const MOST_TRIES = 3;
const MOST_MAILBOXES_KNOWN = 100_000;

/** Some of a group's tokens are used: found by writing them. */
class TokensUsed extends Error {
  readonly tokens: readonly TokenUse[];

  constructor(tokens: readonly TokenUse[]) {
    super("tokens were used");
    this.tokens = tokens;
  }
}

/** Answers each. Fails as a whole where none of it is known to have happened, or whether it did is not known. */
export type CommitGroup = (group: readonly GroupOperation[]) => Promise<Answer[]>;

export function createCommitGroup(database: Database, partitions: Partitions, limits: MailboxLimits): CommitGroup {
  const known = new Set<MailboxId>();

  async function commitGroup(group: readonly GroupOperation[]): Promise<Answer[]> {
    const used = new Set<string>();
    const also = new Set<MailboxId>();
    let tries = 1;
    for (;;) {
      try {
        return await tryGroup(group, used, also);
      } catch (error) {
        if (error instanceof TokensUsed) for (const token of error.tokens) used.add(tokenKeyOf(token));
        else if (error instanceof MailboxNotLocked) also.add(error.mailboxId);
        else if (isWorthAnotherTry(error) && tries < MOST_TRIES) tries += 1;
        else if (isMistake(error) && (await isRepeated(group, used))) used.add(tokenKeyOf(tokenOf(group[0]!)!));
        else if (isMistake(error)) return await commitEach(group, error);
        else throw asStoreError(error);
      }
    }
  }

  /** One whose token is used is refused for that, whatever else is wrong with it. */
  async function isRepeated(
    [operation, ...others]: readonly GroupOperation[],
    used: ReadonlySet<string>,
  ): Promise<boolean> {
    const token = operation === undefined || others.length > 0 ? undefined : tokenOf(operation);
    if (token === undefined || used.has(tokenKeyOf(token))) return false;
    const rows = await database.ask(
      "SELECT FROM token WHERE mailbox_id = $1 AND nonce = $2 AND nonce_count = $3 AND time = $4",
      [token.mailboxId, token.nonce, token.nonceCount, token.time.getTime()],
    );
    return rows.length > 0;
  }

  async function commitEach(group: readonly GroupOperation[], error: unknown): Promise<Answer[]> {
    // A part or a mailbox that is no longer there is made anew.
    partitions.forget();
    known.clear();
    if (group.length === 1) return [{ error: asStoreError(error) }];
    const answers: Answer[] = [];
    for (const operation of group) {
      try {
        answers.push(...(await commitGroup([operation])));
      } catch (failed) {
        answers.push({ error: failed as Error });
      }
    }
    return answers;
  }

  async function tryGroup(
    group: readonly GroupOperation[],
    used: ReadonlySet<string>,
    also: ReadonlySet<MailboxId>,
  ): Promise<Answer[]> {
    const changed = group.flatMap(messageChangedBy);
    const recipients = await readRecipients(changed);
    const mailboxes = Array.from(new Set([...group.flatMap(mailboxesOf), ...recipients, ...also])).toSorted();
    await partitions.ensure({ messageIds: group.flatMap(newIdsOf), tokenTimes: group.flatMap(tokenTimesOf) });
    await makeMailboxes(mailboxes);
    return await database.transact(async ({ ask }) => {
      await lock(ask, mailboxes, changed);
      const view: View = { mailboxes: await readMailboxes(ask, mailboxes), messages: await readMessages(ask, changed) };
      const { answers, writes } = decide(group, view, { used, limits });
      await writeAll(ask, writes, view.mailboxes);
      return answers;
    });
  }

  /** Without a lock: that of a message which has none yet may change, and then decide.ts finds a mailbox that is not locked. */
  async function readRecipients(changed: readonly Keyed[]): Promise<MailboxId[]> {
    if (changed.length === 0) return [];
    const rows = await database.ask(
      `SELECT DISTINCT recipient_id FROM ${KEYS} JOIN message_state USING (mailbox_id, message_id)
       WHERE recipient_id IS NOT NULL`,
      [asKeys(changed)],
    );
    return rows.map((row) => row["recipient_id"] as MailboxId);
  }

  async function makeMailboxes(mailboxes: readonly MailboxId[]): Promise<void> {
    const missing = mailboxes.filter((mailboxId) => !known.has(mailboxId));
    if (missing.length === 0) return;
    await database.ask("INSERT INTO mailbox SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [missing]);
    if (known.size > MOST_MAILBOXES_KNOWN) known.clear();
    for (const mailboxId of missing) known.add(mailboxId);
  }

  return commitGroup;
}

const KEYS = "json_to_recordset($1) AS keys (mailbox_id text, message_id text)";

function asKeys(keyed: readonly Keyed[]): string {
  return JSON.stringify(keyed.map(({ mailboxId, messageId }) => ({ mailbox_id: mailboxId, message_id: messageId })));
}

async function lock(
  ask: Transaction["ask"],
  mailboxes: readonly MailboxId[],
  changed: readonly Keyed[],
): Promise<void> {
  if (mailboxes.length > 0) {
    const locked = await ask(
      "SELECT mailbox_id FROM mailbox WHERE mailbox_id = ANY($1::text[]) ORDER BY mailbox_id FOR NO KEY UPDATE",
      [mailboxes],
    );
    if (locked.length !== mailboxes.length) throw new Error("The row of a mailbox is gone.");
  }
  if (changed.length > 0) {
    await ask(
      `SELECT FROM ${KEYS} JOIN message_state AS held USING (mailbox_id, message_id)
       ORDER BY held.mailbox_id, held.message_id FOR NO KEY UPDATE OF held`,
      [asKeys(changed)],
    );
  }
}

async function readMailboxes(
  ask: Transaction["ask"],
  mailboxes: readonly MailboxId[],
): Promise<Map<MailboxId, MailboxView>> {
  if (mailboxes.length === 0) return new Map();
  const rows = await ask(
    `SELECT mailbox.mailbox_id, closed_mailbox.mailbox_id IS NOT NULL AS closed, ${PLACES}
     FROM unnest($1::text[]) AS mailbox (mailbox_id) LEFT JOIN closed_mailbox USING (mailbox_id) ${JOIN_PLACES}`,
    [mailboxes],
  );
  return new Map(rows.map((row) => [row["mailbox_id"] as MailboxId, readMailbox(row)]));
}

/** The newest numbers of a mailbox, and its floors: the last entries of three indexes. */
export const PLACES = `coalesce(arrival.sequence, 0) AS sequence, coalesce(arrival.arrived_bytes, 0) AS arrived_bytes,
  coalesce(departure.departure, 0) AS departure, coalesce(departure.departed_bytes, 0) AS departed_bytes,
  coalesce(floor.floor, 0) AS floor, coalesce(floor.floor_bytes, 0) AS floor_bytes,
  coalesce(floor.departure_floor, 0) AS departure_floor, coalesce(floor.departure_floor_bytes, 0) AS departure_floor_bytes,
  coalesce(floor.listed_floor, 0) AS listed_floor`;
export const JOIN_PLACES = `
  LEFT JOIN LATERAL (SELECT sequence, arrived_bytes FROM arrival WHERE recipient_id = mailbox.mailbox_id
    ORDER BY sequence DESC LIMIT 1) AS arrival ON true
  LEFT JOIN LATERAL (SELECT departure, departed_bytes FROM departure WHERE recipient_id = mailbox.mailbox_id
    ORDER BY departure DESC LIMIT 1) AS departure ON true
  LEFT JOIN LATERAL (SELECT * FROM floor WHERE floor.mailbox_id = mailbox.mailbox_id
    ORDER BY floor DESC, departure_floor DESC, listed_floor DESC LIMIT 1) AS floor ON true`;

/** Of a row of `PLACES`. */
export function readMailbox(row: Row): MailboxView {
  const number = (name: string): number => row[name] as number;
  const newer = (newest: string, bytes: string, floor: string): { number: number; bytes: number } =>
    number(newest) > number(floor)
      ? { number: number(newest), bytes: number(bytes) }
      : { number: number(floor), bytes: number(`${floor}_bytes`) };
  return {
    closed: row["closed"] === true,
    arrival: newer("sequence", "arrived_bytes", "floor"),
    departure: newer("departure", "departed_bytes", "departure_floor"),
    floor: number("floor"),
    departureFloor: number("departure_floor"),
    listedFloor: number("listed_floor"),
  };
}

async function readMessages(ask: Transaction["ask"], changed: readonly Keyed[]): Promise<Map<string, MessageView>> {
  if (changed.length === 0) return new Map();
  const rows = await ask(
    `SELECT to_json(held) AS row, type, workflow_id, total_chunks, place.*,
       EXISTS (SELECT FROM routing WHERE (mailbox_id, message_id) = (held.mailbox_id, held.message_id)) AS is_routing,
       ARRAY(SELECT json_build_array(chunk, size, file_name) FROM chunk
         WHERE (mailbox_id, message_id) = (held.mailbox_id, held.message_id)) AS chunks,
       ARRAY(SELECT chunk FROM given_chunk
         WHERE (mailbox_id, message_id) = (held.mailbox_id, held.message_id)) AS given
     FROM ${KEYS} JOIN message_state AS held USING (mailbox_id, message_id) JOIN message USING (mailbox_id, message_id)
     LEFT JOIN LATERAL (
       SELECT arrival.sequence, arrival.bytes, departure.departure FROM arrival
       LEFT JOIN departure USING (recipient_id, sequence)
       WHERE arrival.recipient_id = held.recipient_id AND arrival.message_id = held.message_id
       ORDER BY arrival.sequence DESC LIMIT 1) AS place ON true`,
    [asKeys(changed)],
  );
  const views = rows.map((row): MessageView => {
    const chunks = row["chunks"] as [number, number, string | null][];
    return {
      row: row["row"] as StateRow,
      type: row["type"] as Message["type"],
      workflowId: row["workflow_id"] as string,
      totalChunks: row["total_chunks"] as number,
      chunks: new Map(chunks.map(([chunk, size, fileName]) => [chunk, { size, fileName }])),
      given: new Set(row["given"] as number[]),
      isRouting: row["is_routing"] as boolean,
      place:
        row["sequence"] === null
          ? undefined
          : {
              sequence: row["sequence"] as number,
              bytes: row["bytes"] as number,
              departure: row["departure"] as number | null,
            },
    };
  });
  return new Map(
    views.map((view) => [keyOf({ mailboxId: view.row.mailbox_id, messageId: view.row.message_id }), view]),
  );
}

async function writeAll(
  ask: Transaction["ask"],
  writes: Writes,
  mailboxes: ReadonlyMap<MailboxId, MailboxView>,
): Promise<void> {
  const taken = await write(ask, writes, mailboxes);
  if (taken.length === writes.tokens.size) return;
  const mine = new Set(taken);
  throw new TokensUsed(Array.from(writes.tokens.values()).filter((token) => !mine.has(tokenKeyOf(token))));
}

function messageChangedBy(operation: GroupOperation): Keyed[] {
  switch (operation.kind) {
    case "chunk":
      return [operation.arrival];
    case "apply":
    case "put":
      return [operation.change];
    case "given":
    case "hold":
    case "remove":
    case "remove-bodies":
      return [operation];
    case "accept":
    case "token":
    case "close-mailbox":
    case "open-mailbox":
      return [];
  }
}

function mailboxesOf(operation: GroupOperation): MailboxId[] {
  switch (operation.kind) {
    case "accept": {
      const { recipientId } = operation.acceptance.message;
      return recipientId === undefined ? [] : [recipientId];
    }
    case "apply":
    case "put": {
      const { recipientId, report } = operation.change;
      return [...(recipientId === undefined ? [] : [recipientId]), ...(report === undefined ? [] : [report.mailboxId])];
    }
    case "close-mailbox":
      return [operation.closure.mailboxId];
    case "open-mailbox":
      return [operation.mailboxId];
    case "chunk":
    case "given":
    case "hold":
    case "remove":
    case "remove-bodies":
    case "token":
      return [];
  }
}

function newIdsOf(operation: GroupOperation): MessageId[] {
  if (operation.kind === "accept") return [operation.acceptance.message.messageId];
  if (operation.kind !== "apply" || operation.change.report === undefined) return [];
  return [operation.change.report.messageId];
}

/** What no two operations of one group are about: each finds what the other has written. */
export function touchedBy(operation: GroupOperation): string[] {
  const changed = messageChangedBy(operation).map(keyOf);
  if (operation.kind === "accept") return [keyOf(operation.acceptance.message)];
  if (operation.kind === "close-mailbox") return [operation.closure.mailboxId];
  if (operation.kind === "open-mailbox") return [operation.mailboxId];
  if (operation.kind !== "apply" || operation.change.report === undefined) return changed;
  return [...changed, keyOf(operation.change.report)];
}

function tokenOf(operation: GroupOperation): TokenUse | undefined {
  switch (operation.kind) {
    case "accept":
      return operation.acceptance.token;
    case "chunk":
      return operation.arrival.token;
    case "apply":
    case "token":
      return operation.token;
    case "put":
    case "given":
    case "hold":
    case "remove":
    case "remove-bodies":
    case "close-mailbox":
    case "open-mailbox":
      return undefined;
  }
}

function tokenTimesOf(operation: GroupOperation): Date[] {
  const token = tokenOf(operation);
  return token === undefined ? [] : [token.time];
}
