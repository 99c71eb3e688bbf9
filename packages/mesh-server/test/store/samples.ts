// What the tests of a Store are made of.

import { type MailboxId, type MessageId, newMessageId } from "@restante/mesh";

import type { StoredBody } from "../../src/bodies/bodies.ts";
import type { Message } from "../../src/message.ts";
import type { Acceptance, Store, TokenUse } from "../../src/store/store.ts";

export interface StoreUnderTest {
  store: Store;
  /** Closes it and opens what it left. */
  readonly reopen: () => Promise<Store>;
}

export const sender = "SENDER" as MailboxId;
export const recipient = "RECIPIENT" as MailboxId;
export const now: Date = new Date("2026-03-02T10:20:30.456Z");
export const later: Date = new Date(now.getTime() + 1000);
export const periods = { upload: 1000, collect: 10_000, keep: 100_000 };

let tokens = 0;
export function newToken(overrides: Partial<TokenUse> = {}): TokenUse {
  tokens += 1;
  return { mailboxId: sender, nonce: "nonce", nonceCount: tokens, time: now, expiresAt: later, ...overrides };
}

export function newMessage(overrides: Partial<Message> = {}): Message {
  return {
    messageId: newMessageId(now),
    mailboxId: sender,
    type: "DATA",
    state: "accepted",
    recipientId: recipient,
    to: recipient,
    workflowId: "WORKFLOW",
    details: { subject: "Łukasz", localId: "local" },
    totalChunks: 1,
    bytes: 5,
    createdAt: now,
    acceptedAt: now,
    changedAt: now,
    dueAt: later,
    ...overrides,
  };
}

export function routedMessage(overrides: Partial<Message> = {}): Message {
  const { recipientId: _, acceptedAt: __, dueAt: ___, ...message } = newMessage({ state: "routing", to: "GPPROVIDER" });
  return { ...message, ...overrides };
}

export function inline(text: string): StoredBody {
  const bytes = new TextEncoder().encode(text);
  return { kind: "inline", size: bytes.length, bytes };
}

export function acceptance(message: Message, overrides: Partial<Acceptance> = {}): Acceptance {
  return { message, body: inline("hello"), token: newToken(), ...overrides };
}

export async function listed(store: Store, mailboxId: MailboxId = recipient): Promise<MessageId[]> {
  return (await store.listAfter(mailboxId, 0, 1000)).map(({ messageId }) => messageId);
}
