// Of the contract (contract.ts): the order of a mailbox, and who goes on in it.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";

import { type MailboxId, type MessageId, newMessageId } from "@restante/mesh";
import * as fc from "fast-check";

import { acknowledge, expire, finishUpload, giveUp, type Message, place, redeliver } from "../../src/message.ts";
import type { InboxEntry, Store } from "../../src/store/store.ts";
import {
  acceptance,
  inline,
  later,
  newMessage,
  newToken,
  periods,
  recipient,
  routedMessage,
  sender,
  type StoreUnderTest,
} from "./samples.ts";

function messageTo(recipientId: MailboxId): Message {
  return newMessage({ recipientId, to: recipientId });
}

async function acceptIn(store: Store, mailboxId: MailboxId): Promise<Message> {
  const message = messageTo(mailboxId);
  assert.equal(await store.accept(acceptance(message)), "done");
  return message;
}

async function removeAll(store: Store, messages: readonly Message[]): Promise<void> {
  for (const message of messages) {
    await store.apply(acknowledge(message, later, periods));
    await store.remove({ ...message, state: "acknowledged" });
  }
}

const idsOf = (entries: readonly { messageId: MessageId }[]): MessageId[] => entries.map(({ messageId }) => messageId);

/** The ways into an inbox, each as one sender goes it. */
const ways: readonly ((store: Store, recipientId: MailboxId) => Promise<MessageId>)[] = [
  async (store, recipientId) => (await acceptIn(store, recipientId)).messageId,
  async (store, recipientId) => {
    const { acceptedAt: _, ...message } = newMessage({ recipientId, state: "uploading", totalChunks: 2 });
    await store.accept(acceptance(message));
    const { messageId } = message;
    const finish = finishUpload(message, later, periods);
    const body = inline("two");
    await store.addChunk({ mailboxId: sender, messageId, chunk: 2, body, token: newToken(), finish });
    return messageId;
  },
  async (store, recipientId) => {
    const message = routedMessage();
    await store.accept(acceptance(message, { routingAddress: "GPPROVIDER_address" }));
    await store.apply(place(message, recipientId, later, periods));
    return message.messageId;
  },
  async (store, recipientId) => {
    const message = await acceptIn(store, recipientId);
    await store.apply(expire(message, newMessageId(later), later, periods));
    await store.apply(redeliver({ ...message, state: "undelivered" }, later, periods));
    return message.messageId;
  },
  // A report: of a message of this mailbox that failed.
  async (store, recipientId) => {
    const message = newMessage({ mailboxId: recipientId, recipientId: sender, to: sender });
    await store.accept(acceptance(message));
    const reportId = newMessageId(later);
    await store.apply(expire(message, reportId, later, periods));
    return reportId;
  },
];

export function testOrder(open: (t: TestContext) => Promise<StoreUnderTest>): void {
  test("who lists page by page while many accept into the mailbox passes over none, and is shown each in one order", async (t) => {
    const { store } = await open(t);
    const other = "OTHER" as MailboxId;
    const accepted: MessageId[] = [];
    let writing = 0;
    const write = async (start: number): Promise<void> => {
      writing += 1;
      for (let index = 0; index < 40; index += 1) {
        const way = ways[(start + index) % ways.length];
        accepted.push((await way?.(store, recipient)) as MessageId);
        if (index % 3 === 0) await acceptIn(store, other);
      }
      writing -= 1;
    };
    const list = async (limit: number): Promise<InboxEntry[]> => {
      const shown: InboxEntry[] = [];
      for (;;) {
        // Before the page is asked for: what is accepted by then is on it, or on one before.
        const isLast = writing === 0;
        const page = await store.listAfter(recipient, shown.at(-1)?.sequence ?? 0, limit);
        shown.push(...page);
        if (isLast && page.length < limit) return shown;
        await nextTurn();
      }
    };

    const writers = Array.from({ length: 8 }, (_, start) => write(start));
    const [listed] = await Promise.all([Promise.all([1, 2, 7, 100].map(list)), ...writers]);

    const whole = await store.listAfter(recipient, 0, 1000);
    assert.deepEqual(idsOf(whole).toSorted(), accepted.toSorted());
    for (const shown of listed) {
      const places = shown.map(({ sequence }) => sequence);
      assert.deepEqual(
        places,
        Array.from(new Set(places)).toSorted((a, b) => a - b),
      );
      // One that was put back was shown twice, at most: where it was first, and where it is.
      const still = new Set(places);
      assert.deepEqual(
        whole.filter(({ sequence }) => !still.has(sequence)),
        [],
      );
    }
  });

  test("the numbers of a mailbox are the same whatever is accepted in others", async (t) => {
    const { store } = await open(t);
    let run = 0;
    const mailboxes = fc.array(fc.nat(3), { minLength: 1, maxLength: 20 });

    const property = fc.asyncProperty(mailboxes, async (sequence) => {
      run += 1;
      const idOf = (which: number): MailboxId => `M${run}X${which}` as MailboxId;
      const alone = `M${run}` as MailboxId;
      await Promise.all(sequence.map((which) => acceptIn(store, idOf(which))));
      for (const _ of sequence) await acceptIn(store, alone);

      const numbersAlone = (await store.listAfter(alone, 0, 100)).map((entry) => entry.sequence);
      for (const which of new Set(sequence)) {
        const numbers = (await store.listAfter(idOf(which), 0, 100)).map((entry) => entry.sequence);
        assert.deepEqual(numbers, numbersAlone.slice(0, numbers.length));
      }
    });

    await fc.assert(property, { numRuns: 15 });
  });

  test("a number is not given again after all it was given to are deleted, nor after the store is opened again", async (t) => {
    const { store, reopen } = await open(t);
    const messages = [await acceptIn(store, recipient), await acceptIn(store, recipient)];
    const after = (await store.listAfter(recipient, 0, 10)).at(-1)?.sequence ?? 0;
    await removeAll(store, messages);
    assert.equal(await store.countInbox(recipient), 0);

    const again = await reopen();
    const next = await acceptIn(again, recipient);

    assert.deepEqual(idsOf(await again.listAfter(recipient, after, 10)), [next.messageId]);
    await removeAll(again, [next]);
    const last = await acceptIn(again, recipient);
    assert.deepEqual(idsOf(await again.listAfter(recipient, after + 1, 10)), [last.messageId]);
  });

  test("a number is not given again though an older message is listed when its own is deleted", async (t) => {
    const { store } = await open(t);
    const older = await acceptIn(store, recipient);
    const newest = await acceptIn(store, recipient);
    const after = (await store.sequenceOf(recipient, newest.messageId)) ?? 0;

    await removeAll(store, [newest]);

    const next = await acceptIn(store, recipient);
    assert.deepEqual(idsOf(await store.listAfter(recipient, after, 10)), [next.messageId]);
    assert.deepEqual(idsOf(await store.listAfter(recipient, 0, 10)), [older.messageId, next.messageId]);
  });

  test("a listing goes on behind a message that was acknowledged, and behind one that was deleted", async (t) => {
    const { store } = await open(t);
    const messages: Message[] = [];
    for (let index = 0; index < 6; index += 1) messages.push(await acceptIn(store, recipient));
    const [first, second, third, ...rest] = messages as [Message, Message, Message, ...Message[]];
    const page = await store.listAfter(recipient, 0, 3);
    const after = page.at(-1)?.sequence ?? 0;

    await store.apply(acknowledge(third, later, periods));
    assert.equal(await store.sequenceOf(recipient, third.messageId), after);
    assert.deepEqual(idsOf(await store.listAfter(recipient, after, 10)), idsOf(rest));
    await store.remove({ ...third, state: "acknowledged" });
    await removeAll(store, [first, second]);

    assert.deepEqual(idsOf(await store.listAfter(recipient, after, 10)), idsOf(rest));
    assert.equal(await store.countInbox(recipient), rest.length);
  });

  test("whatever happened in a mailbox, it counts what it lists, and who goes on from any place is shown all that came after", async (t) => {
    let { store, reopen } = await open(t);
    const steps = ["accept", "acknowledge", "expire", "give up", "put back", "delete", "look"] as const;
    const step = fc.record({ what: fc.constantFrom(...steps), which: fc.nat(100) });
    const state = {
      accept: "",
      acknowledge: "accepted",
      expire: "accepted",
      "give up": "accepted",
      "put back": "undelivered",
    } as const;
    let run = 0;

    const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (sequence) => {
      run += 1;
      const mailboxId = `R${run}` as MailboxId;
      const messages = new Map<MessageId, Message>();
      let inbox: MessageId[] = [];
      /** Places that somebody was shown, and what is listed behind each. */
      const places: { after: number; behind: MessageId[] }[] = [{ after: 0, behind: [] }];
      const come = (messageId: MessageId): void => {
        for (const behind of [inbox, ...places.map((each) => each.behind)]) behind.push(messageId);
      };
      const go = (messageId: MessageId): void => {
        inbox = inbox.filter((each) => each !== messageId);
        for (const each of places) each.behind = each.behind.filter((other) => other !== messageId);
      };
      const anyOf = (states: readonly string[], which: number): Message | undefined => {
        const found = [...messages.values()].filter((each) => states.includes(each.state));
        return found[which % Math.max(found.length, 1)];
      };

      for (const { what, which } of sequence) {
        if (what === "accept") {
          const message = await acceptIn(store, mailboxId);
          messages.set(message.messageId, message);
          come(message.messageId);
        } else if (what === "look") {
          const last = (await store.listAfter(mailboxId, 0, which + 1)).at(-1);
          if (last === undefined) continue;
          places.push({ after: last.sequence, behind: inbox.slice(inbox.indexOf(last.messageId) + 1) });
        } else if (what === "delete") {
          const message = anyOf(["acknowledged", "undelivered", "damaged"], which);
          if (message === undefined) continue;
          await store.remove(message);
          messages.delete(message.messageId);
        } else {
          const message = anyOf([state[what]], which);
          if (message === undefined) continue;
          const change =
            what === "acknowledge"
              ? acknowledge(message, later, periods)
              : what === "expire"
                ? expire(message, newMessageId(later), later, periods)
                : what === "give up"
                  ? giveUp(message, newMessageId(later), later, periods)
                  : redeliver(message, later, periods);
          assert.equal(await store.apply(change), "done");
          messages.set(message.messageId, { ...message, state: change.to });
          go(message.messageId);
          if (change.to === "accepted") come(message.messageId);
        }
        for (const { after, behind } of places) {
          assert.deepEqual(idsOf(await store.listAfter(mailboxId, after, 100)), behind);
        }
        assert.equal(await store.countInbox(mailboxId), inbox.length);
      }
      if (run % 5 === 0) store = await reopen();
    });

    await fc.assert(property, { numRuns: 25 });
  });
}
