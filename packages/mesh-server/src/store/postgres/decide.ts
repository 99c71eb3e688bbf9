// What becomes of a group of operations, one after the other, over what was read of the rows they are decided by while those were
// locked: the same rules as ../sqlite/operations.ts. Nothing is asked of the database here; the rows to write come out.

import type { MailboxId, MessageId } from "@restante/mesh";

import type { StoredBody } from "../../bodies/bodies.ts";
import { type Change, mayBePut, mayMove, type Message, type MessageState } from "../../message.ts";
import type { Operation } from "../sqlite/operations.ts";
import {
  type Acceptance,
  type AcceptOutcome,
  type ApplyOutcome,
  type ChunkArrival,
  type ChunkOutcome,
  isFull,
  type MailboxLimits,
  type TokenUse,
} from "../store.ts";

/** After so many departures a mailbox's floors rise: a listing walks past no more that went than this. */
const DEPARTURES_TO_RAISE = 1000;

/** When a message is first routed: the clock of the node that routes it may be behind that of the one that took it. */
const AT_ONCE = 0;

/** What is done in groups. */
export type GroupOperation = Exclude<Operation, { kind: "wipe" | "finish-restore" | "forget-tokens" | "see-time" }>;

/** A number, and the bytes of all up to it. */
export interface Place {
  number: number;
  bytes: number;
}

export interface MailboxView {
  closed: boolean;
  /** The newest. */
  arrival: Place;
  departure: Place;
  floor: number;
  departureFloor: number;
  listedFloor: number;
}

export interface StateRow {
  mailbox_id: MailboxId;
  message_id: MessageId;
  state: MessageState;
  recipient_id: MailboxId | null;
  addressed_to: string;
  bytes: number;
  accepted_at: number | null;
  changed_at: number;
  due_at: number | null;
  status_event: string | null;
  status_code: string | null;
  status_description: string | null;
}

export interface MessageView {
  row: StateRow;
  type: Message["type"];
  workflowId: string;
  totalChunks: number;
  chunks: Map<number, { size: number; fileName: string | null }>;
  given: Set<number>;
  isRouting: boolean;
  /** Its newest place in the inbox of its recipient. */
  place: { sequence: number; bytes: number; departure: number | null } | undefined;
}

export interface View {
  mailboxes: ReadonlyMap<MailboxId, MailboxView>;
  /** By `keyOf`. */
  messages: Map<string, MessageView>;
}

export type Keyed = { mailboxId: MailboxId; messageId: MessageId };

export function keyOf({ mailboxId, messageId }: Keyed): string {
  return `${mailboxId} ${messageId}`;
}

export function tokenKeyOf({ mailboxId, nonce, nonceCount, time }: Omit<TokenUse, "expiresAt">): string {
  return `${mailboxId} ${nonce} ${nonceCount} ${time.getTime()}`;
}

/** Another node placed a message meanwhile: its mailbox is to be locked too. */
export class MailboxNotLocked extends Error {
  readonly mailboxId: MailboxId;

  constructor(mailboxId: MailboxId) {
    super("a mailbox was not locked");
    this.mailboxId = mailboxId;
  }
}

export type Answer = { value: unknown } | { error: Error };

export interface Writes {
  /** By `tokenKeyOf`. */
  tokens: Map<string, TokenUse>;
  messages: Message[];
  newStates: Set<StateRow>;
  changedStates: Set<StateRow>;
  chunks: (Keyed & { chunk: number; body: StoredBody })[];
  given: (Keyed & { chunk: number })[];
  newRoutings: {
    mailbox_id: MailboxId;
    message_id: MessageId;
    address: string;
    tries: number;
    next_try_at: number | null;
  }[];
  changedRoutings: { mailbox_id: MailboxId; message_id: MessageId; tries: number | null; next_try_at: number }[];
  endedRoutings: Keyed[];
  arrivals: object[];
  /** What becomes listed, and what is listed no more. */
  listed: object[];
  unlisted: { recipient_id: MailboxId; sequence: number }[];
  departures: object[];
  /** Mailboxes whose floors rise: to their newest numbers, and to the first that is listed. */
  raised: Set<MailboxId>;
  removed: (Keyed & { recipientId: MailboxId | null })[];
  withoutBodies: Keyed[];
  closed: { mailbox_id: MailboxId; closed_at: number; reason: string }[];
  opened: MailboxId[];
}

export function noWrites(): Writes {
  return {
    tokens: new Map(),
    messages: [],
    newStates: new Set(),
    changedStates: new Set(),
    chunks: [],
    given: [],
    newRoutings: [],
    changedRoutings: [],
    endedRoutings: [],
    arrivals: [],
    listed: [],
    unlisted: [],
    departures: [],
    raised: new Set(),
    removed: [],
    withoutBodies: [],
    closed: [],
    opened: [],
  };
}

/** The row of what changes of a message. */
export function stateOf(message: Message): StateRow {
  return {
    mailbox_id: message.mailboxId,
    message_id: message.messageId,
    state: message.state,
    recipient_id: message.recipientId ?? null,
    addressed_to: message.to,
    bytes: message.bytes,
    accepted_at: message.acceptedAt?.getTime() ?? null,
    changed_at: message.changedAt.getTime(),
    due_at: message.dueAt?.getTime() ?? null,
    status_event: message.status?.event ?? null,
    status_code: message.status?.code ?? null,
    status_description: message.status?.description ?? null,
  };
}

/** @param used tokens that were found to be used, by `tokenKeyOf` */
export function decide(
  group: readonly GroupOperation[],
  view: View,
  { used, limits }: { used: ReadonlySet<string>; limits: MailboxLimits },
): { answers: Answer[]; writes: Writes } {
  const writes = noWrites();

  function mailbox(mailboxId: MailboxId): MailboxView {
    const found = view.mailboxes.get(mailboxId);
    if (found === undefined) throw new MailboxNotLocked(mailboxId);
    return found;
  }

  function takeToken(token: TokenUse): boolean {
    const key = tokenKeyOf(token);
    if (used.has(key) || writes.tokens.has(key)) return false;
    writes.tokens.set(key, token);
    return true;
  }

  function isClosed(recipientId: MailboxId | null | undefined): boolean {
    return typeof recipientId === "string" && mailbox(recipientId).closed;
  }

  function lacksRoom(recipientId: MailboxId | null | undefined): boolean {
    if (typeof recipientId !== "string") return false;
    const { arrival, departure } = mailbox(recipientId);
    return isFull({ messages: arrival.number - departure.number, bytes: arrival.bytes - departure.bytes }, limits);
  }

  function arrive(message: MessageView, recipientId: MailboxId): void {
    const { row } = message;
    const box = mailbox(recipientId);
    box.arrival = { number: box.arrival.number + 1, bytes: box.arrival.bytes + row.bytes };
    message.place = { sequence: box.arrival.number, bytes: row.bytes, departure: null };
    const entry = { recipient_id: recipientId, sequence: box.arrival.number, message_id: row.message_id };
    writes.listed.push({ ...entry, workflow_id: message.workflowId });
    writes.arrivals.push({
      ...entry,
      mailbox_id: row.mailbox_id,
      bytes: row.bytes,
      arrived_bytes: box.arrival.bytes,
    });
  }

  /** Undefined if it is not listed. */
  function depart({ place }: MessageView, recipientId: MailboxId): object | undefined {
    if (place === undefined || place.departure !== null) return undefined;
    const box = mailbox(recipientId);
    box.departure = { number: box.departure.number + 1, bytes: box.departure.bytes + place.bytes };
    place.departure = box.departure.number;
    writes.unlisted.push({ recipient_id: recipientId, sequence: place.sequence });
    if (box.departure.number % DEPARTURES_TO_RAISE === 0) writes.raised.add(recipientId);
    return {
      recipient_id: recipientId,
      departure: box.departure.number,
      sequence: place.sequence,
      departed_bytes: box.departure.bytes,
    };
  }

  function leave(message: MessageView, recipientId: MailboxId): void {
    const departure = depart(message, recipientId);
    if (departure !== undefined) writes.departures.push(departure);
  }

  function insert(message: Message): MessageView {
    const key = keyOf(message);
    if (view.messages.has(key)) throw new Error("A message of this id is there.");
    const row = stateOf(message);
    const inserted: MessageView = {
      row,
      type: message.type,
      workflowId: message.workflowId,
      totalChunks: message.totalChunks,
      chunks: new Map(),
      given: new Set(),
      isRouting: false,
      place: undefined,
    };
    view.messages.set(key, inserted);
    writes.messages.push(message);
    writes.newStates.add(row);
    return inserted;
  }

  function insertChunk(message: MessageView, chunk: number, body: StoredBody): void {
    const { mailbox_id: mailboxId, message_id: messageId } = message.row;
    message.chunks.set(chunk, { size: body.size, fileName: body.kind === "file" ? body.fileName : null });
    writes.chunks.push({ mailboxId, messageId, chunk, body });
  }

  function accept({ message, routingAddress, body, token }: Acceptance): AcceptOutcome {
    if (view.messages.has(keyOf(message))) throw new Error("A message of this id is there.");
    if (message.type === "DATA" && isClosed(message.recipientId)) return "mailbox-closed";
    if (message.type === "DATA" && lacksRoom(message.recipientId)) return "mailbox-full";
    if (token !== undefined && !takeToken(token)) return "token-used";
    const inserted = insert(message);
    if (body !== undefined) insertChunk(inserted, 1, body);
    if (message.recipientId === undefined) {
      inserted.isRouting = true;
      writes.newRoutings.push({
        mailbox_id: message.mailboxId,
        message_id: message.messageId,
        address: routingAddress ?? "",
        tries: 0,
        next_try_at: message.state === "routing" ? AT_ONCE : null,
      });
    } else if (message.state === "accepted") {
      arrive(inserted, message.recipientId);
    }
    return "done";
  }

  function addChunk(arrival: ChunkArrival): ChunkOutcome {
    const message = view.messages.get(keyOf(arrival));
    if (message?.row.state !== "uploading") return "not-uploading";
    if (message.chunks.has(arrival.chunk)) return "there-already";
    if (isClosed(message.row.recipient_id)) return "mailbox-closed";
    const isLast = message.chunks.size + 1 === message.totalChunks;
    if (isLast && lacksRoom(message.row.recipient_id)) return "mailbox-full";
    if (arrival.token !== undefined && !takeToken(arrival.token)) return "token-used";
    insertChunk(message, arrival.chunk, arrival.body);
    message.row.bytes = Array.from(message.chunks.values()).reduce((sum, { size }) => sum + size, 0);
    writes.changedStates.add(message.row);
    if (!isLast) return "stored";
    applyChange(message, arrival.finish);
    return "finished";
  }

  function apply(change: Change, token: TokenUse | undefined): ApplyOutcome {
    const message = view.messages.get(keyOf(change));
    if (message?.row.state !== change.from || !mayMove(change.from, change.to)) return "not-in-state";
    const recipientId = change.recipientId ?? message.row.recipient_id;
    if (change.to === "accepted" && message.type === "DATA" && isClosed(recipientId)) return "mailbox-closed";
    if (change.from === "routing" && change.to === "accepted" && lacksRoom(recipientId)) return "mailbox-full";
    if (change.to === "damaged" && message.given.size === message.totalChunks) return "given-whole";
    if (token !== undefined && !takeToken(token)) return "token-used";
    applyChange(message, change);
    return "done";
  }

  function put(change: Change): ApplyOutcome {
    const message = view.messages.get(keyOf(change));
    if (message?.row.state !== change.from || !mayBePut(change.from, change.to)) return "not-in-state";
    const recipientId = message.row.recipient_id;
    if (recipientId === null) return "not-in-state";
    if (change.to === "accepted" && message.type === "DATA" && isClosed(recipientId)) return "mailbox-closed";
    applyChange(message, change);
    return "done";
  }

  function applyChange(message: MessageView, change: Change): void {
    const { row } = message;
    const { mailboxId, messageId, at, to } = change;
    row.state = to;
    row.changed_at = at.getTime();
    row.due_at = change.dueAt?.getTime() ?? null;
    if (to === "accepted") row.accepted_at = at.getTime();
    if (change.recipientId !== undefined) {
      row.recipient_id = change.recipientId;
      row.addressed_to = change.recipientId;
    }
    // A message that is put back is no failure any more. A report keeps saying what it reports.
    if (message.type === "DATA") {
      row.status_event = change.status?.event ?? null;
      row.status_code = change.status?.code ?? null;
      row.status_description = change.status?.description ?? null;
    }
    writes.changedStates.add(row);
    if (row.recipient_id !== null) {
      if (to === "accepted") arrive(message, row.recipient_id);
      else leave(message, row.recipient_id);
    }
    if (to === "routing") {
      writes.changedRoutings.push({
        mailbox_id: mailboxId,
        message_id: messageId,
        tries: null,
        next_try_at: AT_ONCE,
      });
    } else if (message.isRouting) {
      message.isRouting = false;
      writes.endedRoutings.push({ mailboxId, messageId });
    }
    if (change.report !== undefined) arrive(insert(change.report), change.report.mailboxId);
  }

  function markGiven(key: Keyed, chunk: number): void {
    const message = view.messages.get(keyOf(key));
    if (message === undefined || !message.chunks.has(chunk) || message.given.has(chunk)) return;
    message.given.add(chunk);
    writes.given.push({ mailboxId: key.mailboxId, messageId: key.messageId, chunk });
  }

  function removeBodies(key: Keyed): StoredBody[] {
    const chunks =
      view.messages.get(keyOf(key))?.chunks ?? new Map<number, { size: number; fileName: string | null }>();
    const files = Array.from(chunks.values()).flatMap(({ size, fileName }): StoredBody[] =>
      fileName === null ? [] : [{ kind: "file", size, fileName }],
    );
    chunks.clear();
    writes.withoutBodies.push({ mailboxId: key.mailboxId, messageId: key.messageId });
    return files;
  }

  function remove({ state, ...key }: Keyed & { state: MessageState }): StoredBody[] {
    const message = view.messages.get(keyOf(key));
    if (message?.row.state !== state) return [];
    const recipientId = message.row.recipient_id;
    if (recipientId !== null) {
      depart(message, recipientId);
      const { floor, departureFloor } = mailbox(recipientId);
      const { sequence = 0, departure = 0 } = message.place ?? {};
      if (sequence > floor || (departure ?? 0) > departureFloor) writes.raised.add(recipientId);
    }
    const files = removeBodies(key);
    writes.removed.push({ mailboxId: key.mailboxId, messageId: key.messageId, recipientId });
    view.messages.delete(keyOf(key));
    return files;
  }

  function run(operation: GroupOperation): unknown {
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
        return markGiven(operation, operation.chunk);
      case "close-mailbox": {
        const { mailboxId, closedAt, reason } = operation.closure;
        if (mailbox(mailboxId).closed) return false;
        mailbox(mailboxId).closed = true;
        writes.closed.push({ mailbox_id: mailboxId, closed_at: closedAt.getTime(), reason });
        return true;
      }
      case "open-mailbox":
        if (!mailbox(operation.mailboxId).closed) return false;
        mailbox(operation.mailboxId).closed = false;
        writes.opened.push(operation.mailboxId);
        return true;
      case "hold": {
        const { mailboxId, messageId, tries, nextTryAt } = operation;
        writes.changedRoutings.push({
          mailbox_id: mailboxId,
          message_id: messageId,
          tries,
          next_try_at: nextTryAt.getTime(),
        });
        return undefined;
      }
      case "remove":
        return remove(operation);
      case "remove-bodies":
        return removeBodies(operation);
    }
  }

  const answers = group.map((operation): Answer => {
    try {
      return { value: run(operation) };
    } catch (error) {
      if (error instanceof MailboxNotLocked) throw error;
      return { error: error as Error };
    }
  });
  return { answers, writes };
}
