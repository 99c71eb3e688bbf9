// Whether the new store has what the old one has: each message with all that hangs on it, each token and each mailbox is read from
// both and compared, and every body of the new one read to its end. A digest of each mailbox is made of what was read, on each side.

import { createHash, type Hash } from "node:crypto";

import type { MailboxId, MessageId } from "@restante/mesh";

import { type Bodies, BodyDamaged, type StoredBody } from "../bodies/bodies.ts";
import { JOIN_PLACES, PLACES, readMailbox } from "../store/postgres/views.ts";
import type { Database, Row } from "../store/postgres/database.ts";
import { FROM_MESSAGE, MESSAGE, readMessage } from "../store/postgres/rows.ts";
import type { Closure, TokenUse } from "../store/store.ts";
import { countRows } from "./count-rows.ts";
import { digestOf, hexOf, type OldMessage, type OldStore, type TokenPlace } from "./old-store.ts";
import { persist } from "./persist.ts";

const MOST_MESSAGES = 200;
const MOST_TOKENS = 1000;
const MOST_TOLD = 20;

export interface MailboxSum {
  readonly mailboxId: MailboxId;
  /** Its own: what it sent, and reports that it was sent. */
  readonly messages: number;
  readonly listed: number;
  readonly lastNumber: number;
  /** Of all that was read of it in the old store, and in the new one. */
  readonly digests: readonly [string, string];
}

export interface Verified {
  readonly mailboxes: readonly MailboxSum[];
  readonly damaged: readonly { readonly messageId: MessageId; readonly chunk: number; readonly damage: string }[];
  /** In words; none if all is there. */
  readonly differences: readonly string[];
}

type Reading = Pick<Database, "ask">;

export interface Verifying {
  readonly old: OldStore;
  readonly database: Reading;
  readonly bodies: Pick<Bodies, "open">;
  readonly tell: (messages: number) => void;
  readonly signal: AbortSignal;
}

interface NewChunk {
  readonly chunk: number;
  readonly body: StoredBody;
  /** Of what is in the row. */
  readonly content: string | undefined;
}

interface NewMessage extends OldMessage {
  readonly chunks: readonly NewChunk[];
}

export async function verify({ old, database: once, bodies, tell, signal }: Verifying): Promise<Verified> {
  const database: Reading = {
    async ask(...asked) {
      signal.throwIfAborted();
      return persist(() => once.ask(...asked), signal);
    },
  };
  const differences = new Set<string>();
  const sums = new Map<MailboxId, { messages: number; digests: readonly [Hash, Hash] }>();
  const damaged = await readDamaged(database);
  const isDamaged = new Set(damaged.map(({ messageId, chunk }) => `${messageId} ${chunk}`));
  const counts = {
    message: 0,
    message_state: 0,
    chunk: 0,
    given_chunk: 0,
    routing: 0,
    arrival: 0,
    departure: 0,
    listed: 0,
    token: 0,
  };

  /** Both sides of one thing of a mailbox. */
  function compare(mailboxId: MailboxId, what: string, [was, is]: readonly [unknown, unknown]): void {
    const texts = [canonical(was), canonical(is)] as const;
    const sum = sumOf(mailboxId);
    for (const side of [0, 1] as const) sum.digests[side].update(texts[side]).update("\n");
    if (texts[0] !== texts[1]) differ(`${what} of ${mailboxId}`);
  }

  function sumOf(mailboxId: MailboxId): { messages: number; digests: readonly [Hash, Hash] } {
    const found = sums.get(mailboxId) ?? {
      messages: 0,
      digests: [createHash("sha256"), createHash("sha256")] as const,
    };
    sums.set(mailboxId, found);
    return found;
  }

  function differ(what: string): void {
    differences.add(differences.size < MOST_TOLD ? what : "and more");
  }

  async function compareMessage(was: OldMessage, is: NewMessage): Promise<void> {
    const { mailboxId, messageId } = was.message;
    const chunks: [unknown[], unknown[]] = [[], []];
    let at = 0;
    for (const { chunk, body } of old.chunksOf(was.message)) {
      const found = is.chunks[at];
      at += 1;
      if (found === undefined) break;
      const isKnown = isDamaged.has(`${messageId} ${chunk}`);
      const [before, now] = await contents(body, found, isKnown);
      chunks[0].push([chunk, body.size, hexOf(body.sha256), before]);
      chunks[1].push([found.chunk, found.body.size, hexOf(found.body.sha256), now]);
    }
    if (at !== is.chunks.length) differ(`the number of chunks of message ${messageId}`);
    compare(mailboxId, `message ${messageId}`, [
      [was.message, was.given, was.routing, chunks[0]],
      [is.message, is.given, is.routing, chunks[1]],
    ]);
    if (was.place !== undefined || is.place !== undefined) {
      compare(was.place?.recipientId ?? is.place!.recipientId, `the place of message ${messageId} in the inbox`, [
        was.place,
        is.place,
      ]);
    }
    sumOf(mailboxId).messages += 1;
    counts.message += 1;
    counts.message_state += 1;
    counts.chunk += at;
    counts.given_chunk += was.given.length;
    counts.routing += was.routing === undefined ? 0 : 1;
    counts.arrival += was.place === undefined ? 0 : 1;
    counts.departure += was.place?.departure === undefined ? 0 : 1;
    counts.listed += was.place?.workflowId === undefined ? 0 : 1;
  }

  /** What was in a file is what its digest says, unless it is known to be damaged. */
  async function contents(was: StoredBody, is: NewChunk, isKnown: boolean): Promise<[string, string]> {
    if (was.kind === "inline") return [digestOf(was.bytes), is.content ?? "in no row"];
    const damage = is.body.kind === "inline" ? damageInRow(is) : await damageOf(is.body);
    return ["as it came", damage === undefined || isKnown ? "as it came" : `damaged: ${damage}`];
  }

  function damageOf(body: StoredBody): Promise<string | undefined> {
    return persist(() => readWhole(bodies, body, signal), signal);
  }

  async function compareMessages(): Promise<void> {
    for (let after = ""; ;) {
      const [were, are] = [old.messagesAfter(after, MOST_MESSAGES), await newMessagesAfter(database, after)];
      const found = new Map(are.map((one) => [one.message.messageId, one]));
      for (const was of were) {
        const is = found.get(was.message.messageId);
        if (is === undefined) differ(`message ${was.message.messageId} of ${was.message.mailboxId}, which is missing`);
        else await compareMessage(was, is);
      }
      tell(counts.message);
      const last = were.at(-1);
      if (last === undefined) return;
      after = last.message.messageId;
    }
  }

  async function compareTokens(): Promise<void> {
    for (let after: TokenPlace | undefined; ;) {
      const [were, are] = [old.tokensAfter(after, MOST_TOKENS), await newTokensAfter(database, after)];
      for (const [index, was] of were.entries()) compare(was.mailboxId, "a token", [was, are[index]]);
      counts.token += were.length;
      const last = were.at(-1);
      if (last === undefined) return;
      after = [last.mailboxId, last.nonce, last.nonceCount, last.time.getTime()];
    }
  }

  async function compareMailboxes(): Promise<MailboxSum[]> {
    const were = old.mailboxes();
    const are = await newMailboxes(
      database,
      were.map(({ mailboxId }) => mailboxId),
    );
    const [closed, closedNow] = [closuresBy(old.closures()), closuresBy(await newClosures(database))];
    if (closed.size !== closedNow.size) differ("the number of closed mailboxes");
    return were.map(({ mailboxId, arrival, departure }) => {
      compare(mailboxId, "the numbers, or the closing,", [
        [arrival, departure, closed.get(mailboxId)],
        [are.get(mailboxId)?.arrival, are.get(mailboxId)?.departure, closedNow.get(mailboxId)],
      ]);
      const { messages, digests } = sumOf(mailboxId);
      const [was, is] = [digests[0].digest("hex"), digests[1].digest("hex")];
      return {
        mailboxId,
        messages,
        listed: arrival.number - departure.number,
        lastNumber: arrival.number,
        digests: [was, is] as const,
      };
    });
  }

  await compareMessages();
  await compareTokens();
  const mailboxes = await compareMailboxes();
  for (const [table, count] of Object.entries(counts)) {
    const found = await countRows(database, table);
    if (found !== count) differ(`the number of rows in ${table}: ${found}, not ${count}`);
  }
  return { mailboxes, damaged, differences: Array.from(differences) };
}

/** Of one that has become so small as to lie in its row. */
function damageInRow({ body, content }: NewChunk): string | undefined {
  return body.sha256 === undefined || hexOf(body.sha256) === content ? undefined : "altered";
}

async function readWhole(
  bodies: Pick<Bodies, "open">,
  body: StoredBody,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const opened = await bodies.open(body);
    if (Buffer.isBuffer(opened)) return undefined;
    for await (const _ of opened) signal.throwIfAborted();
    return undefined;
  } catch (error) {
    if (error instanceof BodyDamaged) return error.damage;
    throw error;
  }
}

async function newMessagesAfter({ ask }: Reading, after: string): Promise<NewMessage[]> {
  const own = (table: string): string =>
    `FROM ${table} WHERE ${table}.mailbox_id = message.mailbox_id AND ${table}.message_id = message.message_id`;
  const rows = await ask(
    `SELECT ${MESSAGE},
       (SELECT json_agg(json_build_array(chunk, size, file_name, encode(chunk.sha256, 'hex'), encode(sha256(bytes), 'hex'))
          ORDER BY chunk) ${own("chunk")}) AS chunks,
       (SELECT json_agg(chunk ORDER BY chunk) ${own("given_chunk")}) AS given,
       (SELECT json_build_object('address', address, 'tries', tries, 'nextTryAt', next_try_at) ${own("routing")}) AS routing,
       (SELECT json_build_object('recipientId', arrival.recipient_id, 'sequence', sequence, 'bytes', arrival.bytes,
            'arrivedBytes', arrived_bytes, 'workflowId', listed.workflow_id, 'departure',
            CASE WHEN departure IS NOT NULL THEN json_build_object('number', departure, 'bytes', departed_bytes) END)
          FROM arrival LEFT JOIN departure USING (recipient_id, sequence) LEFT JOIN listed USING (recipient_id, sequence)
          WHERE arrival.recipient_id = state.recipient_id AND arrival.message_id = message.message_id
          ORDER BY sequence DESC LIMIT 1) AS place
     FROM ${FROM_MESSAGE} WHERE message.message_id > $1 ORDER BY message.message_id LIMIT $2`,
    [after, MOST_MESSAGES],
  );
  return rows.map((row) => readNewMessage(row));
}

function readNewMessage(row: Row): NewMessage {
  return {
    message: readMessage(row),
    ...(row["place"] !== null && { place: row["place"] as NonNullable<OldMessage["place"]> }),
    ...(row["routing"] !== null && { routing: row["routing"] as NonNullable<OldMessage["routing"]> }),
    given: (row["given"] ?? []) as number[],
    chunks: ((row["chunks"] ?? []) as ChunkRow[]).map(readChunk),
  };
}

type ChunkRow = [number, number, string | null, string | null, string | null];

function readChunk([chunk, size, fileName, sha256, content]: ChunkRow): NewChunk {
  const checked = sha256 === null ? {} : { sha256: Buffer.from(sha256, "hex") };
  const body: StoredBody =
    fileName === null
      ? { kind: "inline", size, bytes: new Uint8Array(), ...checked }
      : { kind: "file", size, fileName, ...checked };
  return { chunk, body, content: content ?? undefined };
}

async function newTokensAfter({ ask }: Reading, after: TokenPlace = ["", "", -1, -1]): Promise<TokenUse[]> {
  const rows = await ask(
    `SELECT mailbox_id, nonce, nonce_count, time, expires_at FROM token
     WHERE (mailbox_id, nonce, nonce_count, time) > ($1, $2, $3, $4)
     ORDER BY mailbox_id, nonce, nonce_count, time LIMIT $5`,
    [...after, MOST_TOKENS],
  );
  return rows.map((row) => ({
    mailboxId: row["mailbox_id"] as MailboxId,
    nonce: row["nonce"] as string,
    nonceCount: row["nonce_count"] as number,
    time: new Date(row["time"] as number),
    expiresAt: new Date(row["expires_at"] as number),
  }));
}

async function newMailboxes(
  { ask }: Reading,
  mailboxIds: readonly MailboxId[],
): Promise<Map<MailboxId, ReturnType<typeof readMailbox>>> {
  const rows = await ask(
    `SELECT mailbox.mailbox_id, ${PLACES} FROM unnest($1::text[]) AS mailbox (mailbox_id) ${JOIN_PLACES}`,
    [mailboxIds],
  );
  return new Map(rows.map((row) => [row["mailbox_id"] as MailboxId, readMailbox(row)]));
}

async function newClosures({ ask }: Reading): Promise<Closure[]> {
  const rows = await ask("SELECT mailbox_id, closed_at, reason FROM closed_mailbox");
  return rows.map((row) => ({
    mailboxId: row["mailbox_id"] as MailboxId,
    closedAt: new Date(row["closed_at"] as number),
    reason: row["reason"] as string,
  }));
}

function closuresBy(closures: readonly Closure[]): Map<MailboxId, Closure> {
  return new Map(closures.map((closure) => [closure.mailboxId, closure]));
}

async function readDamaged({ ask }: Reading): Promise<Verified["damaged"]> {
  const rows: Row[] = await ask("SELECT message_id, chunk, damage FROM moved_damage ORDER BY message_id, chunk");
  return rows.map((row) => ({
    messageId: row["message_id"] as MessageId,
    chunk: row["chunk"] as number,
    damage: row["damage"] as string,
  }));
}

/** The same text for the same values, whatever the order of their names; what is absent or null is left out. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
      const entries = Object.entries(part).filter(([, held]) => held !== undefined && held !== null);
      return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? "nothing"
  );
}
