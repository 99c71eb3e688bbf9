// Whether two stores answer every read of a Store in the same way.

import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";

import type { MailboxId, MessageId } from "@restante/mesh";

import { type Bodies, BodyDamaged } from "../../src/bodies/bodies.ts";
import type { Message } from "../../src/message.ts";
import type { DueMessage, InboxEntry, RoutingTask, Store, TokenUse, WorkflowFilter } from "../../src/store/store.ts";

export interface Kept {
  readonly store: Store;
  readonly bodies: Pick<Bodies, "open">;
}

interface Asked {
  readonly mailboxIds: readonly MailboxId[];
  readonly tokens: readonly TokenUse[];
}

/** Of each mailbox, one by one: the oldest, which are of every kind. */
const MOST_ASKED = 60;
const longAgo = new Date(0);
const never = new Date("2100-01-01");
const filters: readonly WorkflowFilter[] = [
  { match: "equals", text: "WORKFLOW", negated: false },
  { match: "begins", text: "OTHER", negated: true },
  { match: "contains", text: "THER", negated: false },
];

/** @returns every message */
export async function assertSameReads(were: Kept, are: Kept, { mailboxIds, tokens }: Asked): Promise<Message[]> {
  const [was, is] = [were.store, are.store];

  async function same<Value>(read: (store: Store) => Promise<Value>): Promise<Value> {
    const [before, after] = await Promise.all([read(was), read(is)]);
    assert.deepEqual(after, before);
    return after;
  }

  const messages = await same((store) => listAll(store));
  for (const message of messages) {
    const { messageId, mailboxId } = message;
    await same((store) => store.find(mailboxId, messageId));
    await same((store) => store.findAnywhere(messageId));
    await same((store) => store.exists(messageId));
    for (let chunk = 0; chunk <= message.totalChunks + 1; chunk += 1) {
      const bodies = await Promise.all([were, are].map((kept) => readBody(kept, message, chunk)));
      assert.deepEqual(bodies[1], bodies[0], `chunk ${chunk} of a message that is ${message.state}`);
    }
  }
  for (const mailboxId of mailboxIds) {
    const entries = await same((store) => listPages(store, mailboxId));
    for (const filter of filters) await same((store) => store.listAfter(mailboxId, 0, 1000, filter));
    await same((store) => store.listAfter(mailboxId, entries[1]?.sequence ?? 3, 2));
    await same((store) => store.countInbox(mailboxId));
    await same((store) => store.waitingIn(mailboxId));
    await same((store) => store.closureOf(mailboxId));
    const page = { since: longAgo, limit: 1000 };
    const received = await same((store) => store.listReceived(mailboxId, page));
    await same((store) => store.listReceived(mailboxId, { ...page, limit: 2 }, received[1]?.sequence));
    const sent = await same((store) => store.listSent(mailboxId, page));
    await same((store) => store.listSent(mailboxId, { ...page, limit: 2 }, sent[1]?.messageId));
    await same(async (store) => byId(await store.findByLocalId(mailboxId, "local", 1000)));
    for (const { messageId } of [...messages.slice(0, 10), ...messages.slice(-MOST_ASKED)]) {
      await same((store) => store.findDelivered(mailboxId, messageId));
      await same((store) => store.sequenceOf(mailboxId, messageId));
    }
  }
  await same((store) => listRouting(store));
  await same((store) => store.listUnroutable(10));
  await same((store) => listDue(store));
  await same((store) => store.countDue(never, 100_000));
  await same((store) => store.listClosures());
  await same((store) => store.seenTime());
  await same((store) => store.countBodyFiles());
  for (const token of tokens) {
    assert.equal(await same((store) => store.wasUsed(token)), true);
    await same((store) => store.wasUsed({ ...token, nonceCount: token.nonceCount + 100_000 }));
  }
  return messages;
}

async function listAll(store: Store): Promise<Message[]> {
  const all: Message[] = [];
  for (let before: MessageId | undefined; ;) {
    const page = await store.listAll(7, before);
    all.push(...page);
    before = page.at(-1)?.messageId;
    if (before === undefined) return all;
  }
}

async function listPages(store: Store, mailboxId: MailboxId): Promise<InboxEntry[]> {
  const all: InboxEntry[] = [];
  for (;;) {
    const page = await store.listAfter(mailboxId, all.at(-1)?.sequence ?? 0, 5);
    all.push(...page);
    if (page.length === 0) return all;
  }
}

async function listRouting(store: Store): Promise<RoutingTask[]> {
  const first = await store.listRouting(never, 1);
  return [...first, ...(await store.listRouting(never, 1000, first[0]))];
}

async function listDue(store: Store): Promise<DueMessage[]> {
  const first = await store.listDue(never, 3);
  return [...first, ...(await store.listDue(never, 100_000, first.at(-1)))];
}

async function readBody({ store, bodies }: Kept, message: Message, chunk: number): Promise<unknown> {
  const body = await store.body(message, chunk);
  if (body === undefined) return undefined;
  const { size, sha256 } = body;
  try {
    const opened = await bodies.open(body);
    const bytes = Buffer.isBuffer(opened) ? opened : await buffer(opened);
    return { size, sha256: hex(sha256), bytes: hex(bytes) };
  } catch (error) {
    assert.ok(error instanceof BodyDamaged, String(error));
    return { size, sha256: hex(sha256), damage: error.damage };
  }
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("hex");
}

/** Those of one moment are newest first in an order of each engine's own. */
function byId(messages: readonly Message[]): Message[] {
  return messages.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
}
