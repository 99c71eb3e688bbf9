// What becomes of all others where PostgreSQL has lost what it kept of some messages.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { type MessageId, newMessageId } from "@restante/mesh";

import { isOfEveryMessage, MeshServerError } from "../../src/errors.ts";
import { abandon, type Message, place } from "../../src/message.ts";
import type { PostgresStore } from "../../src/store/postgres/store.ts";
import { connect, openNode, skip, startForFile } from "./postgres-stores.ts";
import { acceptance, inline, later, listed, newMessage, now, periods, recipient, routedMessage } from "./samples.ts";

const postgres = await startForFile();
const dayBefore = new Date(now.getTime() - 24 * 60 * 60_000);

/** Messages of two days, of the first of which PostgreSQL finds no file any more. */
async function loseDayBefore(
  t: TestContext,
  messages: readonly Message[],
): Promise<{ store: PostgresStore; url: string }> {
  const url = await postgres.createDatabase();
  {
    await using store = await openNode(t, url);
    await Promise.all(
      messages.map((message) => store.accept(acceptance(message, { routingAddress: "address", body: inline("x") }))),
    );
  }
  const client = await connect(t, url);
  const { rows } = await client.query<{ path: string }>("SELECT pg_relation_filepath('message_20260301') AS path");
  await client.query("CHECKPOINT");
  await postgres.stop();
  rmSync(join(postgres.folder, "data", rows[0]!.path));
  await postgres.start();
  return { store: await openNode(t, url), url };
}

function idsOf(messages: readonly { messageId: MessageId }[]): MessageId[] {
  return messages.map(({ messageId }) => messageId);
}

test(
  "messages being routed go on beside those of which PostgreSQL has lost a file, which are named, also a page of them",
  { skip },
  async (t) => {
    const lost = Array.from({ length: 5 }, () =>
      routedMessage({ messageId: newMessageId(dayBefore), createdAt: dayBefore }),
    );
    const well = [routedMessage(), routedMessage()];
    const { store, url } = await loseDayBefore(t, [...lost, ...well]);

    const page = await store.listRouting(later, 2);
    assert.deepEqual(idsOf(page.map(({ message }) => message)).toSorted(), idsOf(well).toSorted());
    assert.deepEqual((await store.listUnroutable(10)).toSorted(), idsOf(lost).toSorted());
    const outcomes = await Promise.allSettled(
      [lost[0]!, ...well].map((message) => store.apply(place(message, recipient, later, periods))),
    );

    const [refused, ...others] = outcomes;
    assert.ok(refused?.status === "rejected" && refused.reason instanceof MeshServerError);
    assert.equal(refused.reason.code, "row-unreadable");
    assert.equal(isOfEveryMessage(refused.reason), false);
    assert.deepEqual(
      others,
      well.map(() => ({ status: "fulfilled", value: "done" })),
    );
    assert.equal(store.trouble(), undefined);
    assert.deepEqual((await listed(store)).toSorted(), idsOf(well).toSorted());

    const client = await connect(t, url);
    await client.query("DELETE FROM routing WHERE message_id = $1", [lost[0]!.messageId]);
    assert.deepEqual(await store.listRouting(later, 2), []);
    assert.deepEqual((await store.listUnroutable(10)).toSorted(), idsOf(lost.slice(1)).toSorted());
  },
);

test("what time brings to messages goes on beside those of which PostgreSQL has lost a file", { skip }, async (t) => {
  const of = (at: Date): Message => {
    const { acceptedAt: _, ...message } = newMessage({ messageId: newMessageId(at), createdAt: at });
    return { ...message, state: "uploading", totalChunks: 2, dueAt: at };
  };
  const [lost, well] = [of(dayBefore), of(now)];
  const { store } = await loseDayBefore(t, [lost, well]);

  assert.deepEqual(idsOf(await store.listDue(later, 10)), idsOf([lost, well]));
  const isOfOne = (error: unknown): boolean => !isOfEveryMessage(error);
  await assert.rejects(store.find(lost.mailboxId, lost.messageId), isOfOne);
  await assert.rejects(store.apply(abandon(lost, later, periods)), isOfOne);
  assert.equal(await store.apply(abandon(well, later, periods)), "done");
});
