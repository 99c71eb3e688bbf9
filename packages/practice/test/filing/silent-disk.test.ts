import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import { thisComputer } from "../../src/actor.ts";
import { createFiling } from "../../src/filing/filing.ts";
import { openDatabase } from "../../src/store/database.ts";
import { versionOf } from "../../src/store/versions.ts";
import { testClock } from "../support/clock.ts";
import { deliver, openPractice, temporaryFolder } from "../support/economy.ts";
import { filingContext } from "../support/filing-context.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

test("a saving that has gone on for a quarter of an hour is told at the end of a pass, and until it goes on", async (t) => {
  const root = temporaryFolder(t);
  const to = await openPractice(t, receiver, { filing: { folder: root } });
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  const { dataFolder } = to.options;
  using database = await openDatabase(dataFolder);
  const version = versionOf(database, { kind: "task", id: 1 });
  await to.practice.worklist.saveToFolder(1, { actor: thisComputer, version });
  // What saves by itself has ended.
  await to.practice[Symbol.asyncDispose]();

  const clock = testClock("2026-03-02T12:00:00Z");
  const events: Event[] = [];
  const context = filingContext(database, dataFolder, (event) => events.push(event));
  const { promise, resolve } = Promise.withResolvers<void>();
  const { reader } = context;
  const slow: typeof reader = Object.assign(Object.create(reader) as typeof reader, {
    read: async (...asked: Parameters<typeof reader.read>) => {
      await promise;
      return reader.read(...asked);
    },
  });
  await using filing = createFiling({ ...context, clock, reader: slow }, root, () => undefined);
  const heldUp = (): unknown[] =>
    events.flatMap((event) => (event.event === "work-held-up" ? [[event.work, event.code]] : []));
  filing.turn();
  clock.advance(15 * 60 * 1000);
  filing.turn();
  assert.deepEqual(heldUp(), []);
  clock.advance(1);
  filing.turn();
  assert.deepEqual(heldUp(), [["filing", "disk-silent"]]);
  assert.equal(context.troubles.list().length, 1);
  resolve();
  await waitFor(() => events.some(({ event }) => event === "work-resumed"));
  await filing.idle();
  assert.deepEqual(context.troubles.list(), []);
});
