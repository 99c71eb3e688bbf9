// What the server asks of whatever keeps its messages. Every engine passes the tests in test/store/contract.ts.
//
// Promises:
// - A promise that resolves means synced: the effect is still there after kill -9 and after power was lost.
// - An operation happens whole or not at all. The token given with it is recorded in the same transaction: if the token
//   was used before, on any node, nothing happens and the answer is "token-used".
// - A change is applied, and a message deleted, only if it is in the state it starts from, so of two that race exactly one happens.
// - An inbox lists in the order in which messages became accepted, which is the order of commits, not of ids. The numbers
//   of that order are the mailbox's own, and no number is given twice, also after all it was given to are deleted. Who
//   lists page by page, while any number of others accept into the mailbox, is shown each message once: none becomes
//   visible before, or at, a place that was shown already.
// - Once a mailbox is closed no DATA message becomes accepted in it before it is opened: of a send and a closing that race,
//   either the message is there, or the send is refused. Whatever is configured, it stays closed until it is opened.
// - Where mailboxes have limits, no DATA message of a sender becomes accepted in one that is full at that moment, nor does an
//   upload to it begin: `mailbox-full`. Reports, and what an operator puts back, become accepted whatever is waiting.
// - A page of an inbox costs what it returns, and a count always the same, however many messages wait, were acknowledged
//   or were deleted before, between or behind them. A page with a filter costs what it looks at.
// - What was being written when that failed in a way that leaves it open is told "commit-unknown": it may have happened, once.
// - After a failed sync of its own disk nothing is written again: every later call fails with "store-stopped" until the process
//   is started anew. A database that is away stops nothing: "store-busy" until it is back, as for a full queue, and "store-full"
//   for a full disk; nothing of it happened.
// - On a full disk what is there can still be listed, read, acknowledged, moved on and deleted: only what is new is
//   refused. A database that others share keeps no reserve for it: there it holds while pages that it has have room.
//   Likewise, with "store-damaged", once a read has found damage.
// - A message whose own row cannot be read fails with "row-unreadable" where it is asked for, and is left out of what
//   lists messages whole, so that it holds up no other.

import type { MailboxId, MessageId } from "@restante/mesh";

import type { StoredBody } from "../bodies/bodies.ts";
import type { Change, Message } from "../message.ts";
import type { SeenTime } from "../time/clock-guard.ts";

/**
 * One use of a token, which is known by all of this but `expiresAt`. It need not be kept after that, when its time alone makes
 * it invalid.
 */
export interface TokenUse {
  mailboxId: MailboxId;
  nonce: string;
  nonceCount: number;
  /** The time inside the token. */
  time: Date;
  expiresAt: Date;
}

export interface Acceptance {
  /** In state uploading, routing or accepted. */
  message: Message;
  /** The routing address, for a message without a recipient: a patient detail, kept until it is resolved. */
  routingAddress?: string;
  /** The first chunk, or the only one. A report has none. */
  body?: StoredBody;
  /** Absent if no request brought it: control puts it there. */
  token?: TokenUse;
}

export interface ChunkArrival {
  mailboxId: MailboxId;
  messageId: MessageId;
  chunk: number;
  body: StoredBody;
  /** Absent if no request brought it: a fault gives a chunk to a second message. */
  token?: TokenUse;
  /** Applied with the chunk that makes the message complete. */
  finish: Change;
}

/** `mailbox-closed`, `mailbox-full`: of the recipient. Nothing happened, the token is not used. Of one that is both: closed. */
export type AcceptOutcome = "done" | "token-used" | "mailbox-closed" | "mailbox-full";
/** `given-whole`: its recipient had all of it, so it cannot become damaged. Nothing happened, as with `mailbox-closed`. */
export type ApplyOutcome = "done" | "token-used" | "not-in-state" | "mailbox-closed" | "mailbox-full" | "given-whole";
/** `there-already`: nothing happened, the token is not used. Whether it is the same content is for the caller to see. */
export type ChunkOutcome =
  | "stored"
  | "finished"
  | "there-already"
  | "token-used"
  | "not-uploading"
  | "mailbox-closed"
  | "mailbox-full";

/** An operator closed a mailbox: it takes no DATA message in until it is opened. */
export interface Closure {
  mailboxId: MailboxId;
  closedAt: Date;
  /** In the operator's own words: for operators alone. */
  reason: string;
}

/** What is listed in a mailbox. */
export interface Waiting {
  messages: number;
  /** Of bodies, as they were sent. */
  bytes: number;
}

/** From so much on a mailbox is full; absent: never. */
export type MailboxLimits = Partial<Waiting>;

export function isFull(waiting: Waiting, { messages = Infinity, bytes = Infinity }: MailboxLimits): boolean {
  return waiting.messages >= messages || waiting.bytes >= bytes;
}

/** `!` negates; `*` at the end begins with, at both ends contains (MESH API, Check an inbox: workflow_filter). */
export interface WorkflowFilter {
  match: "equals" | "begins" | "contains";
  text: string;
  negated: boolean;
}

export interface InboxEntry {
  messageId: MessageId;
  /**
   * Its place: greater than that of whatever was accepted in this mailbox before, and never another's. Places that are
   * listed are not without gaps.
   */
  sequence: number;
}

/** No try to route a message is put off for longer than 5 minutes. */
export const LONGEST_HOLD_MS: number = 5 * 60 * 1000;

export interface RoutingTask {
  message: Message;
  routingAddress: string;
  /** How often it was tried. */
  tries: number;
  /** When it was due: with the message's id, its place in the order. */
  dueAt: Date;
}

/** A message that is due, and its place in the order. */
export interface DueMessage {
  mailboxId: MailboxId;
  messageId: MessageId;
  dueAt: Date;
}

/** Of a list that is newest first. */
export interface NewestPage {
  /** Only what was sent, or accepted in the mailbox that is asked for, after it. One that was put back was accepted anew. */
  since: Date;
  limit: number;
}

export interface Received {
  message: Message;
  /** Its place in the order of acceptance. */
  sequence: number;
}

export interface Store extends AsyncDisposable {
  accept(acceptance: Acceptance): Promise<AcceptOutcome>;
  /** A chunk is stored once: what is there is never replaced. */
  addChunk(arrival: ChunkArrival): Promise<ChunkOutcome>;
  apply(change: Change, token?: TokenUse): Promise<ApplyOutcome>;
  /** For development alone: the same by the wider rules of `mayBePut`, of a message that has a recipient. */
  put(change: Change): Promise<ApplyOutcome>;

  /** Records that the recipient was given this chunk to its last byte. The caller need not wait. */
  markGiven(message: Message, chunk: number): Promise<void>;

  /** False if it was closed already: then it stays as it was, with its first reason. */
  closeMailbox(closure: Closure): Promise<boolean>;
  /** False if it was not closed. */
  openMailbox(mailboxId: MailboxId): Promise<boolean>;
  closureOf(mailboxId: MailboxId): Promise<Closure | undefined>;
  /** Every one, by mailbox. */
  listClosures(): Promise<Closure[]>;

  /** Records the token of a request that changes nothing. The caller need not wait. */
  useToken(token: TokenUse): Promise<void>;
  /** Whether the token is recorded. One that is on its way may not be yet: see `auth/replay.ts`. */
  wasUsed(token: TokenUse): Promise<boolean>;

  /** By its own mailbox: the sender's; of a report, the one it is for. */
  find(mailboxId: MailboxId, messageId: MessageId): Promise<Message | undefined>;
  /** By the mailbox it is delivered to, or is to be when its upload is complete. */
  findDelivered(recipientId: MailboxId, messageId: MessageId): Promise<Message | undefined>;
  /** Whosever it is: for operators alone. */
  findAnywhere(messageId: MessageId): Promise<Message | undefined>;
  /** Whether any mailbox has a message of this id. */
  exists(messageId: MessageId): Promise<boolean>;
  /**
   * The sender's own DATA messages with this local id, newest first, at most `limit`. None: there will be none of what was being
   * written when it was asked. "store-busy" while that is not known.
   */
  findByLocalId(mailboxId: MailboxId, localId: string, limit: number): Promise<Message[]>;
  body(message: Message, chunk: number): Promise<StoredBody | undefined>;

  /** Accepted messages after this place in the order of acceptance, oldest first. What had the place may be deleted. */
  listAfter(recipientId: MailboxId, after: number, limit: number, filter?: WorkflowFilter): Promise<InboxEntry[]>;
  /** Where a message stands, or stood before it was acknowledged, in the order of acceptance, until it is deleted. */
  sequenceOf(recipientId: MailboxId, messageId: MessageId): Promise<number | undefined>;
  /** What was accepted in this mailbox and can be read, acknowledged or not, the last accepted first, before this place. */
  listReceived(recipientId: MailboxId, page: NewestPage, before?: number): Promise<Received[]>;
  /** The sender's own DATA messages in every state, by id, the last first, before this id. */
  listSent(mailboxId: MailboxId, page: NewestPage, before?: MessageId): Promise<Message[]>;
  /** Every mailbox's messages in every state, by id, the last first, before this id: for control alone. */
  listAll(limit: number, before?: MessageId): Promise<Message[]>;
  /** How many are listed. */
  countInbox(recipientId: MailboxId): Promise<number>;
  /** What is listed, at the cost of a count. */
  waitingIn(recipientId: MailboxId): Promise<Waiting>;

  /**
   * Messages in state routing whose next try is due, those waiting longest first. One that is further ahead than any is
   * put off was set by a clock that has gone back since: it is due. `after` goes on from a page before.
   */
  listRouting(now: Date, limit: number, after?: RoutingTask): Promise<RoutingTask[]>;
  /** Messages in state routing that `listRouting` leaves out, as their rows cannot be read, or some of them are not there. */
  listUnroutable(limit: number): Promise<MessageId[]>;
  /** Puts off the next try of a message in state routing, by at most `LONGEST_HOLD_MS`. */
  holdRouting(message: Message, tries: number, nextTryAt: Date): Promise<void>;

  /** Messages whose `dueAt` has come, most overdue first. `after` goes on from a page before. */
  listDue(now: Date, limit: number, after?: DueMessage): Promise<DueMessage[]>;
  /** How many are due; counts no further than `limit`. */
  countDue(now: Date, limit: number): Promise<number>;
  /**
   * Deletes a message and all that belongs to it, and says which bodies are no longer named by any row: none, and nothing happened, if it
   * is not in the state that it is given in. It may have been put back meanwhile.
   */
  remove(message: Message): Promise<StoredBody[]>;
  /** Deletes the bodies of an abandoned message, and says which they were. */
  removeBodies(message: Message): Promise<StoredBody[]>;
  /**
   * Forgets tokens that have expired; says how many. One by one: at most so many, those first that expired first. Or by parts, each once
   * all in it have expired: then it is done whatever the limit.
   */
  forgetTokens(now: Date, limit: number): Promise<number>;
  /** What `seeTime` last recorded; undefined in a new store. */
  seenTime(): Promise<SeenTime | undefined>;
  seeTime(seen: SeenTime): Promise<void>;
  /** How many body files are named by rows. */
  countBodyFiles(): Promise<number>;
  /** Whether a row names this body file. */
  namesBodyFile(fileName: string): Promise<boolean>;
}
