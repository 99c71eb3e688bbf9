// What an operation of a group is about: what has to be locked for it, and made before.

import type { MailboxId, MessageId } from "@restante/mesh";

import type { TokenUse } from "../store.ts";
import { type GroupOperation, type Keyed, keyOf } from "./decide.ts";
import { partsOf } from "./partitions.ts";

const OF_MAILBOXES = ["mailbox", "floor", "closed_mailbox", "arrival", "departure", "listed"];

/** The message that it changes, if it is there. */
export function messageChangedBy(operation: GroupOperation): Keyed[] {
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

export function mailboxesOf(operation: GroupOperation): MailboxId[] {
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

export function newIdsOf(operation: GroupOperation): MessageId[] {
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

export function tokenOf(operation: GroupOperation): TokenUse | undefined {
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

export function tokenTimesOf(operation: GroupOperation): Date[] {
  const token = tokenOf(operation);
  return token === undefined ? [] : [token.time];
}

/** Tables and parts of them: all that it may read or write. */
export function tablesNeededBy(operation: GroupOperation): string[] {
  const changed = messageChangedBy(operation);
  const messageIds = [...newIdsOf(operation), ...changed.map(({ messageId }) => messageId)];
  const isRouted = operation.kind === "accept" && operation.acceptance.routingAddress !== undefined;
  return [
    ...partsOf({ messageIds, tokenTimes: tokenTimesOf(operation) }),
    // A message that is changed has a mailbox too, which the operation need not name.
    ...(messageIds.length > 0 || mailboxesOf(operation).length > 0 ? OF_MAILBOXES : []),
    ...(changed.length > 0 ? ["given_chunk"] : []),
    ...(changed.length > 0 || isRouted ? ["routing"] : []),
  ];
}
