// The next piece of a move, whole or not at all: bodies of files first, then all rows of the piece in one transaction with how far it
// is (progress.ts). What was put of bodies in a piece that failed is put again, under other names; what no row names is swept.

import type { MailboxId, MessageId } from "@restante/mesh";

import type { Bodies, StoredBody } from "../bodies/bodies.ts";
import { inLanes } from "../lanes.ts";
import type { Transaction } from "../store/postgres/database.ts";
import { type MailboxView, noWrites, stateOf, tokenKeyOf, type Writes } from "../store/postgres/decide.ts";
import type { Partitions } from "../store/postgres/partitions.ts";
import { raiseFloors, write } from "../store/postgres/write.ts";
import { FILES_AT_ONCE, type MovedBody, moveBody } from "./move-body.ts";
import type { OldMessage, OldStore } from "./old-store.ts";
import { type Copied, type Move, recordCopied } from "./progress.ts";
import { copyUnread, type CopyingUnread } from "./unread.ts";

const MOST_MESSAGES = 200;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_TOKENS = 1000;
/** Of bodies in rows, in one statement. */
const MOST_AT_ONCE = 8 * 1024 * 1024;

export interface Copying extends CopyingUnread {
  readonly partitions: Partitions;
}

/** Copies the next piece of a move that is as far as this, and says how far it is then. */
export async function copyNext(copying: Copying, move: Move): Promise<Copied> {
  switch (move.copied.part) {
    case "messages":
      return copyMessages(copying, move);
    case "tokens":
      return copyTokens(copying, move);
    case "mailboxes":
      return copyMailboxes(copying, move);
    case "unread":
      return copyUnread(copying, move);
    case "nothing":
      return move.copied;
  }
}

async function copyMessages({ old, database, partitions, bodies }: Copying, move: Move): Promise<Copied> {
  const page = pageOf(old.messagesAfter(move.copied.messagesTo, MOST_MESSAGES));
  const last = page.at(-1)?.message.messageId;
  const copied: Copied =
    last === undefined
      ? { ...move.copied, part: "tokens" }
      : { ...move.copied, messages: move.copied.messages + page.length, messagesTo: last };
  const moved = await moveBodies(old, page, bodies);
  await partitions.ensure({ messageIds: page.map(({ message }) => message.messageId), tokenTimes: [] });
  await database.transact(async (transaction) => {
    await recordCopied(transaction, move, copied);
    await writeRows(transaction, rowsOf(page));
    for (const chunks of chunkRows(old, page, moved)) await writeRows(transaction, { ...noWrites(), chunks });
    const damaged = Array.from(moved).flatMap(([key, { damage }]) => {
      const [messageId, chunk] = key.split(" ");
      return damage === undefined ? [] : [{ message_id: messageId, chunk: Number(chunk), damage }];
    });
    if (damaged.length > 0) {
      await transaction.ask("INSERT INTO moved_damage SELECT * FROM json_populate_recordset(NULL::moved_damage, $1)", [
        JSON.stringify(damaged),
      ]);
    }
  });
  return copied;
}

/** So many that their bodies are not too much for one piece; always one. */
function pageOf(found: readonly OldMessage[]): readonly OldMessage[] {
  let bytes = 0;
  const beyond = found.findIndex(({ message }, index) => {
    bytes += message.bytes;
    return index > 0 && bytes > MOST_BYTES;
  });
  return beyond < 0 ? found : found.slice(0, beyond);
}

function keyOf(messageId: MessageId, chunk: number): string {
  return `${messageId} ${chunk}`;
}

/** By message and chunk. */
async function moveBodies(
  old: OldStore,
  page: readonly OldMessage[],
  bodies: Pick<Bodies, "receive">,
): Promise<Map<string, MovedBody>> {
  const moved = new Map<string, MovedBody>();
  await inLanes(FILES_AT_ONCE, filesOf(old, page), async ({ messageId, chunk, body }) => {
    moved.set(keyOf(messageId, chunk), await moveBody(old.bodiesFolder, body, `${messageId}-${chunk}`, bodies));
  });
  return moved;
}

function* filesOf(
  old: OldStore,
  page: readonly OldMessage[],
): Generator<{ messageId: MessageId; chunk: number; body: StoredBody & { kind: "file" } }> {
  for (const { message } of page) {
    for (const { chunk, body } of old.chunksOf(message)) {
      if (body.kind === "file") yield { messageId: message.messageId, chunk, body };
    }
  }
}

function* chunkRows(
  old: OldStore,
  page: readonly OldMessage[],
  moved: ReadonlyMap<string, MovedBody>,
): Generator<Writes["chunks"]> {
  let rows: Writes["chunks"] = [];
  let bytes = 0;
  for (const { message } of page) {
    const { mailboxId, messageId } = message;
    for (const { chunk, body: found } of old.chunksOf(message)) {
      const body = moved.get(keyOf(messageId, chunk))?.body ?? found;
      rows.push({ mailboxId, messageId, chunk, body });
      bytes += body.kind === "inline" ? body.size : 0;
      if (bytes < MOST_AT_ONCE && rows.length < MOST_TOKENS) continue;
      yield rows;
      rows = [];
      bytes = 0;
    }
  }
  if (rows.length > 0) yield rows;
}

function rowsOf(page: readonly OldMessage[]): Writes {
  const places = page.flatMap(({ message, place }) => (place === undefined ? [] : [{ message, place }]));
  return {
    ...noWrites(),
    messages: page.map(({ message }) => message),
    newStates: new Set(page.map(({ message }) => stateOf(message))),
    given: page.flatMap(({ message: { mailboxId, messageId }, given }) =>
      given.map((chunk) => ({ mailboxId, messageId, chunk })),
    ),
    newRoutings: page.flatMap(({ message, routing }) =>
      routing === undefined
        ? []
        : [
            {
              mailbox_id: message.mailboxId,
              message_id: message.messageId,
              address: routing.address,
              tries: routing.tries,
              next_try_at: routing.nextTryAt,
            },
          ],
    ),
    arrivals: places.map(({ message, place }) => ({
      recipient_id: place.recipientId,
      sequence: place.sequence,
      message_id: message.messageId,
      mailbox_id: message.mailboxId,
      bytes: place.bytes,
      arrived_bytes: place.arrivedBytes,
    })),
    listed: places.flatMap(({ message, place: { recipientId, sequence, workflowId } }) =>
      workflowId === undefined
        ? []
        : [{ recipient_id: recipientId, sequence, message_id: message.messageId, workflow_id: workflowId }],
    ),
    departures: places.flatMap(({ place: { recipientId, sequence, departure } }) =>
      departure === undefined
        ? []
        : [{ recipient_id: recipientId, departure: departure.number, sequence, departed_bytes: departure.bytes }],
    ),
  };
}

async function copyTokens({ old, database, partitions }: Copying, move: Move): Promise<Copied> {
  const tokens = old.tokensAfter(move.copied.tokensTo, MOST_TOKENS);
  const last = tokens.at(-1);
  const copied: Copied =
    last === undefined
      ? { ...move.copied, part: "mailboxes" }
      : {
          ...move.copied,
          tokens: move.copied.tokens + tokens.length,
          tokensTo: [last.mailboxId, last.nonce, last.nonceCount, last.time.getTime()],
        };
  await partitions.ensure({ messageIds: [], tokenTimes: tokens.map(({ time }) => time) });
  await database.transact(async (transaction) => {
    await recordCopied(transaction, move, copied);
    await writeRows(transaction, {
      ...noWrites(),
      tokens: new Map(tokens.map((token) => [tokenKeyOf(token), token])),
    });
  });
  return copied;
}

/** Where the numbers of each mailbox go on: no departure of a place before the last one is there to tell. */
async function copyMailboxes({ old, database }: Copying, move: Move): Promise<Copied> {
  const copied: Copied = { ...move.copied, part: "unread" };
  const mailboxes = old.mailboxes().filter(({ arrival, departure }) => arrival.number > 0 || departure.number > 0);
  const views = new Map<MailboxId, MailboxView>(
    mailboxes.map(({ mailboxId, arrival, departure }) => [
      mailboxId,
      { closed: false, arrival, departure, floor: arrival.number, departureFloor: departure.number, listedFloor: 0 },
    ]),
  );
  const closed = old
    .closures()
    .map(({ mailboxId, closedAt, reason }) => ({ mailbox_id: mailboxId, closed_at: closedAt.getTime(), reason }));
  await database.transact(async (transaction) => {
    await recordCopied(transaction, move, copied);
    await write(transaction.ask, { ...noWrites(), closed });
    await raiseFloors(transaction.ask, new Set(views.keys()), views);
  });
  return copied;
}

async function writeRows({ ask }: Transaction, writes: Writes): Promise<void> {
  await write(ask, writes);
}
